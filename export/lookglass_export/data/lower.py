"""Product photos of lower garments, by which the refusal of what is not an upper garment is held."""

from dataclasses import replace

import numpy as np

from lookglass.types import U8
from lookglass_export.data.body import PARSE, skin
from lookglass_export.data.garments import Bottom, dress, sample_bottom
from lookglass_export.data.mesh import rotation
from lookglass_export.data.product import FRAME_MARGIN, straight_alpha
from lookglass_export.data.renderer import BOTTOM, Layer
from lookglass_export.data.scene import Studio

LOWER_KINDS = {"trousers": ("tights", 0.98), "shorts": ("tights", 0.42), "skirt": ("skirt", 9.0)}
"""Kind -> mesh, and how far down the leg it reaches."""
_SPAN_M = 1.3


def render_product_only(studio: Studio, kind: str, seed: int) -> U8:
    """A lower garment laid out, in the garment frame.

    Args:
        studio: the process's body and canvases.
        kind: one of `LOWER_KINDS`.
        seed: chooses fabric, fit and how the legs lie.

    Returns:
        (256, 256, 4) uint8 RGBA, straight alpha.
    """
    rng = np.random.default_rng([seed, sorted(LOWER_KINDS).index(kind), 11])
    mesh_name, leg = LOWER_KINDS[kind]
    bottom = replace(sample_bottom(rng), mesh=mesh_name, leg=leg * rng.uniform(0.9, 1.0))
    place, vertices = _lay_out(studio, rng, bottom)
    light = np.array([rng.uniform(-0.4, 0.4), -0.9, 0.4])
    studio.gl.set(
        flat_lay=True, light=tuple(light / np.linalg.norm(light)), ambient=(0.7,) * 3,
        light_colour=(0.34,) * 3, seed=float(rng.integers(1000)),
    )  # fmt: skip
    first = _drawn(studio, bottom, vertices, place)
    place = _framed(place, first, studio.product_canvas.width)
    layer = _drawn(studio, bottom, vertices, place)
    studio.forget_fabrics()
    return straight_alpha(layer.colour, layer.part > 0)


def _lay_out(studio: Studio, rng: np.random.Generator, bottom: Bottom) -> tuple[np.ndarray, np.ndarray]:
    """Places (N, 2) on the canvas and vertices (N, 3) of a bottom on legs a little apart."""
    body = studio.body
    rest, heads = body.rest(int(rng.integers(10**6)))
    apart = rng.uniform(-2, 6)
    turns = {
        f"upperleg01{side}": rotation([0, 1, 0], -sign * apart) for side, sign in ((".L", 1), (".R", -1))
    }
    mesh = body.meshes[bottom.mesh]
    cloth = dress(mesh, rest, bottom.offset + 0.01, relax=bottom.relax + 6)
    vertices = skin(cloth, mesh.weights, body.bones_at(heads, turns))
    place = np.stack([vertices[:, 0] * rng.uniform(0.95, 1.15), -0.35 - vertices[:, 2]], 1) / _SPAN_M
    return place, vertices


def _drawn(studio: Studio, bottom: Bottom, vertices: np.ndarray, place: np.ndarray) -> Layer:
    canvas, drawable = studio.product_canvas, studio.drawables[bottom.mesh]
    canvas.begin()
    drawable.place(vertices, place)
    studio.use_fabric(bottom.fabric)
    studio.gl.set(
        label=float(PARSE.index("bottom")), wrinkles=bottom.wrinkles,
        bottom_cut=(bottom.leg if bottom.mesh == "tights" else 9.0, bottom.waist),
    )  # fmt: skip
    drawable.draw(BOTTOM)
    return canvas.layer()


def _framed(place: np.ndarray, layer: Layer, width: int) -> np.ndarray:
    """Places with the drawn garment centred and its longer side filling the garment frame."""
    ys, xs = np.nonzero(layer.part > 0)
    box = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]) / width * 2 - 1
    half = (box[2:] - box[:2]).max() / 2 * FRAME_MARGIN
    return np.asarray((place - (box[:2] + box[2:]) / 2) / half, np.float32)
