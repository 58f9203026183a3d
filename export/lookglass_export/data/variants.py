"""A top worn as words ask: tighter or looser, its sleeves rolled, its hem tucked in; its photo is the same.

A larger size is the same photo drawn over more body: a point of the body shows the cloth that lies nearer to
the neck, so hem and cuffs come lower and shoulders drop. What is rolled or tucked away is not shown, and the
rest stays where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import ARM, ARM_LENGTH_M, SIDE, Mesh, X, Z
from lookglass_export.data.collar import collar_on_body
from lookglass_export.data.drape import drape, mesh_of
from lookglass_export.data.garments import HIP_Z, Bottom, Top, on_body
from lookglass_export.data.layers import GENEROUS_M, nearest, reach
from lookglass_export.data.maps import Sample, coverage_of, flow_of, whole_shells
from lookglass_export.data.mesh import Array, normals
from lookglass_export.data.product import Layout
from lookglass_export.data.renderer import Drawable, Layer
from lookglass_export.data.scene import Scene, Studio, Worn, set_view
from lookglass_export.data.spec import STREAMS, Plan
from lookglass_export.data.words import Words

LONG_SLEEVE = 0.8
_ROLLED_LONG, _ROLLED_SHORT = (0.58, 0.68), 0.62
_CUFF_M = 0.05
_ELBOW = 0.52
_SHOULDER_Z, _SHOULDER_ARM = 0.50, 0.38
"""Where sizes grow from: the height of the shoulder, and half their breadth in arm lengths."""
_LOWEST_HEM_Z = -0.1


@dataclass(frozen=True, slots=True)
class Fit:
    """How a size sits, against the garment's own.

    Attributes:
        size: of the garment, as a multiple.
        drop: how far shoulder seams come down the arm, in arm lengths.
        wider: metres added to the distance from the body.
        offset: factor of the garment's own distance from the body.
        hang: the least, or of tight fits the greatest, that it hangs from the chest.
        bulk: metres in front of the body that the pose left no room for: arms stay before the torso.
    """

    size: float = 1.0
    drop: float = 0.0
    wider: float = 0.0
    offset: float = 1.0
    hang: float = 0.0
    bulk: float = 0.0


FITS = {
    -2: Fit(0.98, 0.0, 0.0, 0.3, 0.0),
    -1: Fit(0.97, 0.0, 0.0, 0.6, 0.25),
    0: Fit(),
    1: Fit(1.05, 0.04, 0.014, 1.0, 0.6, 0.02),
    2: Fit(1.11, 0.09, 0.034, 1.0, 1.0, 0.045),
}


def words_rng(plan: Plan) -> np.random.Generator:
    """A source apart from the scene's own, which draws as it did before there were words."""
    return np.random.default_rng([STREAMS[plan.stream], plan.index, 8])


def sample_words(rng: np.random.Generator, top: Top) -> Words:
    """One way to wear a top, often two at once."""
    can_roll, can_tuck = top.sleeve >= LONG_SLEEVE or top.sleeve > 0.2, top.opening[0] < 0
    fit = int(rng.choice([-2, -1, 1, 2], p=[0.32, 0.16, 0.16, 0.36])) if rng.random() < 0.62 else 0
    rolled = bool(rng.random() < (0.5 if top.sleeve >= LONG_SLEEVE else 0.2) and can_roll)
    tucked = bool(rng.random() < 0.42 and can_tuck)
    words = Words(fit, rolled, tucked)
    return words if words != Words() else Words(fit=int(rng.choice([-2, 2])))


def varied(
    studio: Studio, scene: Scene, base: Layer, worn: Worn, collar: Drawable | None, layout: Layout,
    rng: np.random.Generator,
) -> Sample:  # fmt: skip
    """What is true of a top worn otherwise: `variant_` flow, flow_valid, alpha, coverage and words."""
    words = sample_words(rng, worn.top)
    arrays = maps_of(studio, scene, base, *vary(studio, scene, worn, layout, words, rng), collar, words)
    arrays["words"] = words.row()
    return {f"variant_{name}": value for name, value in arrays.items()}


def vary(
    studio: Studio, scene: Scene, worn: Worn, layout: Layout, words: Words, rng: np.random.Generator
) -> tuple[Worn, Layout]:
    """The top worn as words say, and its layout: which of its photo a point of the body shows."""
    fit, mesh, bottom = FITS[words.fit], mesh_of(studio.body, worn.top), scene.bottom
    top = _cut(worn.top, fit, words, bottom, rng)
    away = _away(mesh, worn.top, top, words) + bottom.offset
    cloth = drape(mesh, scene.rest, top, offset=away, relax=top.relax)
    if words.tucked:
        cloth = _gathered(mesh, cloth, scene.rest, bottom)
    floor = bottom.offset + 0.5 * min(top.offset, worn.top.offset)
    shell = on_body(mesh, cloth, scene.rest, scene.bones, floor=floor)
    collar_shell = None if worn.collar is None else collar_on_body(worn.collar, cloth, scene.bones)
    place = _slid(mesh, layout.shell_place, fit)
    return Worn(top, shell, worn.collar, collar_shell, worn.inner), replace(layout, shell_place=place)


def maps_of(
    studio: Studio, scene: Scene, base: Layer, worn: Worn, layout: Layout, collar: Drawable | None,
    words: Words,
) -> Sample:  # fmt: skip
    """Flow, coverage and alpha of what `vary` made; its coverage ends sharply where the photo goes on."""
    set_view(studio, scene, scene.camera)
    if collar is not None and worn.collar_shell is not None:
        collar.place(worn.collar_shell, layout.collar_place)
    short = GENEROUS_M / ARM_LENGTH_M * words.rolled
    cut = replace(worn.top, sleeve=worn.top.sleeve - short, hem=worn.top.hem + GENEROUS_M * words.tucked)
    shells = whole_shells(studio, replace(worn, top=cut), collar, layout)
    exact = shells if cut == worn.top else whole_shells(studio, worn, collar, layout)
    bulk = FITS[words.fit].bulk
    limits = reach(base, tucked=words.tucked, bulk=bulk)
    seen = nearest(exact, limits, past=0.0, bulk=bulk)
    return {**flow_of(seen, shells), **coverage_of(nearest(shells, limits, bulk=bulk))}


def _cut(top: Top, fit: Fit, words: Words, bottom: Bottom, rng: np.random.Generator) -> Top:
    """Where cuffs and hem come on the body."""
    sleeve = fit.size * (top.sleeve + _SHOULDER_ARM) - _SHOULDER_ARM + fit.drop if top.sleeve > 0 else 0.0
    hem = max(_SHOULDER_Z - fit.size * (_SHOULDER_Z - top.hem), min(_LOWEST_HEM_Z, top.hem))
    ribs = top.ribs
    if words.rolled:
        sleeve = rng.uniform(*_ROLLED_LONG) if top.sleeve >= LONG_SLEEVE else top.sleeve * _ROLLED_SHORT
        ribs = (0.0, *ribs[1:])
    if words.tucked:
        hem, ribs = bottom.waist - 0.01, (ribs[0], 0.0, *ribs[2:])
    tight = fit.offset < 1
    hang = min(top.hang, fit.hang) if tight else max(top.hang, fit.hang)
    offset = max(top.offset * fit.offset + fit.wider, 0.004)
    relax = min(top.relax, 4) if tight else top.relax
    return replace(top, sleeve=sleeve, hem=hem, ribs=ribs, hang=hang, offset=offset, relax=relax)


def _away(mesh: Mesh, plain: Top, top: Top, words: Words) -> Array:
    """(N,) metres from the body: wide cloth lies on the shoulders and stands off below them."""
    place = mesh.attributes
    own = min(plain.offset, top.offset)
    arm = np.abs(place[:, SIDE]) > 0.5
    down = np.where(arm, place[:, ARM] / 0.3, (0.52 - place[:, Z]) / 0.12)
    away = own + (top.offset - own) * (0.25 + 0.75 * np.clip(down, 0, 1))
    if words.rolled:
        near = 1 - np.abs(top.sleeve - 0.5 * _CUFF_M - place[:, ARM] * ARM_LENGTH_M) / _CUFF_M
        away = away + 0.008 * arm * np.clip(near, 0, 1)
    return np.asarray(away, np.float32)


def _gathered(mesh: Mesh, cloth: Array, rest: Array, bottom: Bottom) -> Array:
    """The shell drawn in to the body where it goes into the trousers, with a little fulness above."""
    body = np.asarray(mesh.matrix @ rest, np.float32)
    close = body + normals(body, mesh.faces) * (bottom.offset + 0.003)
    trunk = np.abs(mesh.attributes[:, SIDE]) < 0.5
    share = np.clip((bottom.waist + 0.07 - mesh.attributes[:, Z]) / 0.07, 0, 1) ** 2 * trunk
    return np.asarray(cloth + (close - cloth) * share[:, None], np.float32)


def _slid(mesh: Mesh, place: Array, fit: Fit) -> Array:
    """Places (N, 2) in the photo of a garment of another size: nearer to the neck on larger ones."""
    if fit.size == 1 and fit.drop == 0:
        return place
    traits = mesh.attributes
    side, z, arm = traits[:, SIDE], traits[:, Z], traits[:, ARM]
    trunk = np.abs(side) < 0.2
    upright = trunk & (z > HIP_Z) & (z < _SHOULDER_Z)
    down = _slope(z[upright], place[upright])
    lower = np.minimum(z - _SHOULDER_Z, 0) * (1 / fit.size - 1)
    share = np.clip((np.abs(side) - 0.25) / 0.5, 0, 1)
    share = share * share * (3 - 2 * share)
    moved = place + (1 - share)[:, None] * lower[:, None] * down
    inner = (arm + _SHOULDER_ARM - fit.drop) / fit.size - _SHOULDER_ARM
    # Up the arm as far as the shoulder, and from there across to the neck.
    across = np.minimum(inner, 0) - np.minimum(arm, 0)
    out = _slope(traits[upright, X], place[upright]) * ARM_LENGTH_M
    for sign in (1, -1):
        own = share * (side * sign > 0)
        axis = _axis(arm, place, side * sign > 0.9)
        up = axis(np.maximum(inner, 0)) - axis(np.maximum(arm, 0))
        moved = moved + own[:, None] * up + (own * across * sign)[:, None] * out
    return np.asarray(moved, np.float32)


def _axis(arm: Array, place: Array, chosen: npt.NDArray[np.bool_]) -> Callable[[Array], Array]:
    """Where in the photo one gets to down a sleeve, from its shoulder: arm coordinates (N,) -> (N, 2)."""
    upper, lower = (chosen & (arm > a) & (arm < b) for a, b in ((0.12, 0.46), (0.58, 0.95)))
    to_elbow, to_hand = (_slope(arm[half], place[half]) for half in (upper, lower))
    return lambda at: (
        np.outer(np.minimum(at, _ELBOW), to_elbow) + np.outer(np.maximum(at - _ELBOW, 0), to_hand)
    )


def _slope(x: Array, y: Array) -> Array:
    """Least-squares slope of places (N, 2) over x (N,)."""
    centred = x - x.mean()
    return np.asarray(centred @ (y - y.mean(0)) / (centred @ centred))
