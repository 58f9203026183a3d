"""The garments one may put on, taken in before they are asked for."""

import threading
from collections.abc import Callable
from pathlib import Path

from lookglass.errors import GarmentError, LookglassError
from lookglass.live.sources import PICTURE_SUFFIXES
from lookglass.outfit import Garments

NEIGHBOURS = 3
"""Garments kept ready on either side of the current one; a garment takes some 20 MB."""


class Wardrobe:
    """A file or a folder of garment photos, one of which is on.

    Taking a garment in takes longer than a frame, so a thread of its own prepares the neighbours of the
    current one; until a garment is ready, the last one stays on.

    Args:
        path: a garment photo, or a folder of them.
        load: takes a garment in, with what else is worn; such as `lookglass.TryOn.garment`.
        warn: told about photos that cannot be used.

    Raises:
        GarmentError: there is no photo, or none can be used.
    """

    def __init__(self, path: Path, *, load: Callable[[Path], Garments], warn: Callable[[str], None]) -> None:
        self._files = _photos(path)
        self._load, self._warn = load, warn
        self._ready: dict[Path, Garments] = {}
        self._index = 0
        self._nothing = self._stopping = False
        self._changed = threading.Condition()
        self._last = self._first()
        self._thread = threading.Thread(target=self._prepare, name="wardrobe", daemon=True)
        self._thread.start()

    def current(self) -> Garments | None:
        """What is on now; None for nothing."""
        with self._changed:
            if self._nothing:
                return None
            self._last = self._ready.get(self._files[self._index % len(self._files)], self._last)
            return self._last

    def step(self, by: int) -> None:
        """Put on the next (1) or the previous (-1) garment; what was taken off comes back first."""
        with self._changed:
            self._index = (self._index + (0 if self._nothing else by)) % len(self._files)
            self._nothing = False
            self._changed.notify_all()

    def take_off(self) -> None:
        """Wear nothing but one's own clothes."""
        with self._changed:
            self._nothing = True

    def close(self) -> None:
        """Stop preparing."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def _first(self) -> Garments:
        """Take in the first photo that can be used; the only photo must be usable."""
        if len(self._files) == 1:
            self._ready[self._files[0]] = garment = self._load(self._files[0])
            return garment
        while self._files:
            if found := self._take_in(self._files[0]):
                return found
        raise GarmentError("none of the photos can be used as a garment")

    def _prepare(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or self._wanted() is not None)
                file = self._wanted()
            if self._stopping or file is None:
                return
            self._take_in(file)

    def _take_in(self, file: Path) -> Garments | None:
        """Load a photo and keep it; forget those far away, and a photo that cannot be used."""
        try:
            garment = self._load(file)
        except LookglassError as error:
            self._warn(f"{file.name} is left out: {error}")
            with self._changed:
                self._index -= self._files.index(file) < self._index
                self._files.remove(file)
            return None
        with self._changed:
            near = set(self._near())
            self._ready = {kept: g for kept, g in self._ready.items() if kept in near} | {file: garment}
        return garment

    def _wanted(self) -> Path | None:
        return next((file for file in self._near() if file not in self._ready), None)

    def _near(self) -> list[Path]:
        """The current photo and its neighbours, the nearest first."""
        offsets = sorted(range(-NEIGHBOURS, NEIGHBOURS + 1), key=lambda offset: (abs(offset), -offset))
        return list(dict.fromkeys(self._files[(self._index + o) % len(self._files)] for o in offsets))


def _photos(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    photos = sorted(file for file in path.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES)
    if not photos:
        raise GarmentError(f"there is no garment photo (.png, .jpg, .webp) in {path}")
    return photos
