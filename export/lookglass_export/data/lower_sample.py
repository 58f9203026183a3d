"""One training sample of trousers, shorts and skirts, as `sample` renders one of tops."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lookglass_export.data.bottoms import Lower
from lookglass_export.data.camera import Camera
from lookglass_export.data.frame import CameraFrame
from lookglass_export.data.garments import TOP_KINDS, WAIST_Z, Top, sample_top
from lookglass_export.data.layers import Picture, lay, nearest, put_on, reach_below, shaded
from lookglass_export.data.maps import (
    ARMS,
    IN_FRONT,
    LABEL,
    Sample,
    coverage_of,
    flow_of,
    half,
    stacked,
)
from lookglass_export.data.outfits import briefs_piece, lower_pieces
from lookglass_export.data.pieces import layer_of, photograph_pieces, whole_pieces
from lookglass_export.data.renderer import Renderer
from lookglass_export.data.scene import (
    PersonLayer,
    Scene,
    Studio,
    Worn,
    collar_drawable,
    draw_top,
    make_scene,
    set_view,
    wear,
)
from lookglass_export.data.shoes import sample_shoes, shod
from lookglass_export.data.sold import sample_sold
from lookglass_export.data.spec import Plan, plan
from lookglass_export.data.tailor import tailored
from lookglass_export.data.trackers import Trackers


def make_lower_sample(studio: Studio, trackers: Trackers, stream: str, index: int) -> Sample:
    """Render one sample of trousers, shorts and skirts; arguments and arrays as of `sample.make_sample`."""
    fixed = plan(stream, index)
    rng = np.random.default_rng([fixed.rng().integers(2**31), 1])
    lowers = [sample_sold(rng, kind, test=fixed.test) for kind in fixed.kinds]
    top = top_over(rng, fixed.over, min(lower.waist - lower.dip for lower in lowers), test=fixed.test)
    scene = full_length_scene(studio, fixed, rng, bulk=max(top.offset, 0.02))
    wide = max(min(lower.offset, 0.012) for lower in lowers)
    scene.bottom = replace(scene.bottom, offset=0.002 if fixed.over == "tucked" else wide + 0.004)
    person = Dressed(studio, scene, PersonLayer(studio, scene, top.offset + 0.012, bottom=False), top)
    base = person.draw(studio.canvas, scene.camera)
    loose = _loose(fixed)
    limits = reach_below(base, tucked="top" not in loose)
    if "inner" not in loose:
        limits = np.where(base.label == LABEL["inner"], reach_below(base, tucked=True), limits)
    frame = CameraFrame(studio, scene, person.draw)
    sample = stacked(
        _worn(studio, trackers, scene, base, limits, frame, lower, loose=loose) for lower in lowers
    )
    painted = lay(base, layer_of(studio, scene, [briefs_piece(studio, scene)], "bottom"), limits)
    sample |= frame.uncovered(shaded(painted))
    sample["category"] = np.array("lower")
    studio.forget_fabrics()
    sample["factors"] = fixed.factors(scene.light.kind, told_lowers(lowers))
    return sample


def _loose(fixed: Plan) -> tuple[str, ...]:
    """What isn't tucked in of a top and what is worn under it, by parse label."""
    if fixed.over == "tucked":
        return ()
    return ("top", "inner") if fixed.over == "long" or fixed.test else ("top",)


def top_over(rng: np.random.Generator, over: str, waist: float, *, test: bool) -> Top:
    """A top that is "tucked" in at a waist, "over" it, or "long" over the hips."""
    top = sample_top(rng, str(rng.choice(TOP_KINDS)), test=test)
    top = top if test else tailored(np.random.default_rng([int(rng.integers(2**31)), 2]), top)
    if over == "tucked":
        top = replace(
            top, hem=waist - 0.045, offset=min(top.offset, 0.008), hang=0.0, opening=(-1.0, 0.0, 1.0)
        )
        return replace(top, inner=None, ribs=(top.ribs[0], 0.0, *top.ribs[2:]))
    if over == "over" and top.inner is not None and not test:
        top = replace(top, inner=replace(top.inner, hem=waist - 0.045, offset=0.003))
        return replace(top, hem=WAIST_Z + rng.uniform(-0.07, 0.06))
    if over == "long":
        return replace(top, hem=rng.uniform(-0.085, -0.05), hang=1.0)
    return replace(top, hem=float(np.clip(WAIST_Z - 0.06 + rng.normal() * 0.05, -0.07, 0.1)))


def full_length_scene(studio: Studio, fixed: Plan, rng: np.random.Generator, *, bulk: float) -> Scene:
    """A scene whose person is seen from head to foot, mostly in shoes."""
    scene = make_scene(studio, fixed, bulk)
    scene.rest = shod(studio.body, scene.rest)
    scene.shoes = sample_shoes(rng, test=fixed.test)
    return scene


class Dressed:
    """The person in a top and nothing below, placed once, drawn from any camera."""

    def __init__(self, studio: Studio, scene: Scene, person: PersonLayer, top: Top) -> None:
        self._studio, self._scene, self._person = studio, scene, person
        self._worn: Worn = wear(studio, scene, top)
        self._collar = collar_drawable(studio, self._worn.collar)

    def draw(self, canvas: Renderer, camera: Camera) -> Picture:
        """Render what a camera sees."""
        person = self._person.draw(canvas, camera)
        canvas.begin()
        set_view(self._studio, self._scene, camera)
        draw_top(
            self._studio, self._worn, self._collar, shell_place=np.zeros((len(self._worn.shell), 2)),
            collar_place=None,
        )  # fmt: skip
        return put_on(person, canvas.layer())


def _worn(
    studio: Studio, trackers: Trackers, scene: Scene, base: Picture, limits: npt.NDArray[np.float32],
    frame: CameraFrame, lower: Lower, *, loose: tuple[str, ...],
) -> Sample:  # fmt: skip
    """All arrays that belong to one lower garment."""
    pieces = lower_pieces(studio, scene, lower)
    pieces, product, parts = photograph_pieces(studio, scene.rng, pieces)
    picture = lay(base, layer_of(studio, scene, pieces, "bottom"), limits)
    shells = whole_pieces(studio, pieces)
    window = frame.develop(shaded(picture))
    visible = (picture.label == LABEL["bottom"]) & (picture.inside == 0)
    seen = np.stack([visible & (picture.part == part) for part in (1, 2, 3)])
    return {
        "frames": window,
        "products": product,
        "product_parts": parts,
        **flow_of(seen, shells),
        **coverage_of(nearest(shells, np.stack([limits] * 3))),
        **in_front(picture, base, loose),
        **frame.track(trackers, window),
    }


def in_front(picture: Picture, base: Picture, loose: tuple[str, ...]) -> Sample:
    """What stands in front of hips and legs, as `loose` tops do, and the parse labels."""
    below = picture.label == LABEL["bottom"]
    arms = np.isin(picture.label, ARMS) | ((base.part > 1) & ~below)
    top = np.isin(picture.label, [LABEL[name] for name in loose]) & (base.part < 2)
    front = half(arms | np.isin(picture.label, IN_FRONT) | top)
    return {
        "occluder": np.stack([front, front]),
        "parse": picture.label[1::3, 1::3].copy(),
        "arm_front": arms[1::3, 1::3].astype(np.uint8),
    }


def told_lowers(lowers: list[Lower]) -> list[dict[str, object]]:
    """What a sample file says of its lower garments."""
    return [
        {
            "kind": lower.kind,
            "hem": float(lower.hem),
            "waist": float(lower.waist),
            "fabric": lower.fabric.kind,
        }
        for lower in lowers
    ]
