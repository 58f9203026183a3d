"""What is behind somebody who moves in front of a still camera."""

import numpy as np
import pytest

from lookglass.person.crop import CROP_SIZE
from lookglass.plate import CleanPlate
from lookglass.types import U8, Backdrop, Crop, Person

SIZE = (240, 640)
CROP_PX = 180


def _room(seed: int = 0) -> U8:
    """A background of coloured tiles, 20 pixels wide."""
    tiles = np.random.default_rng(seed).integers(60, 200, (12, 32, 3), np.uint8)
    return tiles.repeat(20, 0).repeat(20, 1)


def _somebody(room: U8, x: int) -> tuple[U8, Person]:
    """Somebody in black, 60 frame pixels wide, as high as the crop."""
    frame = room.copy()
    frame[30:210, x - 30 : x + 30] = 0
    mask = np.zeros((CROP_SIZE, CROP_SIZE), np.float32)
    half = 30 * CROP_SIZE / CROP_PX
    mask[:, round(128 - half) : round(128 + half)] = 1
    crop = Crop(CROP_SIZE / CROP_PX, (x - 0.5, 119.5))
    blank = np.zeros((CROP_SIZE, CROP_SIZE, 3), np.uint8)
    return frame, Person(np.zeros((33, 5), np.float32), crop, blank, mask, np.zeros(3, np.float32))


def _walk(plate: CleanPlate, room: U8, places: list[int]) -> Backdrop:
    for x in places:
        for _ in range(16):
            frame, person = _somebody(room, x)
            plate.see(frame, [person])
    return _behind(plate, person)


def _behind(plate: CleanPlate, person: Person) -> Backdrop:
    found = plate.behind(person)
    assert found is not None
    return found


def _errors(found: Backdrop, room: U8, x: int) -> np.ndarray:
    """(N,) levels that what is known in the middle of the body is off, tile by tile."""
    columns = [96 + round((tile - x) * CROP_SIZE / CROP_PX) for tile in range(x - 30, x + 31, 20)]
    wanted = [room[110, tile] for tile in range(x - 30, x + 31, 20)]
    assert all(found.known[114, c] == 1 for c in columns)
    return np.abs([found.picture[114, c] - w.astype(float) for c, w in zip(columns, wanted, strict=True)])


def test_the_background_is_remembered_once_it_was_seen() -> None:
    room = _room()
    found = _walk(CleanPlate(), room, [270, 410, 340])
    assert _errors(found, room, 340).max() <= 2


def test_what_was_never_seen_is_not_known() -> None:
    found = _walk(CleanPlate(), _room(), [340])
    assert found.known[128, 96] == 0
    assert found.known[128, 10] == 1


def test_legs_below_the_crop_are_not_taken_for_background() -> None:
    room, plate = _room(), CleanPlate()
    for _ in range(16):
        frame, person = _somebody(room, 270)
        plate.see(frame, [person])
    below = Person(
        np.zeros((33, 5), np.float32),
        Crop(CROP_SIZE / CROP_PX, (339.5, 320.0)),
        np.zeros((CROP_SIZE, CROP_SIZE, 3), np.uint8),
        np.zeros((CROP_SIZE, CROP_SIZE), np.float32),
        np.zeros(3, np.float32),
    )
    assert _behind(plate, below).known[10:].max() == 0


def test_an_empty_room_is_all_background_but_not_at_once() -> None:
    room, plate = _room(), CleanPlate()
    _, person = _somebody(room, 340)
    for _ in range(20):
        plate.see(room, [])
    assert plate.behind(person) is None
    for _ in range(40):
        plate.see(room, [])
    found = _behind(plate, person)
    assert found.known.min() == 1 and _errors(found, room, 340).max() <= 1


@pytest.mark.parametrize("light", [(0.7, 0.7, 0.7), (0.8, 1.0, 1.2)])
def test_the_light_changes(light: tuple[float, ...]) -> None:
    room, plate = _room(), CleanPlate()
    _walk(plate, room, [270, 410, 340])
    lit = np.clip(room * np.array(light), 0, 255).astype(np.uint8)
    found = _walk(plate, lit, [340])
    assert _errors(found, lit, 340).max() <= 3


def test_the_camera_moves() -> None:
    plate = CleanPlate()
    _walk(plate, _room(), [270, 410, 340])
    frame, person = _somebody(_room(seed=1), 340)
    for _ in range(4):
        plate.see(frame, [person])
    assert plate.behind(person) is None
    found = _walk(plate, _room(seed=1), [340])
    assert found.known[128, 96] == 0


def test_a_panning_camera_has_no_clean_plate() -> None:
    room, plate = _room(), CleanPlate()
    for number in range(60):
        frame, person = _somebody(np.roll(room, 3 * number, axis=1), 340)
        plate.see(frame, [person])
        assert plate.behind(person) is None


def test_another_camera() -> None:
    plate = CleanPlate()
    _walk(plate, _room(), [270, 410, 340])
    plate.see(np.zeros((720, 1280, 3), np.uint8), [])
    _, person = _somebody(_room(), 340)
    assert plate.behind(person) is None
