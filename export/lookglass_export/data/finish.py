"""How a garment is finished and photographed: what tells a sold garment from a plain shell."""

from dataclasses import dataclass

CUT_AT = 0.985
"""Where finished long sleeves are cut, in arm lengths; `longer` then moves that cut to where it is worn."""
PLAIN_TILT = 0.5
"""Tilt of a plain collar, which overlaps the neckline of its shell; flatter ones end it at their base."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The make of a collar, its seams, and the light in its photo; the default is a plain shell.

    Attributes:
        height: of the collar, as a multiple of its kind's own.
        tilt: metres that a collar's base falls per metre from the nape forwards; less covers more throat.
        spread: angle (radians) by which a shirt's leaves part towards their points; how far a stand flares
            towards its base, in 0.05 m.
        stitch: how dark seams are, 0 for none.
        inner: gain of the inside's colour.
        nod: metres that the neck's front falls in the photo per metre of depth, as flat cloth collapses.
        even: 1 where the photo's light leaves no contact shadow, 0 where it does.
        laid: whether cloth rests on the shoulders, and keeps `sleeve` times as far from arms as from trunks.
        longer: arm lengths by which a sleeve is drawn out at `CUT_AT`.
        cuff: metres between a closed cuff and the wrist; negative for an open end.
        flat: 1 for a photo of cloth laid flat, 0 as on a mannequin.
        creases: how deep a worn garment's folds are, and how close together.
        snug: metres by which a collar's stand leans in towards the neck.
    """

    height: float = 1.0
    tilt: float = PLAIN_TILT
    spread: float = 0.0
    stitch: float = 0.0
    inner: float = 1.0
    nod: float = 0.0
    even: float = 0.0
    laid: bool = False
    sleeve: float = 1.0
    longer: float = 0.0
    cuff: float = -1.0
    flat: float = 0.0
    creases: tuple[float, float] = (0.0, 1.0)
    snug: float = 0.0


PLAIN = Finish()
