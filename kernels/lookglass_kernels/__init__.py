"""Builds and launches the CUDA kernels."""
