"""Rendered sequences: one person in one top, moving before a still camera."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from lookglass.live.sinks import FileSink
from lookglass.types import U8
from lookglass_export.data.body import Bones, Z
from lookglass_export.data.camera import Camera, Light, look_at
from lookglass_export.data.fabric import sample_fabric
from lookglass_export.data.garments import Top, sample_top
from lookglass_export.data.layers import Picture, contact_shade, put_on
from lookglass_export.data.mesh import Array
from lookglass_export.data.motion import FPS, MOTIONS, carried
from lookglass_export.data.product import Layout, lay_out
from lookglass_export.data.renderer import Renderer
from lookglass_export.data.room import room
from lookglass_export.data.sample import photograph
from lookglass_export.data.scene import (
    PersonLayer,
    Scene,
    Studio,
    collar_drawable,
    draw_top,
    make_scene,
    set_view,
    wear,
)
from lookglass_export.data.shoes import Shoes, shod
from lookglass_export.data.spec import SKIN_TONES, Plan

LANDSCAPE, PORTRAIT = (1280, 720), (720, 1280)
_HEIGHT_AT_END = 0.88
"""Share of the picture's height that the person fills when nearest."""
_SUPERSAMPLED = 2
_FIELD_OF_VIEW_DEG = 30.0
_DAYLIGHT = Light(
    "soft", np.array([-0.55, -0.75, 0.4]), np.array([0.47, 0.46, 0.44]), np.array([0.6, 0.61, 0.63])
)


@dataclass(frozen=True, slots=True)
class SequenceFrame:
    """One frame of a sequence.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        joints: (B, 2) float32, true places of the bones in frame pixels, in the order of `Body.bones`.
        place: (H, W, 2) float32, where in the photo of the top each of its visible pixels lies, x and y in
            [-1, 1]; NaN where none is visible.
    """

    image: U8
    joints: npt.NDArray[np.float32]
    place: npt.NDArray[np.float32]


def photograph_top(studio: Studio, seed: int) -> tuple[Layout, U8]:
    """How the top of a sequence lies in its product photo, and that photo, (256, 256, 4) uint8 RGBA."""
    scene, top = _cast(studio, seed)
    rng = np.random.default_rng([seed, 11])
    worn = wear(studio, scene, top)
    layout = lay_out(rng, studio.body, top, worn.collar, seed, False)
    layout, product, _ = photograph(studio, rng, worn, collar_drawable(studio, worn.collar), layout)
    studio.forget_fabrics()
    return layout, product


def render_sequence(
    studio: Studio,
    motion: str,
    *,
    seed: int,
    frames: int = 90,
    size: tuple[int, int] = LANDSCAPE,
    layout: Layout | None = None,
) -> Iterator[SequenceFrame]:
    """Film somebody, 30 frames a second.

    Args:
        studio: the process's body and canvases.
        motion: one of `MOTIONS`.
        seed: chooses body, looks, top and room.
        frames: how many.
        size: (width, height) of the picture in pixels.
        layout: how the top lies in its photo; without it every `place` is NaN.
    """
    scene, top = _cast(studio, seed)
    body, figure = studio.body, scene.figure
    poses = MOTIONS[motion](figure, frames)
    track = carried(body.bones, [body.bones_at(figure.heads, pose) for pose in poses])
    camera = _Camera(scene, track, size)
    floor_z = float(scene.rest[:, Z].min())
    background = room(np.random.default_rng([seed, 3]), camera.whole, size, floor_z)
    feet = [body.joint(f"foot{side}") for side in (".L", ".R")]
    canvas = studio.wide(*(_SUPERSAMPLED * n for n in camera.middle_size))
    for bones in track:
        scene.bones = bones
        picture, place = _draw(studio, scene, top, canvas, camera.middle, layout)
        image = _develop(picture, background.with_shadows(bones.joints[feet], floor_z))
        yield SequenceFrame(image, camera.pixels(bones.joints), _widened(place, image))
    studio.forget_fabrics()


def _cast(studio: Studio, seed: int) -> tuple[Scene, Top]:
    """Somebody with short or tied hair, in long trousers and a plain long-sleeved top."""
    rng = np.random.default_rng([seed, 7])
    hair, tone = str(rng.choice(["short", "buzz", "bob"])), int(rng.integers(len(SKIN_TONES)))
    kinds = ("long_sleeve",) * 3
    plan = Plan(
        "train", seed, "arms_down", hair, "full", tone, kinds, strap=False, beard=False, glasses=False
    )
    top = replace(
        sample_top(rng, "long_sleeve"), fabric=sample_fabric(rng, kind="heather", logo=0.0), sleeve=0.97,
        offset=0.012, hang=0.3, wrinkles=0.8,
    )  # fmt: skip
    scene = make_scene(studio, plan, top.offset)
    scene.bottom = replace(scene.bottom, mesh="tights", leg=0.98, offset=0.007)
    scene.light, scene.shoes = _DAYLIGHT, Shoes(np.full(3, 0.16))
    scene.rest = shod(studio.body, scene.rest)
    return scene, top


class _Camera:
    """A still camera, once for the whole picture and once for the upright middle that holds the person."""

    def __init__(self, scene: Scene, track: list[Bones], size: tuple[int, int]) -> None:
        self._size = size
        self.middle_size = (min(size), size[1])
        low, high = scene.rest[:, Z].min(), scene.rest[:, Z].max()
        nearest = min(track, key=lambda bones: bones.joints[0, 1]).joints[0]
        slope = np.tan(np.deg2rad(_FIELD_OF_VIEW_DEG / 2))
        target = np.array([nearest[0], nearest[1], (low + high) / 2])
        distance = (high - low) / (2 * slope * _HEIGHT_AT_END)
        eye = target + np.array([0.0, -distance, 0.25 * (high - low)])
        view = look_at(eye, target)

        def shows(width: int, height: int) -> Camera:
            return Camera(np.diag([height / width / slope, 1 / slope, 1, 1]) @ view, eye)

        self.whole, self.middle = shows(*size), shows(*self.middle_size)

    def pixels(self, points: Array) -> npt.NDArray[np.float32]:
        """World points (N, 3) to frame pixels (N, 2)."""
        clip = np.c_[points, np.ones(len(points))] @ self.whole.matrix.T
        ndc = clip[:, :2] / clip[:, 3:] * [1, -1]
        return ((ndc + 1) / 2 * self._size - 0.5).astype(np.float32)


def _draw(
    studio: Studio, scene: Scene, top: Top, canvas: Renderer, camera: Camera, layout: Layout | None
) -> tuple[Picture, npt.NDArray[np.float32]]:
    """The dressed person, supersampled, and the top's place in its photo, at the frame's resolution."""
    base = PersonLayer(studio, scene, top.offset).draw(canvas, camera)
    worn = wear(studio, scene, top)
    canvas.begin()
    set_view(studio, scene, camera)
    shell_place = np.full((len(worn.shell), 2), np.nan) if layout is None else layout.shell_place
    collar_place = None if layout is None else layout.collar_place
    draw_top(
        studio, worn, collar_drawable(studio, worn.collar), shell_place=shell_place, collar_place=collar_place
    )
    layer = canvas.layer()
    picture = put_on(base, layer)
    shown = (picture.part > 0) & (picture.inside == 0)
    place = np.where(shown[..., None], layer.place, np.float32(np.nan))
    return picture, place[::_SUPERSAMPLED, ::_SUPERSAMPLED]


def _widened(place: npt.NDArray[np.float32], image: U8) -> npt.NDArray[np.float32]:
    """The middle of the frame, with nothing on both sides of it."""
    left = (image.shape[1] - place.shape[1]) // 2
    right = image.shape[1] - place.shape[1] - left
    return np.pad(place, ((0, 0), (left, right), (0, 0)), constant_values=np.nan)


def _develop(picture: Picture, background: npt.NDArray[np.float32]) -> U8:
    """Average the person down onto the middle of the background: (H, W, 3) uint8 BGR."""
    height, width = background.shape[:2]
    solid = np.isfinite(picture.distance).astype(np.float32)[..., None]
    gain = cv2.resize(contact_shade(picture.distance[::2, ::2]), picture.distance.shape[::-1])[..., None]
    size = (picture.distance.shape[1] // _SUPERSAMPLED, height)
    stack = cv2.resize(np.dstack([picture.colour * gain * solid, solid]), size, interpolation=cv2.INTER_AREA)
    left = (width - size[0]) // 2
    out = background.copy()
    out[:, left : left + size[0]] *= 1 - stack[..., 3:]
    out[:, left : left + size[0]] += stack[..., :3]
    return np.ascontiguousarray(np.clip(np.round(out), 0, 255).astype(np.uint8)[..., ::-1])


def main(argv: Sequence[str] | None = None) -> int:
    """Command line: write a sequence as a video."""
    parser = argparse.ArgumentParser(prog="lookglass-export sequence", description="Film a rendered person.")
    parser.add_argument("--kind", choices=sorted(MOTIONS), default="walk")
    parser.add_argument("--out", type=Path, required=True, help="the .mp4 file")
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--portrait", action="store_true", help="720x1280 instead of 1280x720")
    parser.add_argument("--joints", type=Path, help="also write an .npz of the bones' names and true places")
    options = parser.parse_args(argv)
    studio, joints = Studio(), list[npt.NDArray[np.float32]]()
    size = PORTRAIT if options.portrait else LANDSCAPE
    shots = render_sequence(studio, options.kind, seed=options.seed, frames=options.frames, size=size)
    with FileSink(options.out, fps=FPS, every_frame=True) as sink:
        for number, shot in enumerate(tqdm(shots, total=options.frames, unit="frame")):
            sink.show(shot.image, number)
            joints.append(shot.joints)
    if options.joints is not None:
        np.savez_compressed(options.joints, bones=np.array(studio.body.bones), joints=np.stack(joints))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
