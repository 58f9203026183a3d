"""Garments made of pieces of cloth, worn and laid out: what is drawn of each, and where in the photo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import PARSE
from lookglass_export.data.bottoms import Lower
from lookglass_export.data.garments import Top
from lookglass_export.data.layers import contact_shade
from lookglass_export.data.mesh import Array
from lookglass_export.data.product import FRAME_MARGIN, PRODUCT_SIZE, straight_alpha
from lookglass_export.data.renderer import LOWER, TOP, Layer
from lookglass_export.data.scene import COLLAR_LABEL, Scene, Studio, set_cut, set_view

_SEWN_M, _WHOLE_M = 0.004, 9.0
"""How far an uncut shell goes on past the waist: a dress's two pieces end where they are sewn together."""
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Piece:
    """One shell of a garment: posed (N, 3), laid out (N, 3), and its places (N, 2) in the photo."""

    drawable: str
    kind: int
    cut: Callable[[Studio, float], None]
    shell: Array
    laid: Array
    place: Array


def lower_piece(lower: Lower, shell: Array, laid: Array, place: Array) -> Piece:
    """Trousers, or the ring of a skirt or dress."""
    return Piece(
        "ring" if lower.skirt else "trousers", LOWER, lambda s, label: set_lower(s, lower, label),
        shell, laid, place,
    )  # fmt: skip


def top_piece(top: Top, shell: Array, laid: Array, place: Array) -> Piece:
    """The upper part of a dress."""

    def cut(studio: Studio, label: float) -> None:
        studio.use_fabric(top.fabric)
        set_cut(studio, top, label=label)
        studio.gl.set(past_seam=_SEWN_M)

    return Piece("tights", TOP, cut, shell, laid, place)


def set_lower(studio: Studio, lower: Lower, label: float) -> None:
    """Uniforms of a lower garment's outline and fabric."""
    studio.use_fabric(lower.fabric)
    studio.gl.set(
        label=label, wrinkles=lower.wrinkles,
        lower_cut=(lower.hem, lower.waist - lower.dip, lower.waist, float(lower.skirt)),
        sewn=(lower.band, lower.fly, lower.pockets, lower.loops),
        trims=(lower.trim, lower.crease, lower.drawstring, lower.faded), thread=lower.thread,
        wash=lower.wash,
        past_seam=_SEWN_M if lower.kind == "dress" else _WHOLE_M,
        pleats=(lower.folds[0], lower.folds[2], lower.phase),
    )  # fmt: skip


def draw(studio: Studio, pieces: Sequence[Piece], label: int) -> None:
    """Draw a garment as it is worn."""
    for piece in pieces:
        piece.cut(studio, float(label))
        studio.drawables[piece.drawable].place(piece.shell, piece.place)
        studio.drawables[piece.drawable].draw(piece.kind)


def layer_of(studio: Studio, scene: Scene, pieces: Sequence[Piece], label: str) -> Layer:
    """A garment alone, before the scene's camera."""
    studio.canvas.begin()
    set_view(studio, scene, scene.camera)
    draw(studio, pieces, PARSE.index(label))
    return studio.canvas.layer()


def whole_pieces(studio: Studio, pieces: Sequence[Piece]) -> list[npt.NDArray[np.float32]]:
    """For each part its whole shell alone: (H, W, 4) product x, y, margin, distance."""
    out = []
    for part in range(3):
        studio.canvas.begin_uncut()
        studio.gl.set(part=part)
        for piece in pieces:
            piece.cut(studio, 0.0)
            studio.drawables[piece.drawable].place(piece.shell, piece.place)
            studio.drawables[piece.drawable].draw_part(piece.kind, part)
        out.append(studio.canvas.uncut())
    return out


def photograph_pieces(
    studio: Studio, rng: np.random.Generator, pieces: Sequence[Piece]
) -> tuple[list[Piece], U8, U8]:
    """The pieces with their places in the garment frame, the product photo, and its parts."""
    light = np.array([rng.uniform(-0.5, 0.5), -0.9, rng.uniform(0.1, 0.9)])
    ambient, even = rng.uniform(0.55, 0.9), rng.uniform(0.0, 0.9)
    studio.gl.set(
        flat_lay=True, light=tuple(light / np.linalg.norm(light)), ambient=(ambient,) * 3,
        light_colour=(1.04 - ambient,) * 3, seed=float(rng.integers(1000)),
    )  # fmt: skip
    box = _outline(studio, pieces)
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]).max() / 2 * FRAME_MARGIN
    pieces = [replace(piece, place=(piece.place - centre) / half) for piece in pieces]
    studio.product_canvas.begin()
    draw(studio, [replace(piece, shell=piece.laid) for piece in pieces], 0)
    layer = studio.product_canvas.layer()
    drawn = layer.part > 0
    shade = 1 - (1 - even) * (1 - contact_shade(layer.distance))
    product = straight_alpha(layer.colour * shade, drawn)
    size = (PRODUCT_SIZE, PRODUCT_SIZE)
    small = cv2.resize(_parts(layer) * drawn, size, interpolation=cv2.INTER_NEAREST_EXACT)
    return pieces, product, np.where(product[..., 3] > 127, small, 0).astype(np.uint8)


def _parts(layer: Layer) -> U8:
    labels = np.where(layer.label == COLLAR_LABEL, 4, layer.part)
    return np.where((layer.inside > 0) & (layer.part == 1), 5, labels).astype(np.uint8)


def _outline(studio: Studio, pieces: Sequence[Piece]) -> npt.NDArray[np.floating]:
    """The garment's bounding box on the canvas (x0, y0, x1, y1) in [-1, 1]."""
    canvas = studio.product_canvas
    canvas.begin_uncut(cull=False)
    for piece in pieces:
        piece.cut(studio, 0.0)
        studio.drawables[piece.drawable].place(piece.laid, piece.place)
        studio.drawables[piece.drawable].draw_outline(piece.kind)
    ys, xs = np.nonzero(canvas.uncut()[..., 3] > 0)
    return np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]) / canvas.width * 2 - 1
