"""OKLab: colours as people see their differences (B. Ottosson, 2020, https://bottosson.github.io/posts/oklab/)."""

import numpy as np

from lookglass.types import F32, U8

_TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929],
     [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], np.float32,
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468],
     [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], np.float32,
)  # fmt: skip
_FROM_CONES, _FROM_LAB = (np.linalg.inv(matrix).astype(np.float32) for matrix in (_TO_CONES, _TO_LAB))
_STEPS = 4096


def _linear() -> F32:
    """(256,) light of an 8-bit sRGB value (IEC 61966-2-1)."""
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _encoded() -> U8:
    """(_STEPS,) 8-bit sRGB value of a light, whose square root the index is: dark colours need fine steps."""
    light = np.linspace(0, 1, _STEPS) ** 2
    value = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(value * 255), np.uint8)


_LINEAR, _ENCODED = _linear(), _encoded()


def to_oklab(bgr: U8) -> F32:
    """(..., 3) uint8 BGR -> (..., 3) float32: lightness in [0, 1], green to red, blue to yellow.

    Example:
        >>> red = to_oklab(np.array([0, 0, 255], np.uint8))
        >>> [round(float(value), 2) for value in red]
        [0.63, 0.22, 0.13]
    """
    return np.asarray(np.cbrt(_LINEAR[bgr[..., ::-1]] @ _TO_CONES.T) @ _TO_LAB.T, np.float32)


def from_oklab(lab: F32) -> U8:
    """The reverse of `to_oklab`; what no screen shows is clipped."""
    light = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T, 0, 1)
    return np.asarray(_ENCODED[np.rint(np.sqrt(light) * (_STEPS - 1)).astype(np.int16)][..., ::-1], np.uint8)
