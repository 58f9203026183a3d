"""The plain ground of a product photo: its colour everywhere, and how pixels differ from it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.types import F32, U8

Mask = npt.NDArray[np.bool_]

# JPEG stores chroma in 16 px blocks quantised in steps of about 4 levels, hence the floors.
_FLOOR = (0.02, 4.0, 0.8)
_FAINT = (0.004, 1.5, 0.4)
_DARK = 140.0
_SHADE = 0.55
_EVEN = 12.0


@dataclass(frozen=True, slots=True)
class Contrast:
    """How each pixel of a photo differs from its ground.

    Attributes:
        light: (H, W) float32, brightness as a multiple of the ground's; a shadow is below 1.
        chroma: (H, W) float32, distance in levels from the ground's colour at that brightness; a shadow has
            none.
        colour: (H, W) float32, the same without smoothing: blind to faint hues, true at a bright edge.
        distance: (H, W) float32, distance in levels from the ground and from any moderate shadow on it.
        bend: (H, W) float32, second derivative of brightness in levels per pixel squared: high on edges and
            weave, low in the smooth slope of a shadow.
        noise: what the ground itself shows of (light off 1, chroma, bend).
        plainness: share of the photo's border that is one smooth colour.
    """

    light: F32
    chroma: F32
    colour: F32
    distance: F32
    bend: F32
    noise: tuple[float, float, float]
    plainness: float

    def foreign(self, *, strict: bool = False) -> Mask:
        """True where a pixel is not the bare, unshadowed ground.

        Strictly, what is a little darker than the ground counts too, and differences far below JPEG's: for
        white on pure white, where even the faintest shade is cloth.
        """
        light, chroma, bend = (
            max(low, n) for low, n in zip(_FAINT if strict else _FLOOR, self.noise, strict=True)
        )
        excess = np.abs(self.light - 1) if strict else np.maximum(self.light - 1, 0)
        score = (excess / light) ** 2 + (self.chroma / chroma) ** 2 + (self.bend / bend) ** 2
        return np.asarray((score > 0.7) | (self.light < 0.25))

    @property
    def shadow(self) -> Mask:
        """True where a pixel may be the ground in a shadow of moderate depth."""
        _, chroma, bend = (max(low, n) for low, n in zip(_FLOOR, self.noise, strict=True))
        smooth = (self.chroma < chroma) & (self.bend < 1.75 * bend)
        return np.asarray(smooth & (self.light > 0.2) & (self.light < 0.99))


def contrast(photo: U8) -> Contrast:
    """Compare a photo, (H, W, 3) uint8 BGR about 1000 px large, with the ground seen along its border."""
    border = _border(photo.shape[0], photo.shape[1])
    ground = _surface(photo.astype(np.float32), border)
    plainness = float((np.abs(photo - ground).max(2)[border] < _EVEN).mean())
    clear = soften_chroma(photo)
    level = np.linalg.norm(ground, axis=2) + 1e-3
    hue = ground / level[..., None]
    along = (clear * hue).sum(2)
    # On a dark ground a multiple of its brightness would be all noise.
    light = np.asarray(1 + (along - level) / np.maximum(level, _DARK), np.float32)
    chroma = np.asarray(np.linalg.norm(clear - along[..., None] * hue, axis=2), np.float32)
    sharp = cv2.GaussianBlur(photo, (0, 0), 1.0)
    sharp_along = (sharp * hue).sum(2)
    colour = np.asarray(np.linalg.norm(sharp - sharp_along[..., None] * hue, axis=2), np.float32)
    beyond = np.maximum(sharp_along - level, _SHADE * level - sharp_along)
    distance = np.asarray(np.hypot(colour, np.maximum(beyond, 0)), np.float32)
    bend = _bend(photo)
    border &= np.abs(light - 1) < 0.05  # not where the garment reaches the border
    noise = (
        4 * _percentile(np.abs(light - 1), border, 75),
        1.6 * _percentile(chroma, border, 98),
        4 * _percentile(bend, border, 75),
    )
    return Contrast(
        light=light,
        chroma=chroma,
        colour=colour,
        distance=distance,
        bend=bend,
        noise=noise,
        plainness=plainness,
    )


def soften_chroma(photo: U8) -> F32:
    """Sharp brightness with smooth colour, (H, W, 3) float32: JPEG's colour blocks are no edges."""
    fine = cv2.cvtColor(cv2.GaussianBlur(photo, (0, 0), 1.0), cv2.COLOR_BGR2GRAY).astype(np.float32)
    soft = cv2.GaussianBlur(photo, (0, 0), 4.0).astype(np.float32)
    return np.asarray(soft + (fine - cv2.cvtColor(soft, cv2.COLOR_BGR2GRAY))[..., None], np.float32)


def _border(height: int, width: int) -> Mask:
    border = np.ones((height, width), np.bool_)
    rim = max(4, height // 50)
    border[rim:-rim, rim:-rim] = False
    return border


def _surface(image: F32, border: Mask) -> F32:
    """Fit a smooth surface to the border's colours, dropping what the garment covers of it.

    A garment may fill more of the border than the ground does, but rarely the upper rim: a plane through
    what is like that rim comes first, and a parabola only where most of the border agrees with the plane.
    """
    height, width = image.shape[:2]
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1).astype(np.float32)
    rows, colours = terms[border][::7], image[border][::7]
    rim = np.median(colours[rows[:, 2] < -0.95], axis=0)
    off_rim = np.abs(colours - rim).max(1)
    like_rim = off_rim < max(2 * _EVEN, float(np.percentile(off_rim, 10)))
    fit, error = _robust_fit(rows[:, :3], colours, like_rim)
    agrees = error < 2 * _EVEN
    if agrees.mean() > 0.8:
        fit, _ = _robust_fit(rows, colours, agrees)
    return np.asarray(terms[..., : len(fit)] @ fit, np.float32)


def _robust_fit(rows: F32, colours: F32, keep: Mask) -> tuple[F32, F32]:
    """Least squares on the rows to keep and on what agrees with them; also every row's error in levels."""
    for _ in range(3):
        fit = np.asarray(np.linalg.lstsq(rows[keep], colours[keep], rcond=None)[0], np.float32)
        error = np.asarray(np.abs(colours - rows @ fit).max(1), np.float32)
        keep = error <= max(3.0, 4 * float(np.median(error[keep])))
    return fit, error


def _bend(photo: U8) -> F32:
    grey = cv2.GaussianBlur(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), 1.4)
    xx, yy, xy = (cv2.Sobel(grey, cv2.CV_32F, dx, dy, ksize=3) / 4 for dx, dy in ((2, 0), (0, 2), (1, 1)))
    return np.asarray(np.sqrt(xx * xx + yy * yy + 2 * xy * xy), np.float32)


def _percentile(values: F32, border: Mask, percent: float) -> float:
    return float(np.percentile(values[border], percent)) if border.any() else 0.0
