"""What the default bundle is measured against: doing nothing, and the probe that came before it."""
