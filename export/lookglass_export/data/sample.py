"""One training sample: a scene in three tops, their product photos, and everything that is true of it."""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.frame import CameraFrame
from lookglass_export.data.garments import Top, sample_top, undershirt
from lookglass_export.data.layers import Picture, contact_shade, nearest, put_on, reach, shaded
from lookglass_export.data.maps import (
    U8,
    Sample,
    coverage_of,
    flow_of,
    labels_of,
    seen_parts,
    stacked,
    whole_shells,
)
from lookglass_export.data.product import PRODUCT_SIZE, Layout, lay_out, straight_alpha
from lookglass_export.data.renderer import COLLAR, TOP, Drawable, Layer
from lookglass_export.data.scene import (
    COLLAR_LABEL,
    PersonLayer,
    Scene,
    Studio,
    Worn,
    collar_drawable,
    draw_top,
    make_scene,
    set_cut,
    set_view,
    wear,
)
from lookglass_export.data.spec import Plan, plan
from lookglass_export.data.tailor import tailored
from lookglass_export.data.trackers import Trackers
from lookglass_export.data.variants import varied, words_rng


def make_sample(studio: Studio, trackers: Trackers, stream: str, index: int) -> Sample:
    """Render one sample.

    Args:
        studio: the process's body and canvases.
        trackers: the runtime's trackers.
        stream: "train" or "test".
        index: number of the scene in its stream.

    Returns:
        The arrays of the sample file; see `docs` of this package for names, shapes and units.
    """
    fixed = plan(stream, index)
    tops = _tops(fixed)
    scene = make_scene(studio, fixed, max(t.offset for t in tops))
    person = PersonLayer(studio, scene, max(t.offset for t in tops) + 0.012)
    base = person.draw(studio.canvas, scene.camera)
    frame = CameraFrame(studio, scene, person.draw)
    words = words_rng(fixed)
    sample = stacked(_dressed(studio, trackers, scene, base, frame, top, words) for top in tops)
    sample |= frame.uncovered(_undershirt(studio, scene, base))
    studio.forget_fabrics()
    sample["factors"] = fixed.factors(scene.light.kind, told_tops(tops))
    return sample


def _tops(fixed: Plan) -> list[Top]:
    seed = fixed.rng().integers(2**31)
    rng, detail = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    tops = [sample_top(rng, kind, test=fixed.test) for kind in fixed.kinds]
    return tops if fixed.plain else [tailored(detail, top) for top in tops]


def _dressed(
    studio: Studio, trackers: Trackers, scene: Scene, base: Layer, frame: CameraFrame, top: Top,
    words: np.random.Generator,
) -> Sample:  # fmt: skip
    """All arrays that belong to one top, and to the same top worn as `words` choose."""
    worn = wear(studio, scene, top)
    collar = collar_drawable(studio, worn.collar)
    number = int(scene.rng.integers(10**6))
    layout = lay_out(scene.rng, studio.body, top, worn.collar, number, scene.plan.test)
    layout, product, parts = photograph(studio, scene.rng, worn, collar, layout)
    studio.canvas.begin()
    set_view(studio, scene, scene.camera)
    draw_top(studio, worn, collar, shell_place=layout.shell_place, collar_place=layout.collar_place)
    layer = studio.canvas.layer()
    shells = whole_shells(studio, worn, collar, layout)
    picture = put_on(base, layer)
    window = frame.develop(shaded(picture))
    return {
        "frames": window,
        "products": product,
        "product_parts": parts,
        **flow_of(seen_parts(picture), shells),
        **coverage_of(nearest(shells, reach(base))),
        **labels_of(picture),
        **frame.track(trackers, window),
        **varied(studio, scene, base, worn, collar, layout, words),
    }


def _undershirt(studio: Studio, scene: Scene, base: Layer) -> Picture:
    worn = wear(studio, scene, undershirt())
    studio.canvas.begin()
    set_view(studio, scene, scene.camera)
    draw_top(studio, worn, None, shell_place=np.zeros((len(worn.shell), 2)), collar_place=None)
    return shaded(put_on(base, studio.canvas.layer(), tucked=True))


def photograph(
    studio: Studio, rng: np.random.Generator, worn: Worn, collar: Drawable | None, layout: Layout
) -> tuple[Layout, U8, U8]:
    """The layout in the garment frame, the product photo, and its parts; `worn` tells what, not how."""
    light = np.array([rng.uniform(-0.5, 0.5), -0.9, rng.uniform(0.1, 0.9)])
    ambient = rng.uniform(0.55, 0.9)
    studio.gl.set(
        flat_lay=True, light=tuple(light / np.linalg.norm(light)), ambient=(ambient,) * 3,
        light_colour=(1.04 - ambient,) * 3, seed=float(rng.integers(1000)),
    )  # fmt: skip
    canvas = studio.product_canvas
    bare = Worn(worn.top, layout.shell, worn.collar, layout.collar, None)
    layout = layout.framed(_outline(studio, bare, collar, layout))
    canvas.begin()
    draw_top(studio, bare, None, shell_place=layout.shell_place, collar_place=None)
    if collar is not None and layout.collar is not None:
        studio.gl.set(label=float(COLLAR_LABEL))
        collar.place(layout.collar, layout.collar_place)
        collar.draw(COLLAR)
    layer = canvas.layer()
    drawn = layer.part > 0
    labels = np.where(layer.label == COLLAR_LABEL, 4, layer.part)
    labels = np.where((layer.inside > 0) & (layer.part == 1), 5, labels) * drawn
    shade = 1 - (1 - worn.top.finish.even) * (1 - contact_shade(layer.distance))
    product = straight_alpha(layer.colour * shade, drawn)
    small = cv2.resize(labels.astype(np.uint8), (PRODUCT_SIZE,) * 2, interpolation=cv2.INTER_NEAREST_EXACT)
    return layout, product, np.where(product[..., 3] > 127, small, 0).astype(np.uint8)


def _outline(studio: Studio, laid: Worn, collar: Drawable | None, layout: Layout) -> npt.NDArray[np.floating]:
    """The garment's bounding box on the canvas (x0, y0, x1, y1) in [-1, 1]."""
    canvas = studio.product_canvas
    canvas.begin_uncut(cull=False)
    set_cut(studio, laid.top, label=0.0)
    studio.drawables["tights"].place(laid.shell, layout.shell_place)
    studio.drawables["tights"].draw_outline(TOP)
    if collar is not None and layout.collar is not None:
        collar.place(layout.collar, layout.collar_place)
        collar.draw_outline(COLLAR)
    ys, xs = np.nonzero(canvas.uncut()[..., 3] > 0)
    return np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]) / canvas.width * 2 - 1


def told_tops(tops: list[Top]) -> list[dict[str, object]]:
    """What a sample file says of its tops."""
    return [
        {
            "kind": t.kind, "sleeve": float(t.sleeve), "hem": float(t.hem), "offset": float(t.offset),
            "hang": float(t.hang), "fabric": t.fabric.kind, "collar": t.collar, "open": t.opening[0] >= 0,
        }
        for t in tops
    ]  # fmt: skip
