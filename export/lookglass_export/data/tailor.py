"""Tops as shops sell them: how close they fit, collars, bands, cuffs that reach the hand, seams that show.

The draws come from a stream of their own, so that body, pose, room and fabric of a scene stay as they are
with plain tops, which the frozen test scenes wear.
"""

from dataclasses import replace

import numpy as np

from lookglass_export.data.collar import front_base_z
from lookglass_export.data.fabric import sew_front
from lookglass_export.data.finish import CUT_AT, Finish
from lookglass_export.data.garments import Top

_LONG = 0.9
_HIGH_NECKS = {"sweater": 0.5, "long_sleeve": 0.25, "closed_jacket": 1.0, "turtleneck": 1.0}
"""Shares of each kind that get a collar standing around the neck."""
_EASES = ((0.02, 0.06), (0.06, 0.12), (0.15, 0.28))
_EASES_ODDS = (0.22, 0.56, 0.22)
_THICK = {"open_jacket": 0.05, "closed_jacket": 0.05, "hoodie": 0.03, "sweater": 0.015}
"""Slim, regular and oversized: how much longer than the body a chest is around, and what is added by kind."""
_KNITS = ("sweater", "hoodie", "turtleneck")
_ENDS, _PUSHED_UP = (1.095, 1.16), (0.97, 1.05)
"""Where long sleeves end, in arm lengths: 1.03 to 1.14, or 0.8 to 0.95, of the way from the tracker's elbow
to its wrist, which lies 1.16 times as far from the elbow as the body's."""


def tailored(rng: np.random.Generator, top: Top) -> Top:
    """A top of the same kind and fabric with a sold garment's fit, collar, bands, cuffs and seams."""
    finish = Finish(
        height=rng.uniform(0.75, 1.3), spread=rng.uniform(0.05, 0.6), stitch=rng.uniform(0.1, 0.45),
        inner=rng.uniform(0.95, 1.3), nod=rng.uniform(0.0, 0.5), even=rng.uniform(0.0, 0.9),
        laid=True, sleeve=rng.uniform(0.35, 0.9), flat=rng.uniform(0.5, 1.1), snug=rng.uniform(0.008, 0.016),
        creases=_creases(rng, top.kind),
    )  # fmt: skip
    top = _cuffed(rng, _fitted(rng, replace(top, finish=finish)))
    if top.kind in ("shirt", "polo"):
        return _shirt(rng, top)
    if rng.random() < _HIGH_NECKS.get(top.kind, 0.0):
        return _high_neck(rng, top)
    return _banded(rng, _necked(rng, top)) if top.collar == "none" and top.strap == 0 else top


def _fitted(rng: np.random.Generator, top: Top) -> Top:
    """Slim, regular or oversized: ease of the chest in metres of circumference, a circle's radius apart."""
    if top.strap > 0:
        return top
    fit = int(rng.choice(len(_EASES), p=_EASES_ODDS))
    ease = rng.uniform(*_EASES[fit]) + _THICK.get(top.kind, 0.0)
    hang = np.clip((0.1, 0.4, 0.8)[fit] + rng.normal() * 0.2, 0, 1)
    return replace(top, offset=ease / (2 * np.pi), hang=float(hang))


def _creases(rng: np.random.Generator, kind: str) -> tuple[float, float]:
    """Knits fold softly and wide, woven shirts deep and close, T-shirts in between."""
    if kind in _KNITS:
        return rng.uniform(0.3, 0.8), rng.uniform(0.6, 0.9)
    return rng.uniform(0.4, 1.3), rng.uniform(0.9, 1.5) if kind == "shirt" else rng.uniform(0.75, 1.2)


def _cuffed(rng: np.random.Generator, top: Top) -> Top:
    """Long sleeves end between the wrist and the thumb, some pushed up; most close around the wrist."""
    if top.sleeve < _LONG:
        return top
    ends = rng.uniform(*_ENDS) if rng.random() < 0.9 else rng.uniform(*_PUSHED_UP)
    open_end = rng.random() < (0.35 if top.kind.endswith("jacket") else 0.12)
    knit = top.kind in _KNITS
    room = -1.0 if open_end else rng.uniform(0.002, 0.006) if knit else rng.uniform(0.004, 0.011)
    sewn = knit or top.kind == "shirt" or rng.random() < 0.6
    cuff = rng.uniform(0.045, 0.075) if sewn and not open_end else 0.0
    finish = replace(top.finish, longer=ends - CUT_AT, cuff=room)
    return replace(top, sleeve=CUT_AT, ribs=(cuff, *top.ribs[1:]), finish=finish)


def _necked(rng: np.random.Generator, top: Top) -> Top:
    """A neckline that hugs the neck; some are cut wide."""
    wide = rng.random() < 0.12
    half = rng.uniform(0.082, 0.11) if wide else rng.uniform(0.06, 0.075)
    deep = top.neck_front if top.vee else rng.uniform(0.065, 0.105) - (0.02 if wide else 0.0)
    return replace(top, neck_half=half, neck_front=deep, neck_back=rng.uniform(0.0, 0.018))


def _banded(rng: np.random.Generator, top: Top) -> Top:
    """A neckband wide enough to be seen."""
    if top.opening[0] >= 0 or rng.random() < 0.15:
        return top
    cuff, hem, _, lapel = top.ribs
    return replace(top, ribs=(cuff, hem, rng.uniform(0.014, 0.03), lapel))


def _shirt(rng: np.random.Generator, top: Top) -> Top:
    """A stand and two leaves; buttoned up, or open as far as the V of its front."""
    low = replace(top.finish, tilt=rng.uniform(0.25, 0.45), height=top.finish.height * rng.uniform(0.7, 1.1))
    top = replace(top, finish=low)
    if not top.vee:
        return replace(top, collar_gap=rng.uniform(0.0, 0.1))
    lapel = rng.uniform(0.02, 0.05) if rng.random() < 0.4 else 0.0
    spread = top.finish.spread + (0.3 if lapel else 0.0)
    top = replace(top, ribs=(*top.ribs[:3], lapel), finish=replace(top.finish, spread=spread))
    return replace(top, collar_gap=_gap_of_vee(top))


def _gap_of_vee(top: Top) -> float:
    """The half angle at which a collar's ends meet the edges of a V neck."""
    down = (top.neck_z - front_base_z(top.finish.tilt)) / top.neck_front
    return float(np.arcsin(np.clip(top.neck_half * (1 - down) / 0.07, 0.05, 0.9)))


def _high_neck(rng: np.random.Generator, top: Top) -> Top:
    """A mock neck, a funnel with or without a zip, or a roll, closed around the neck."""
    finish = replace(top.finish, tilt=rng.uniform(0.2, 0.4))
    top = replace(top, vee=False, ribs=(*top.ribs[:2], 0.0, top.ribs[3]), finish=finish)
    if top.kind == "turtleneck" and rng.random() < 0.6:
        return top
    if top.kind == "closed_jacket" and top.collar == "shirt":
        return replace(top, collar_gap=rng.uniform(0.02, 0.15))
    if top.kind != "closed_jacket" and rng.random() < 0.6:
        sew_front(rng, top.fabric, fastening="zip", neck_z=0.62, end_z=rng.uniform(0.36, 0.46))
    return replace(top, collar="stand", collar_gap=0.0 if rng.random() < 0.7 else rng.uniform(0.03, 0.25))
