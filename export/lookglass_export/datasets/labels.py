"""What the values of the data sets' parse maps mean, in our own names.

A value's meaning depends on who parsed, not on the picture: 10 is a jumpsuit to the LIP parser and the throat
to the CIHP parser that VITON-HD used. "left" is the wearer's, as it is for the three parsers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lookglass.types import U8

LABELS = (
    "background", "hair", "face", "neck", "top", "bottom", "dress", "left_arm", "right_arm", "legs",
    "footwear", "hat", "bag", "other",
)  # fmt: skip
"""Values 0 to 13 of `Item.parse`. Those that rendered scenes have too are named as there; hands belong to the
arms, sunglasses to the face, belts to the bottom, socks to the footwear; gloves and scarfs are "other"."""

UNKNOWN = 255

_LIP = (
    "background", "hat", "hair", "other", "face", "top", "dress", "top", "footwear", "bottom",
    "dress", "other", "bottom", "face", "left_arm", "right_arm", "legs", "legs", "footwear", "footwear",
)  # fmt: skip
_ATR = (
    "background", "hat", "hair", "face", "top", "bottom", "bottom", "dress", "bottom",
    "footwear", "footwear", "face", "legs", "legs", "left_arm", "right_arm", "bag", "other",
)  # fmt: skip
_ACGPN = {
    0: "background", 1: "hair", 4: "top", 5: "footwear", 6: "footwear", 7: "top", 8: "bottom",
    9: "legs", 10: "legs", 11: "left_arm", 12: "face", 13: "right_arm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Palette:
    """One parser's labels.

    Attributes:
        name: the parser, for messages.
        meaning: value to one of `LABELS`.
        colours: (N, 3) uint8 RGB of values 0 to N - 1, in which some copies are saved; none where no colours
            are in use.
    """

    name: str
    meaning: Mapping[int, str]
    colours: U8 = field(default_factory=lambda: np.zeros((0, 3), np.uint8))

    def table(self) -> U8:
        """(256,) uint8: value to index into `LABELS`, or `UNKNOWN`."""
        table = np.full(256, UNKNOWN, np.uint8)
        for value, name in self.meaning.items():
            table[value] = LABELS.index(name)
        return table

    def snapping_table(self) -> U8:
        """The same where values are noisy: each counts as the nearest known one, up to 2 past the last."""
        known = np.array(sorted(self.meaning))
        values = np.arange(256)
        nearest = known[np.abs(values[:, None] - known).argmin(1)]
        return np.where(values > known[-1] + 2, np.uint8(UNKNOWN), self.table()[nearest])


def _pascal(count: int) -> U8:
    """Colours of the Pascal VOC scheme: the bits of a value, three at a time, from the top bit down."""
    colours = np.zeros((count, 3), np.uint8)
    for value in range(count):
        for bit in range(8):
            colours[value, bit % 3] |= (value >> bit & 1) << (7 - bit // 3)
    return colours


def _hexadecimal(colours: str) -> U8:
    values: npt.NDArray[np.uint8] = np.frombuffer(bytes.fromhex(colours), np.uint8)
    return values.reshape(-1, 3)


_LIP_COLOURS = _hexadecimal(
    "000000 800000 ff0000 005500 aa0033 ff5500 000055 0077dd 555500 005555"
    "553300 345680 008000 0000ff 33aadd 00ffff 55ffaa aaff55 ffff00 ffaa00"
)

LIP = Palette("LIP", dict(enumerate(_LIP)), _LIP_COLOURS)
"""20 labels, of CP-VTON's packing of VITON. The throat is background."""

CIHP = Palette("CIHP", {**LIP.meaning, 10: "neck"}, _LIP_COLOURS)
"""20 labels, of VITON-HD. Its files have 254 for 255, 169 for 170 and 220 for 221."""

ATR = Palette("ATR", dict(enumerate(_ATR)), _pascal(18))
"""18 labels, of DressCode. The throat is part of the face."""

ACGPN = Palette("ACGPN", _ACGPN)
"""14 values of which 12 are in use, of PF-AFN's packing of VITON. 7, "noise", lies on the top: all who train
on it count it so."""
