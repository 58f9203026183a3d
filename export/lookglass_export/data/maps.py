"""What is true of a dressed picture, on the window's grid: flow, coverage, alpha, occluders, parse labels."""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import PARSE
from lookglass_export.data.camera import WINDOW_HEIGHT, WINDOW_WIDTH
from lookglass_export.data.flow import EXTENDED, VISIBLE, extend
from lookglass_export.data.layers import Picture
from lookglass_export.data.product import Layout
from lookglass_export.data.renderer import COLLAR, TOP, Drawable
from lookglass_export.data.scene import Studio, Worn, set_cut

U8 = npt.NDArray[np.uint8]
Sample = dict[str, npt.NDArray[np.generic]]
HALF = (WINDOW_WIDTH // 2, WINDOW_HEIGHT // 2)
LABEL = {name: i for i, name in enumerate(PARSE)}
ARMS = [LABEL[n] for n in ("left_arm", "right_arm", "left_hand", "right_hand")]
SKIN_LABELS = [LABEL[n] for n in ("face", "neck", "legs", "trunk")] + ARMS
IN_FRONT = [LABEL[n] for n in ("hair", "face", "left_hand", "right_hand", "strap")]


def stacked(rows: Iterable[Sample]) -> Sample:
    """Arrays of the same names, one after the other."""
    rows = list(rows)
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def half(mask: npt.NDArray[np.bool_]) -> U8:
    """Average a supersampled mask down to the half-resolution window, 0..255."""
    small = cv2.resize(mask.astype(np.float32) * 255, HALF, interpolation=cv2.INTER_AREA)
    return np.round(small).astype(np.uint8)


def whole_shells(
    studio: Studio, worn: Worn, collar: Drawable | None, layout: Layout
) -> list[npt.NDArray[np.float32]]:
    """For each part its whole shell alone: (H, W, 4) product x, y, margin, distance."""
    set_cut(studio, worn.top, label=4.0)
    studio.drawables["tights"].place(worn.shell, layout.shell_place)
    out = []
    for part in range(3):
        studio.canvas.begin_uncut()
        studio.gl.set(part=part)
        studio.drawables["tights"].draw_part(TOP, part)
        if part == 0 and collar is not None:
            collar.draw_part(COLLAR, 0)
        out.append(studio.canvas.uncut())
    return out


def seen_parts(picture: Picture) -> npt.NDArray[np.bool_]:
    """(3, H, W) where the outside of each part of the top is seen."""
    visible = (picture.label == LABEL["top"]) & (picture.inside == 0)
    return np.stack([visible & (picture.part == part) for part in (1, 2, 3)])


def flow_of(seen: npt.NDArray[np.bool_], shells: list[npt.NDArray[np.float32]]) -> Sample:
    """Where in the photo each part's pixels lie, how far that is known, and the alpha of what is seen."""
    flows, states = [], []
    for part, whole in enumerate(shells):
        centre = whole[1::3, 1::3]
        flow, state = extend(np.ascontiguousarray(centre[..., :2]), centre[..., 3] > 0)
        state[seen[part, 1::3, 1::3] & (state >= EXTENDED)] = VISIBLE
        flows.append(flow.transpose(2, 0, 1))
        states.append(state)
    return {
        "flow": np.stack(flows).astype(np.float16),
        "flow_valid": np.stack(states),
        "alpha": half(seen.any(0)),
    }


def labels_of(picture: Picture) -> Sample:
    """What stands in front of the top, and the parse labels."""
    arms = np.isin(picture.label, ARMS) | (np.isin(picture.part, (2, 3)) & (picture.label != LABEL["bottom"]))
    loose = np.isin(picture.label, IN_FRONT)
    return {
        "occluder": np.stack([half(loose | arms), half(loose)]),
        "parse": picture.label[1::3, 1::3].copy(),
        "arm_front": arms[1::3, 1::3].astype(np.uint8),
    }


def coverage_of(parts: npt.NDArray[np.bool_]) -> Sample:
    """Parts as `layers.generous` finds them, on the window's grid."""
    return {"coverage": np.stack([half(part) for part in parts])}
