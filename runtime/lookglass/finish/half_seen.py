"""Arms against the trunk: the network half covers them with the sleeve and half with the torso.

Then neither is there, and what is behind the person is painted over the old sleeve that shows beside both.
An arm that the tracker sees is there in its long sleeve. Below a short one it is taken to lie behind the
torso: where it leaves the sleeve nobody knows, and an arm that begins at an elbow looks pasted on.
"""

from dataclasses import replace

import numpy as np

from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.hanging_arm import hanging_arm
from lookglass.finish.unrolled import ACROSS, Unrolled, beside, clipped, ramp
from lookglass.types import F32, Garment, Layers

LONG, SHORTEST = (0.65, 0.8), 5.0
"""Shares of the forearm that short and long sleeves reach, and the length in cells that is worth the work."""
_SLEEVE, _BARE = (0.4, 0.62), (0.4, 0.85)
"""Shares of the forearm where a sleeve, and where skin, is looked for."""
_UNSURE, _SURE, _SURER = (0.2, 0.4), (0.6, 0.9), 2.2
"""What the network shows at most of what is not there, of what it is not sure of, and of what it is; and by
how much more is shown of the unsure at most."""
_FROM, _TO = (-0.4, 0.0), (1.0, 1.35)
"""Shares of the forearm over which a bare arm behind the torso begins and ends."""


def whole_arms(layers: Layers, garment: Garment, arms: Forearms) -> Layers:
    """Show arms that the network half sees.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into.
        arms: the wearer's forearms, on the alphas' grid.
    """
    for part, arm in enumerate(arms, start=1):
        if arm.seen > 0 and arm.length >= SHORTEST:
            sleeve, bare = _unsure(layers, part, arm)
            if sleeve > 0:
                surer = layers.coverage[part] * np.float32(1 + (_SURER - 1) * sleeve)
                layers = replace(layers, coverage=layers.coverage.copy())
                cover(layers.coverage, part, np.minimum(surer, 1))
            if bare > 0:
                shown = hanging_arm(layers, garment, part, arm, bare)
                layers = shown or _behind_torso(layers, bare * _about(arm, layers.bare.shape))
    return layers


def _behind_torso(layers: Layers, where: F32) -> Layers:
    """The layers without the arm that is somewhere, (h, w) in [0, 1]; the torso covers its old sleeve."""
    torso, sleeves = layers.occluder
    occluder = np.stack([torso - np.clip(torso - sleeves, 0, 1) * where, sleeves])
    coverage = layers.coverage.copy()
    coverage[0] = np.maximum(coverage[0], np.minimum(where, layers.painted_alpha))
    return replace(layers, bare=layers.bare * (1 - where), occluder=occluder, coverage=coverage)


def cover(coverage: F32, part: int, sleeve: F32) -> None:
    """Replace a sleeve, (h, w), in (3, h, w); where there is more of it, the torso, part 0, gives way."""
    torso, gained = coverage[0], np.maximum(sleeve - coverage[part], 0)
    coverage[0] = np.minimum(torso, np.maximum(torso - gained, 1 - sleeve))
    coverage[part] = sleeve


def _unsure(layers: Layers, part: int, arm: Forearm) -> tuple[float, float]:
    """How much the network half sees an arm in a long sleeve, and bare below a short one, in [0, 1] each."""
    strip = Unrolled.along(arm)
    sleeve = strip.of(layers.coverage[part])
    _, middle, most = strip.measured(sleeve[strip.rows(*_SLEEVE)])
    end = strip.end(np.minimum(sleeve * np.float32(1 / max(most, _UNSURE[0])), 1), middle)
    seen, dressed = min(2 * arm.seen, 1), ramp(end, *LONG)
    skin = 0.0 if dressed == 1 else float(strip.between(*_BARE).of(layers.bare).max(1).mean())
    return seen * dressed * _half(most), seen * (1 - dressed) * _half(skin)


def _half(most: float) -> float:
    return min(ramp(most, *_UNSURE), 1 - ramp(most, *_SURE))


def _about(arm: Forearm, size: tuple[int, ...]) -> F32:
    """(h, w) in [0, 1], around a forearm."""
    along, across = beside(arm, (slice(0, size[0]), slice(0, size[1])))
    begun = clipped((along - _FROM[0]) * (1 / (_FROM[1] - _FROM[0])))
    ended = clipped((_TO[1] - along) * (1 / (_TO[1] - _TO[0])))
    return clipped(3 - np.abs(across) * np.float32(2 / (ACROSS * arm.length))) * np.minimum(begun, ended)
