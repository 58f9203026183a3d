"""Training: scenes from disk to batches, three tasks, one loop."""
