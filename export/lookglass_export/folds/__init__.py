"""Folds of worn tops: cloth is simulated on a body, once, and what light its folds take is kept as a picture."""
