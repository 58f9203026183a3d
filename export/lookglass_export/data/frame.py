"""What the camera of a scene shows: background, the window in it, and where the picture ends."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.person.roi import Roi
from lookglass_export.data.background import sample_background
from lookglass_export.data.camera import WINDOW_HEIGHT, WINDOW_WIDTH, Camera
from lookglass_export.data.layers import Picture
from lookglass_export.data.maps import HALF, SKIN_LABELS, U8, Sample, half
from lookglass_export.data.renderer import Layer, Renderer
from lookglass_export.data.scene import Scene, Studio
from lookglass_export.data.trackers import Trackers, mask_in_window

# Window pixels that a full-length camera frame shows beyond the window: left, top, right, bottom.
_BEYOND = {"upper": (60, 24, 60, 260), "lower": (60, 150, 60, 40), "dress": (60, 60, 60, 40)}
_LEG = ("upperleg01", "lowerleg01", "foot")
Draw = Callable[[Renderer, Camera], Layer | Picture]


class CameraFrame:
    """What the camera of a scene shows: background, the window in it, and where the frame ends."""

    def __init__(self, studio: Studio, scene: Scene, draw: Draw) -> None:
        rng, self._scene, self._studio = scene.rng, scene, studio
        upper, framing = scene.plan.category == "upper", scene.plan.framing
        self._beyond = left, top, right, bottom = _BEYOND[scene.plan.category]
        width, height = WINDOW_WIDTH + left + right, WINDOW_HEIGHT + top + bottom
        self._background = sample_background(rng, width, height).astype(np.float32)
        if scene.light.kind == "backlit":
            self._background = np.clip(self._background * 1.3 + 50, 0, 255)
        self._inner = self._background[top : top + WINDOW_HEIGHT, left : left + WINDOW_WIDTH]
        if not upper:
            self._stand_on_floor(rng)
        self.valid = (0, 0, WINDOW_WIDTH, WINDOW_HEIGHT)
        self._box = (-left, -top, WINDOW_WIDTH + right, WINDOW_HEIGHT + bottom)
        self._wide: npt.NDArray[np.float32] | None = None
        if framing == "full" or not upper:
            camera = scene.camera.widened(*self._box)
            layer = draw(studio.wide(width, height), camera)
            body = np.isfinite(layer.distance)[..., None]
            self._wide = np.where(body, layer.colour, self._background).astype(np.float32)
        if framing in ("knee", "thigh"):
            self._box = (*self._box[:3], self._cut_leg(rng, framing))
            self.valid = (0, 0, WINDOW_WIDTH, min(self._box[3], WINDOW_HEIGHT))
        elif framing != "full":
            self.valid = self._box = self._truncated(rng, framing)

    def _cut_leg(self, rng: np.random.Generator, framing: str) -> int:
        """The last row of a camera that is too near to show the feet."""
        joints = self._scene.camera.project(self._scene.bones.joints)[:, 1]
        hip, knee, ankle = (
            np.mean([joints[self._studio.body.joint(f"{name}{side}")] for side in (".L", ".R")])
            for name in _LEG
        )
        share = rng.uniform(0.3, 0.9) if framing == "thigh" else rng.uniform(0.9, 1.7)
        return round(float(hip + min(share, 1) * (knee - hip) + max(share - 1, 0) * (ankle - knee)))

    def _stand_on_floor(self, rng: np.random.Generator) -> None:
        """Darken the ground around the feet."""
        if rng.random() < 0.3:
            return
        left, top = self._beyond[:2]
        joints = self._scene.camera.project(self._scene.bones.joints)
        scale = np.ptp(joints[[self._studio.body.joint(f"{name}.L") for name in _LEG[1:]], 1]) / 0.4
        shade = np.zeros(self._background.shape[:2], np.float32)
        for side in (".L", ".R"):
            x, y = joints[self._studio.body.joint(f"foot{side}")] + [left, top + 0.07 * scale]
            axes = (round(float(0.11 * scale)), max(round(float(0.025 * scale)), 1))
            cv2.ellipse(shade, (round(float(x)), round(float(y))), axes, 0, 0, 360, 1.0, cv2.FILLED)
        shade = cv2.GaussianBlur(shade, (0, 0), max(float(0.02 * scale), 1.0))
        self._background *= 1 - rng.uniform(0.2, 0.5) * shade[..., None]

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

    def develop(self, picture: Picture, *, halved: bool = False) -> U8:
        """Average down and put before the background; border pixels repeat outside the camera frame."""
        solid = np.isfinite(picture.distance).astype(np.float32)[..., None]
        stack = np.dstack([picture.colour * solid, solid])
        stack = cv2.resize(stack, (WINDOW_WIDTH, WINDOW_HEIGHT), interpolation=cv2.INTER_AREA)
        window = stack[..., :3] + self._inner * (1 - stack[..., 3:])
        if halved:
            window = cv2.resize(window, HALF, interpolation=cv2.INTER_AREA)
        window = np.clip(np.round(window), 0, 255).astype(np.uint8)
        return window if halved else self._replicated(window)

    def uncovered(self, picture: Picture) -> Sample:
        """What is true of the frame once the old clothes are gone, as the shaded picture shows it."""
        skin = np.isin(picture.label, SKIN_LABELS) & (picture.inside == 0)
        return {
            "painted": self.develop(picture, halved=True),
            "bare": half(skin),
            "valid": np.array(self.valid, np.int32),
        }

    def _replicated(self, window: U8) -> U8:
        x0, y0, x1, y1 = self.valid
        inside = window[y0:y1, x0:x1]
        borders = (y0, WINDOW_HEIGHT - y1, x0, WINDOW_WIDTH - x1)
        return cv2.copyMakeBorder(inside, *borders, cv2.BORDER_REPLICATE)

    def track(self, trackers: Trackers, window: U8) -> Sample:
        """Landmarks, presence, mask and tone as the mirror would find them in this frame."""
        if self._wide is not None:
            left, top = self._beyond[:2]
            image = self._wide.copy()
            image[top : top + WINDOW_HEIGHT, left : left + WINDOW_WIDTH] = window
            x0, y0, x1, y1 = self._box
            image, offset = image[y0 + top : y1 + top, x0 + left : x1 + left], (x0, y0)
        else:
            x0, y0, x1, y1 = self.valid
            image, offset = window[y0:y1, x0:x1], (x0, y0)
        image = np.ascontiguousarray(image[..., ::-1].astype(np.uint8))
        landmarks, presence, mask, matrix, tone = trackers(
            image, self._roi(offset), self._scene.plan.category
        )
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
