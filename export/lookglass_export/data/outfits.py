"""What a scene's person wears of a category: the garment on the body and laid out for its photo."""

from dataclasses import replace

import numpy as np

from lookglass_export.data.body import ACROSS, SIDE, skin
from lookglass_export.data.bottoms import Lower, briefs
from lookglass_export.data.legwear import Stand, hung, trousers, trousers_on
from lookglass_export.data.mesh import Array, rotation
from lookglass_export.data.pieces import Piece, lower_piece
from lookglass_export.data.product import Warp
from lookglass_export.data.scene import Scene, Studio

_MIDDLE_Z = 0.65
"""By which a lower garment is lifted to where tops lie on the canvas."""


def stand_of(studio: Studio, scene: Scene) -> Stand:
    """The scene's person, as rings hang around it."""
    hips = scene.bones.rotations[0]
    turn = 0.0 if scene.plan.test else float(np.arctan2(hips[1, 0], hips[0, 0]))
    return Stand(studio.body, scene.rest, scene.figure.heads, scene.bones, turn)


def lower_pieces(studio: Studio, scene: Scene, lower: Lower) -> list[Piece]:
    """A lower garment on the scene's person and laid out."""
    if lower.skirt:
        return [skirt_piece(studio, scene, lower)]
    shell = trousers_on(studio.trousers, stand_of(studio, scene), lower)
    laid, place = _lay_trousers(studio, scene, lower)
    return [lower_piece(lower, shell, laid, place)]


def briefs_piece(studio: Studio, scene: Scene) -> Piece:
    """The neutral shorts of the painted layer."""
    shell = trousers_on(studio.trousers, stand_of(studio, scene), briefs())
    return lower_piece(briefs(), shell, shell, np.zeros((len(shell), 2)))


def skirt_piece(studio: Studio, scene: Scene, lower: Lower) -> Piece:
    """A skirt on the scene's person and laid out."""
    rng = scene.rng
    shell = hung(stand_of(studio, scene), lower)
    rest, heads = studio.body.rest(int(rng.integers(10**6)), test=scene.plan.test)
    still = Stand(studio.body, rest, heads, studio.body.bones_at(heads, _legs(rng, rng.uniform(-5, -2))))
    laid = hung(still, replace(lower, flare=lower.flare + rng.uniform(0.0, 0.08) * (lower.flare > 0)))
    place = Warp(rng, test=scene.plan.test)(_flattened(laid, lower))
    return lower_piece(lower, shell, laid, place)


def _lay_trousers(studio: Studio, scene: Scene, lower: Lower) -> tuple[Array, Array]:
    """Vertices (N, 3) and places (N, 2) of trousers that lie flat, their legs a little apart."""
    rng, mesh = scene.rng, studio.trousers
    rest, heads = studio.body.rest(int(rng.integers(10**6)), test=scene.plan.test)
    fuller = replace(lower, offset=max(lower.offset, 0.005) * rng.uniform(1.0, 1.6))
    if lower.drop > 0:  # what curves under the body lies straight
        fuller = replace(fuller, drop=lower.drop + rng.uniform(0.0, 0.03))
    cloth = trousers(studio.body, mesh, rest, heads, fuller, relax=8)
    flat = rng.uniform(1.0, 1.25 if scene.plan.test else 1.1)
    broad = flat * max(lower.legs[2], 0.05)
    # The ankles of the body at rest are 0.35 m apart; legs of cloth must not lie on each other.
    # What broadens them in the photo moves them apart, too.
    apart = rng.uniform(-4.0, 4.0) + np.rad2deg(np.clip(broad - 0.1, 0, 0.1) / 0.8) - 9 * (lower.broad - 1)
    bones = studio.body.bones_at(heads, _legs(rng, apart))
    laid = skin(cloth, mesh.weights, bones)
    for _ in range(3):
        laid = 0.6 * laid + 0.4 * (mesh.smooth @ laid)
    flattened = _flattened(laid, lower)
    share = np.clip((np.abs(mesh.attributes[:, SIDE]) - 0.3) / 0.7, 0, 1)
    flattened[:, 0] += (flat - 1) * share * mesh.attributes[:, ACROSS]
    return laid, Warp(rng, test=scene.plan.test)(flattened)


def _flattened(laid: Array, lower: Lower) -> Array:
    """Vertices (N, 3) where tops lie on the canvas, as broad as cloth is that nobody fills."""
    return laid * np.array([lower.broad, 1, 1], np.float32) + np.array([0, 0, _MIDDLE_Z], np.float32)


def _legs(rng: np.random.Generator, apart: float) -> dict[str, Array]:
    """Straight legs, `apart` degrees farther out than at rest, a little unequal."""
    return {
        f"upperleg01{side}": rotation([0, 1, 0], -sign * (apart + rng.normal() * 0.7))
        for side, sign in ((".L", 1), (".R", -1))
    }
