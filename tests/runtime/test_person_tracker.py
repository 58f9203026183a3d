"""The tracker on moving photos: acquire, follow, lose, find again; steady at rest, quick in motion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from lookglass import pictures
from lookglass.bundle import Bundle
from lookglass.demo_assets import PEOPLE
from lookglass.engine import Engine
from lookglass.engine.session import Session
from lookglass.person.crop import CROP_SIZE, person_crop
from lookglass.person.tracker import PersonTracker
from lookglass.types import F32, U8, Frame, Person

SIZE = (640, 480)
BODY = [11, 12, 13, 14, 15, 16, 23, 24]
EMPTY = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)


@dataclass
class Counted:
    """A session that counts its runs."""

    session: Session
    runs: int = 0

    def __call__(self, **inputs: F32) -> Mapping[str, F32]:
        self.runs += 1
        return self.session(**inputs)


@pytest.fixture(scope="module")
def sessions() -> dict[str, Session]:
    engine = Engine(Bundle.load(), device="cpu")
    names = {"detector": "pose_detector", "landmarks": "pose_landmarks", "mask": "person_mask"}
    return {argument: engine.session(graph) for argument, graph in names.items()}


@pytest.fixture
def graphs(sessions: dict[str, Session]) -> dict[str, Counted]:
    return {name: Counted(session) for name, session in sessions.items()}


@pytest.fixture
def tracker(graphs: dict[str, Counted]) -> PersonTracker:
    return PersonTracker(**graphs)


@pytest.fixture(scope="module")
def photo() -> U8:
    image = pictures.read(PEOPLE / "studio_man.png")
    return np.asarray(cv2.resize(image, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA), np.uint8)


def frame(photo: U8, number: int, *, dx: float = 0.0, dy: float = 0.0) -> Frame:
    """The photo on a 640x480 frame, shifted from the middle; 30 frames a second."""
    shift = np.array([[1, 0, (SIZE[0] - photo.shape[1]) / 2 + dx], [0, 1, dy]], np.float32)
    image = cv2.warpAffine(photo, shift, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Frame(np.asarray(image, np.uint8), id=number, t_grab_ns=1 + number * 33_333_333)


def shaken(photo: U8, count: int, *, sigma_px: float) -> Iterator[tuple[Frame, np.ndarray]]:
    """A still person before a shaking sensor with noise of sigma 4; and the shake."""
    rng = np.random.default_rng(0)
    for number in range(count):
        shake = rng.normal(0, sigma_px, 2)
        clean = frame(photo, number, dx=shake[0], dy=shake[1])
        noisy = np.clip(np.round(clean.image + rng.normal(0, 4, clean.image.shape)), 0, 255)
        yield Frame(noisy.astype(np.uint8), clean.id, clean.t_grab_ns), shake


def found(person: Person | None) -> Person:
    assert person is not None
    return person


def test_a_person_is_whole(tracker: PersonTracker, photo: U8) -> None:
    person = found(tracker.update(frame(photo, 0)))
    shapes = [a.shape for a in (person.landmarks, person.picture, person.mask, person.tone)]
    assert shapes == [(33, 5), (256, 256, 3), (256, 256), (3,)]
    assert person.landmarks.dtype == person.mask.dtype == person.tone.dtype == np.float32
    assert person.crop == person_crop(person.landmarks)
    assert person.presence > 0.9
    assert person.mask.min() >= 0 and person.mask.max() <= 1


def test_values_outlive_the_next_frame(tracker: PersonTracker, photo: U8) -> None:
    """Sessions overwrite their outputs; a person must not change afterwards."""
    first = found(tracker.update(frame(photo, 0)))
    kept = [a.copy() for a in (first.landmarks, first.mask, first.tone)]
    tracker.update(frame(photo, 1, dx=40))
    for array, copy in zip((first.landmarks, first.mask, first.tone), kept, strict=True):
        assert np.array_equal(array, copy)


def test_the_detector_runs_only_to_acquire(
    tracker: PersonTracker, graphs: dict[str, Counted], photo: U8
) -> None:
    for number in range(5):
        found(tracker.update(frame(photo, number, dx=4 * number)))
    assert (graphs["detector"].runs, graphs["landmarks"].runs, graphs["mask"].runs) == (1, 6, 5)


def test_nobody(tracker: PersonTracker, graphs: dict[str, Counted]) -> None:
    assert tracker.update(Frame(EMPTY)) is None
    assert tracker.detect(EMPTY) is None
    assert graphs["landmarks"].runs == 0


def test_who_jumps_is_found_in_the_same_frame(tracker: PersonTracker, photo: U8) -> None:
    """A cut to another place: presence falls, the detector runs, and nothing of the old place remains."""
    small = np.asarray(cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    before = found(tracker.update(frame(small, 0, dx=-200)))
    after = found(tracker.update(frame(small, 1, dx=200, dy=240)))
    moved = (after.landmarks - before.landmarks)[BODY, :2]
    assert np.abs(moved - [400, 240]).max() < 4


def test_who_leaves_and_returns_is_followed_again(tracker: PersonTracker, photo: U8) -> None:
    people = [tracker.update(frame(photo, 0)), tracker.update(Frame(EMPTY, 1, 33_333_334))]
    people.append(tracker.update(frame(photo, 2, dx=60)))
    assert [person is None for person in people] == [False, True, False]
    fresh = found(tracker.detect(frame(photo, 2, dx=60).image))
    assert np.abs(found(people[2]).landmarks - fresh.landmarks).max() < 1e-3


def test_a_still_in_between_does_not_disturb(sessions: dict[str, Session], photo: U8) -> None:
    alone, disturbed = PersonTracker(**sessions), PersonTracker(**sessions)
    for number in range(3):
        expected = found(alone.update(frame(photo, number, dx=number)))
        disturbed.detect(frame(photo, 0, dx=-100).image)
        person = found(disturbed.update(frame(photo, number, dx=number)))
    assert np.array_equal(person.landmarks, expected.landmarks)
    assert np.array_equal(person.mask, expected.mask)


@pytest.mark.parametrize(("shake_px", "limit"), [(0.0, 0.08), (0.5, 0.35)])
def test_a_still_person_stays_still(tracker: PersonTracker, photo: U8, shake_px: float, limit: float) -> None:
    """Body landmarks with the shake taken out, and the crop's edges, in pixels of the 256 px crop.

    The filter rightly ignores half of a sub-pixel shake, which then counts as jitter: hence two limits.
    """
    steps = [(found(tracker.update(shot)), shake) for shot, shake in shaken(photo, 50, sigma_px=shake_px)][
        20:
    ]
    points = np.array([person.landmarks[BODY, :2] - shake for person, shake in steps])
    scales = np.array([person.crop.scale for person, _ in steps])
    assert (points.std(0) * scales.mean()).mean() < limit
    assert scales.std() / scales.mean() * CROP_SIZE / 2 < 0.2


def test_a_walking_person_does_not_trail(sessions: dict[str, Session], photo: U8) -> None:
    """Sideways at one frame width in two seconds: behind by less than a frame, by best alignment."""
    tracker, step = PersonTracker(**sessions), SIZE[0] / 60
    shots = [frame(photo, number, dx=step * (number - 10)) for number in range(20)]
    raw = [found(tracker.detect(shot.image)).landmarks[BODY, 0] for shot in shots]
    smooth = [found(tracker.update(shot)).landmarks[BODY, 0] for shot in shots]
    behind = (np.array(raw) - np.array(smooth))[5:].mean() / step
    assert behind < 1.0
