"""Pairs files: two names a line, sometimes with a category."""

from dataclasses import dataclass
from pathlib import Path

from lookglass_export.datasets.errors import DatasetError

CATEGORIES = {
    "upper_body": "upper", "lower_body": "lower", "dresses": "dress",
    "upper": "upper", "lower": "lower", "dress": "dress",
    "0": "upper", "1": "lower", "2": "dress",
}  # fmt: skip
"""How pairs files and folders write a category, and what we call it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: file names without folders, and the category if the line tells it."""

    person: str
    garment: str
    category: str | None


def read_pairs(path: Path) -> list[Row]:
    """Read a pairs file.

    Folders in front of a name are dropped; a third column, in whatever place, is the category.

    Raises:
        DatasetError: a line is not a pair.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as text: {error}. Unpack it again.") from error
    return [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _row(path: Path, number: int, line: str) -> Row:
    words = line.split()
    names = [Path(word).name for word in words if word not in CATEGORIES]
    categories = [CATEGORIES[word] for word in words if word in CATEGORIES]
    if len(names) != 2 or len(categories) > 1:
        raise DatasetError(
            f'{path}, line {number}: "{line.strip()}" is not "person.jpg garment.jpg [category]".'
        )
    return Row(names[0], names[1], next(iter(categories), None))
