"""Measuring a bundle, and what it is compared with, on rendered scenes with exact answers."""
