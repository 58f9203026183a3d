"""Training data that we render ourselves: people, garments, cameras, lights and exact ground truth."""
