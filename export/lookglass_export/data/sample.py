"""One training sample: a scene in three tops, their product photos, and everything that is true of it."""

import json

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.person.roi import Roi
from lookglass_export.data.background import sample_background
from lookglass_export.data.camera import WINDOW_HEIGHT, WINDOW_WIDTH
from lookglass_export.data.garments import Top, sample_top, undershirt
from lookglass_export.data.layers import Picture, contact_shade, nearest, put_on, reach, shaded
from lookglass_export.data.maps import (
    ARMS,
    HALF,
    LABEL,
    U8,
    Sample,
    coverage_of,
    flow_of,
    half,
    labels_of,
    seen_parts,
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
from lookglass_export.data.trackers import Trackers, mask_in_window
from lookglass_export.data.variants import varied, words_rng

# Window pixels that a full-length camera frame shows beyond the window: left, top, right, bottom.
_BEYOND = (60, 24, 60, 260)
_SKIN = [LABEL[n] for n in ("face", "neck", "legs", "trunk")] + ARMS


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
    frame = _CameraFrame(studio, scene, person)
    out: dict[str, list[npt.NDArray[np.generic]]] = {}
    words = words_rng(fixed)
    for top in tops:
        for name, value in _dressed(studio, trackers, scene, base, frame, top, words).items():
            out.setdefault(name, []).append(value)
    sample: Sample = {name: np.stack(values) for name, values in out.items()}
    bare = _undershirt(studio, scene, base)
    sample["painted"] = frame.develop(bare, half=True)
    sample["bare"] = half(np.isin(bare.label, _SKIN))
    sample["valid"] = np.array(frame.valid, np.int32)
    studio.forget_fabrics()
    sample["factors"] = np.array(json.dumps(_factors(fixed, scene, tops)))
    return sample


def _tops(fixed: Plan) -> list[Top]:
    seed = fixed.rng().integers(2**31)
    rng, detail = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    tops = [sample_top(rng, kind, test=fixed.test) for kind in fixed.kinds]
    return tops if fixed.test else [tailored(detail, top) for top in tops]


def _dressed(
    studio: Studio, trackers: Trackers, scene: Scene, base: Layer, frame: "_CameraFrame", top: Top,
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


class _CameraFrame:
    """What the camera of a scene shows: background, the window in it, and where the frame ends."""

    def __init__(self, studio: Studio, scene: Scene, person: PersonLayer) -> None:
        rng, self._scene, self._studio = scene.rng, scene, studio
        left, top, right, bottom = _BEYOND
        width, height = WINDOW_WIDTH + left + right, WINDOW_HEIGHT + top + bottom
        self._background = sample_background(rng, width, height).astype(np.float32)
        if scene.light.kind == "backlit":
            self._background = np.clip(self._background * 1.3 + 50, 0, 255)
        self._inner = self._background[top : top + WINDOW_HEIGHT, left : left + WINDOW_WIDTH]
        self.valid = (0, 0, WINDOW_WIDTH, WINDOW_HEIGHT)
        self._wide: npt.NDArray[np.float32] | None = None
        if scene.plan.framing == "full":
            camera = scene.camera.widened(-left, -top, WINDOW_WIDTH + right, WINDOW_HEIGHT + bottom)
            layer = person.draw(studio.wide(width, height), camera)
            body = np.isfinite(layer.distance)[..., None]
            self._wide = np.where(body, layer.colour, self._background).astype(np.float32)
        else:
            self.valid = self._truncated(rng, scene.plan.framing)

    def _truncated(self, rng: np.random.Generator, framing: str) -> tuple[int, int, int, int]:
        """The camera frame of somebody who stands too near, or half out of the picture."""
        if self._scene.camera.frame is not None:
            return _whole(self._scene.camera.frame)
        joints = self._scene.camera.project(self._scene.bones.joints)
        at = {n: joints[self._studio.body.joint(n)] for n in ("head", "upperarm01.L", "upperleg01.L", "root")}
        shoulder, hip = at["upperarm01.L"][1], at["upperleg01.L"][1]
        torso = max(hip - shoulder, 40)
        x0, y0, x1, y1 = 0, 0, WINDOW_WIDTH, WINDOW_HEIGHT
        if framing == "waist":
            y1 = hip - torso * rng.uniform(-0.1, 0.25)
        elif framing == "chest":
            y1 = hip - torso * rng.uniform(0.3, 0.6)
        else:
            y1 = hip + torso * rng.uniform(0.0, 0.8)
            if rng.random() < 0.5:
                x0 = at["root"][0] - torso * rng.uniform(0.25, 0.6)
            else:
                x1 = at["root"][0] + torso * rng.uniform(0.25, 0.6)
        y0 = max(0.0, at["head"][1] - torso * rng.uniform(0.3, 0.9))
        return _whole(np.array([x0, y0, x1, y1]))

    def develop(self, picture: Picture, *, half: bool = False) -> U8:
        """Average down and put before the background; border pixels repeat outside the camera frame."""
        solid = np.isfinite(picture.distance).astype(np.float32)[..., None]
        stack = np.dstack([picture.colour * solid, solid])
        stack = cv2.resize(stack, (WINDOW_WIDTH, WINDOW_HEIGHT), interpolation=cv2.INTER_AREA)
        window = stack[..., :3] + self._inner * (1 - stack[..., 3:])
        if half:
            window = cv2.resize(window, HALF, interpolation=cv2.INTER_AREA)
        window = np.clip(np.round(window), 0, 255).astype(np.uint8)
        return window if half else self._replicated(window)

    def _replicated(self, window: U8) -> U8:
        x0, y0, x1, y1 = self.valid
        inside = window[y0:y1, x0:x1]
        borders = (y0, WINDOW_HEIGHT - y1, x0, WINDOW_WIDTH - x1)
        return cv2.copyMakeBorder(inside, *borders, cv2.BORDER_REPLICATE)

    def track(self, trackers: Trackers, window: U8) -> Sample:
        """Landmarks, presence, mask and tone as the mirror would find them in this frame."""
        if self._wide is not None:
            left, top = _BEYOND[:2]
            image = self._wide.copy()
            image[top : top + WINDOW_HEIGHT, left : left + WINDOW_WIDTH] = window
            offset = (-left, -top)
        else:
            x0, y0, x1, y1 = self.valid
            image, offset = window[y0:y1, x0:x1], (x0, y0)
        image = np.ascontiguousarray(image[..., ::-1].astype(np.uint8))
        landmarks, presence, mask, matrix, tone = trackers(image, self._roi(offset))
        landmarks[:, :2] += offset
        return {
            "landmarks": landmarks,
            "presence": np.float32(presence),
            "masks": mask_in_window(mask, matrix, offset, HALF),
            "tone": tone,
        }

    def _roi(self, offset: tuple[int, int]) -> Roi:
        """The square of the true joints, jittered as tracking jitters."""
        rng, joints = self._scene.rng, self._scene.camera.project(self._scene.bones.joints) - offset
        hips = joints[[self._studio.body.joint(f"upperleg01.{s}") for s in "LR"]].mean(0)
        head = joints[self._studio.body.joint("head")]
        up = (head - hips) * 1.75
        return Roi.around(
            hips + rng.normal(size=2) * 4, hips + up * rng.uniform(0.93, 1.07) + rng.normal(size=2) * 4
        )


def _whole(box: npt.NDArray[np.floating]) -> tuple[int, int, int, int]:
    """A box in whole pixels of the window."""
    x0, y0, x1, y1 = np.clip(np.round(box), 0, [WINDOW_WIDTH, WINDOW_HEIGHT] * 2).astype(int).tolist()
    return x0, y0, x1, y1


def _factors(fixed: Plan, scene: Scene, tops: list[Top]) -> dict[str, object]:
    garments = [
        {
            "kind": t.kind, "sleeve": float(t.sleeve), "hem": float(t.hem), "offset": float(t.offset),
            "hang": float(t.hang), "fabric": t.fabric.kind, "collar": t.collar, "open": t.opening[0] >= 0,
        }
        for t in tops
    ]  # fmt: skip
    return {
        "stream": fixed.stream, "index": fixed.index, "tone": fixed.tone, "hair": fixed.hair,
        "pose": fixed.pose,
        "framing": fixed.framing, "strap": fixed.strap, "beard": fixed.beard, "glasses": fixed.glasses,
        "light": scene.light.kind, "garments": garments,
    }  # fmt: skip
