"""The try-on networks."""
