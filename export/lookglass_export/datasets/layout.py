"""Where a data set keeps what belongs to a pair, and how the files are named."""

from dataclasses import dataclass
from pathlib import Path

PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True)
class Pair:
    """A person picture and a garment picture, by file name."""

    person: str
    garment: str
    split: str
    category: str = "upper"


@dataclass(frozen=True, slots=True)
class Files:
    """A pair's files, there or not; None where the folder has none of that kind for anybody."""

    person: Path
    garment: Path
    mask: Path | None
    parse: Path | None
    keypoints: Path | None

    def named(self) -> dict[str, Path | None]:
        """Each kind of file by its name."""
        return {
            "persons": self.person, "garments": self.garment, "garment masks": self.mask,
            "parse maps": self.parse, "key points": self.keypoints,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where one kind of file lies.

    Attributes:
        folders: names to try; the first that is there counts.
        names: file names to try, made of the picture's {name}, its {stem}, or the stem's {number} in front of
            the last underscore.
    """

    folders: tuple[str, ...]
    names: tuple[str, ...] = ("{name}",)

    def find(self, base: Path, picture: str) -> Path | None:
        """The file that belongs to a picture, there or not; None without a folder."""
        folder = next((base / name for name in self.folders if (base / name).is_dir()), None)
        if folder is None:
            return None
        stem = Path(picture).stem
        fields = {"name": picture, "stem": stem, "number": stem.rpartition("_")[0]}
        files = [folder / name.format(**fields) for name in self.names]
        return next((file for file in files if file.is_file()), files[0])


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each kind of file lies; masks are named after the garment, the last two after the person."""

    person: Place
    garment: Place
    mask: Place
    parse: Place
    keypoints: Place

    def files(self, base: Path, pair: Pair) -> Files:
        """A pair's files under a folder."""
        return Files(
            self.person.find(base, pair.person) or base / self.person.folders[0] / pair.person,
            self.garment.find(base, pair.garment) or base / self.garment.folders[0] / pair.garment,
            self.mask.find(base, pair.garment),
            self.parse.find(base, pair.person),
            self.keypoints.find(base, pair.person),
        )

    def in_split(self, base: Path) -> bool:
        """Whether the folder has person pictures."""
        return any((base / name).is_dir() for name in self.person.folders)

    def persons(self, base: Path) -> list[str]:
        """Names of all person pictures, in order."""
        folders = [base / name for name in self.person.folders if (base / name).is_dir()]
        return sorted(p.name for p in folders[0].iterdir() if p.suffix.lower() in PICTURES) if folders else []
