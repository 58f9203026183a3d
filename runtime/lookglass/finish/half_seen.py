"""Arms against the trunk: the network half covers them with the sleeve and half with the torso.

Then neither is there, and what is behind the person is painted over the old sleeve that shows beside both.
An arm that the tracker sees is there: in its long sleeve, or bare below a short one.
"""

from dataclasses import replace

import numpy as np

from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.unrolled import ACROSS, Unrolled, beside, clipped, ramp
from lookglass.types import F32, Layers

LONG, SHORTEST = (0.65, 0.8), 5.0
"""Shares of the forearm that short and long sleeves reach, and the length in cells that is worth the work."""
_SLEEVE, _BARE = (0.4, 0.62), (0.4, 0.85)
"""Shares of the forearm where a sleeve, and where skin, is looked for."""
_UNSURE, _SURE, _SURER = (0.2, 0.4), (0.6, 0.9), 2.2
"""What the network shows at most of what is not there, of what it is not sure of, and of what it is; and by
how much more is shown of the unsure at most."""
_FROM, _TO = (-0.4, 0.0), (1.0, 1.35)
"""Shares of the forearm over which a surer bare arm begins and ends."""


def whole_arms(layers: Layers, arms: Forearms) -> Layers:
    """Show arms that the network half sees.

    Args:
        layers: what the network returned.
        arms: the wearer's forearms, on the alphas' grid.
    """
    for part, arm in enumerate(arms, start=1):
        if arm.seen > 0 and arm.length >= SHORTEST:
            sleeve, bare = _surer(layers, part, arm)
            if sleeve > 1:
                surer = np.minimum(layers.coverage[part] * np.float32(sleeve), 1)
                layers = replace(layers, coverage=layers.coverage.copy())
                cover(layers.coverage, part, surer)
            if bare > 1:
                more = 1 + np.float32(bare - 1) * _about(arm, layers.bare.shape)
                torso, sleeves = layers.occluder
                occluder = np.stack([np.minimum(torso * more, 1), sleeves])
                layers = replace(layers, bare=np.minimum(layers.bare * more, 1), occluder=occluder)
    return layers


def cover(coverage: F32, part: int, sleeve: F32) -> None:
    """Replace a sleeve, (h, w), in (3, h, w); where there is more of it, the torso, part 0, gives way."""
    torso, gained = coverage[0], np.maximum(sleeve - coverage[part], 0)
    coverage[0] = np.minimum(torso, np.maximum(torso - gained, 1 - sleeve))
    coverage[part] = sleeve


def _surer(layers: Layers, part: int, arm: Forearm) -> tuple[float, float]:
    """By how much more of an arm's sleeve, and of its skin, is shown than the network does."""
    strip = Unrolled.along(arm)
    sleeve = strip.of(layers.coverage[part])
    _, middle, most = strip.measured(sleeve[strip.rows(*_SLEEVE)])
    end = strip.end(np.minimum(sleeve * np.float32(1 / max(most, _UNSURE[0])), 1), middle)
    seen, dressed = min(2 * arm.seen, 1), ramp(end, *LONG)
    skin = 0.0 if dressed == 1 else float(strip.between(*_BARE).of(layers.bare).max(1).mean())
    return 1 + seen * dressed * (_factor(most) - 1), 1 + seen * (1 - dressed) * (_factor(skin) - 1)


def _factor(most: float) -> float:
    return 1 + (_SURER - 1) * min(ramp(most, *_UNSURE), 1 - ramp(most, *_SURE))


def _about(arm: Forearm, size: tuple[int, ...]) -> F32:
    """(h, w) in [0, 1], around a forearm."""
    along, across = beside(arm, (slice(0, size[0]), slice(0, size[1])))
    begun = clipped((along - _FROM[0]) * (1 / (_FROM[1] - _FROM[0])))
    ended = clipped((_TO[1] - along) * (1 / (_TO[1] - _TO[0])))
    return clipped(3 - np.abs(across) * np.float32(2 / (ACROSS * arm.length))) * np.minimum(begun, ended)
