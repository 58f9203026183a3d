"""Folds of worn tops: cloth is simulated on a body, once, and the light of its folds is kept as a picture."""
