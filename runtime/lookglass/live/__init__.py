"""The mirror's loop: a source, a slot of one, the try-on, a sink."""
