"""How a garment is worn, as words say it: what a scene's variants are told apart by."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Words:
    """A way to wear a garment; the default is as it comes.

    Attributes:
        fit: -2 slim, -1 a size down, 1 a size up, 2 oversized.
        rolled: whether its sleeves are rolled up.
        tucked: whether its hem is tucked into the trousers.
    """

    fit: int = 0
    rolled: bool = False
    tucked: bool = False

    @staticmethod
    def of(row: Sequence[int] | npt.NDArray[np.int8]) -> "Words":
        """From a row of a scene file's `variant_words`."""
        fit, rolled, tucked = (int(value) for value in row)
        return Words(fit, bool(rolled), bool(tucked))

    def row(self) -> npt.NDArray[np.int8]:
        """(3,) int8: fit, rolled, tucked."""
        return np.array(astuple(self), np.int8)
