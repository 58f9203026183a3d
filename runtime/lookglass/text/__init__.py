"""Words that say how a garment is worn, and in which colour: read, and what was not understood is told."""
