"""Bundles: a folder of ONNX graphs with a manifest, read with suspicion."""

from lookglass.bundle.loader import Bundle
from lookglass.bundle.manifest import GraphSpec, Manifest, TensorSpec

__all__ = ["Bundle", "GraphSpec", "Manifest", "TensorSpec"]
