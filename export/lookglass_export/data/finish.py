"""How a garment is finished and photographed: what tells a sold garment from a plain shell."""

from dataclasses import dataclass

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
    """

    height: float = 1.0
    tilt: float = PLAIN_TILT
    spread: float = 0.0
    stitch: float = 0.0
    inner: float = 1.0
    nod: float = 0.0
    even: float = 0.0


PLAIN = Finish()
