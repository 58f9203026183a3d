"""Lookglass: real-time virtual try-on for edge devices.

import cv2, lookglass

mirror = lookglass.TryOn.load()
shirt = mirror.garment("shirt.jpg")
dressed = mirror(cv2.imread("me.jpg"), shirt)     # (H, W, 3) uint8 BGR, the size of the input
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# Official onnxruntime builds report usage by default; a camera product must not.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from lookglass.errors import (
    BundleError,
    DeviceError,
    GarmentError,
    LookglassError,
    PersonNotFoundError,
    PictureError,
    SinkError,
    SourceError,
    TextError,
)

if TYPE_CHECKING:
    from lookglass.stream import Step, Stream
    from lookglass.tryon import TryOn
    from lookglass.types import EncodedGarment, Frame, Garment, Layers, Person

__version__ = "0.1.0"

__all__ = [
    "BundleError",
    "DeviceError",
    "EncodedGarment",
    "Frame",
    "Garment",
    "GarmentError",
    "Layers",
    "LookglassError",
    "Person",
    "PersonNotFoundError",
    "PictureError",
    "SinkError",
    "SourceError",
    "Step",
    "Stream",
    "TextError",
    "TryOn",
]

_LAZY = {
    "TryOn": "lookglass.tryon",
    **dict.fromkeys(("Step", "Stream"), "lookglass.stream"),
    **dict.fromkeys(("EncodedGarment", "Frame", "Garment", "Layers", "Person"), "lookglass.types"),
}


def __getattr__(name: str) -> Any:
    """Import what needs numpy, OpenCV or ONNX Runtime when it is first asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module 'lookglass' has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value
