"""The values that travel through Lookglass: small, typed, immutable.

Flow of data: source -> Frame -> tracker -> Person -> try-on graph -> Layers -> compose -> sink.
Pictures are (H, W, 3) uint8 BGR as OpenCV reads them; network tensors are float32 RGB in [0, 1].
Coordinates are (x, y) in pixels, the centre of the top-left pixel is (0, 0).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
Tensors = Mapping[str, F32]

CATEGORIES = ("upper", "lower", "dress")
"""Kinds of garments: above the waist, below it, and both in one piece."""

PARTS = ("torso", "left_sleeve", "right_sleeve")
"""Garment parts that have a flow and a coverage of their own; left is the wearer's left.

Below the waist the torso is what lies around the hips, a skirt whole, and the sleeves are the legs.
"""

GARMENT_LABELS = ("background", "torso", "left_sleeve", "right_sleeve", "front_collar", "inner_back_collar")
"""Values 0 to 5 of `Garment.parts`; below the waist the collar is a waistband."""

LANDMARK_COUNT = 33
"""MediaPipe pose: 0 nose, 7/8 ears, 9/10 mouth, 11/12 shoulders, 13/14 elbows, 15/16 wrists, 23/24 hips."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture from a source.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        id: number of the frame at its source, from 0.
        t_grab_ns: monotonic clock at the grab, nanoseconds.
    """

    image: U8
    id: int = 0
    t_grab_ns: int = 0


@dataclass(frozen=True, slots=True)
class Crop:
    """The upright square around a person that the networks see; see `lookglass.person.crop`.

    Attributes:
        scale: crop pixels per frame pixel.
        center: frame point (x, y) at the crop's centre, pixels.
    """

    scale: float
    center: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Person:
    """A tracked person.

    Attributes:
        landmarks: (33, 5) float32: x, y in frame pixels, visibility in [0, 1], 1 where inside the frame,
            depth in frame pixels behind the middle of the hips.
        crop: the square that `picture` and `mask` show.
        picture: (256, 256, 3) uint8 BGR, the crop, padded by replication.
        mask: (256, 256) float32, probability that a crop pixel shows the person.
        tone: (3,) float32 RGB in [0, 1], the median skin colour of the face.
        presence: the tracker's belief that this is a person, in [0, 1].
        category: of `CATEGORIES`, which garments the crop was cut for.
    """

    landmarks: F32
    crop: Crop
    picture: U8
    mask: F32
    tone: F32
    presence: float = 1.0
    category: str = "upper"


@dataclass(frozen=True, slots=True)
class Garment:
    """A garment cut out of its photo and put into the square garment frame.

    The garment's bounding box is centred and fills 1 / 1.08 of the longer side. Flow points into this
    frame in [-1, 1] (x right, y down, `align_corners=False`).

    Attributes:
        name: what to call it on screen.
        category: one of `CATEGORIES`.
        texture: (N, N, 4) uint8 BGRA, straight alpha, colours bled beyond the edge; alpha is 0 on the
            inner back collar, which is never seen on a wearer.
        parts: (N', N') uint8, an index into `GARMENT_LABELS`.
        pixels: (1, 9, 128, 128) float32 for the garment encoder: RGB premultiplied by alpha, alpha, and
            five masks in the order of `GARMENT_LABELS[1:]`.
    """

    name: str
    category: str
    texture: U8
    parts: U8
    pixels: F32


@dataclass(frozen=True, slots=True)
class EncodedGarment:
    """A garment and how it is worn, ready for any number of frames.

    Attributes:
        garment: as it came out of its photo, dyed if words asked for that.
        tensors: all that `tryon` takes besides the person: what `garment_encoder` made of the photo, and the
            tokens of the words, which say nothing unless `TryOn.restyle` was asked.
    """

    garment: Garment
    tensors: Tensors = field(repr=False)


@dataclass(frozen=True, slots=True)
class Layers:
    """What `tryon` returns for one frame, on grids that all span the 256x192 person crop.

    Attributes:
        flow: (3, 2, h, w) float32, for each of `PARTS` where in the garment frame to look, x and y in
            [-1, 1], smooth beyond the garment's edges.
        coverage: (3, H, W) float32 in [0, 1], the part of the new garment is here, a few pixels generous.
        occluder: (2, H, W) float32 in [0, 1], what stands in front of [torso, sleeves]: hands, hair, face,
            bags; for the torso also arms.
        shading: (3, h', w') float32, RGB gain of the room's light.
        behind: (3, H, W) float32 RGB in [0, 1], what is seen past the person's skin once the old garment is
            gone: the wall, trousers, and a neutral undershirt under the torso.
        skin: (3, H, W) float32 RGB in [0, 1], the skin, in its light.
        bare: (H, W) float32 in [0, 1], without the old garment skin is seen here.
        painted_alpha: (H, W) float32 in [0, 1], the old garment was here.
    """

    flow: F32
    coverage: F32
    occluder: F32
    shading: F32
    behind: F32
    skin: F32
    bare: F32
    painted_alpha: F32


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What is known to be behind a person; see `lookglass.plate`. It spans the crop as layers do.

    Attributes:
        picture: (256, 192, 3) uint8 BGR.
        known: (256, 192) float32 in [0, 1], how far that is known.
    """

    picture: U8
    known: F32


@dataclass(frozen=True, slots=True)
class FinishedLayers:
    """Layers fitted to their frame by `lookglass.finish`, ready to be drawn; grids span the crop as before.

    They lie on each other in this order: the camera's frame, the frame repeated, paint, shadow, garment.

    Attributes:
        flow: as in `Layers`.
        shading: (3, 256, 192) float32, RGB gain of the garment's light.
        coverage: (3, 256, 192) float32 in [0, 1].
        occluder: (2, 256, 192) float32 in [0, 1].
        repeat: (2, 256, 192) float32, x and y in frame pixels, from a pixel to the one of the frame that is
            shown in its stead: what is behind the old garment goes on as it is beside it.
        repeat_alpha: (256, 192) float32 in [0, 1], where that is drawn: from 0.4 on, fully from 0.6 on.
        painted: (3, 256, 192) float32 RGB in [0, 1], skin and what no pixel of the frame can stand for.
        painted_alpha: (256, 192) float32 in [0, 1], where that is drawn, as for `repeat_alpha`.
        skin: (256, 192) float32 in [0, 1], how much of what is painted is skin, which has a grain.
        shadow: (256, 192) float32 in [0, 1], share of the light that what lies under the garment loses.
    """

    flow: F32
    coverage: F32
    occluder: F32
    shading: F32
    repeat: F32
    repeat_alpha: F32
    painted: F32
    painted_alpha: F32
    skin: F32
    shadow: F32
