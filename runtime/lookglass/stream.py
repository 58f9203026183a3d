"""Frame after frame: follow, dress, time."""

from collections.abc import Mapping
from dataclasses import dataclass

from lookglass.finish import finish
from lookglass.frame_path import FramePath
from lookglass.outfit import Dressed, Garments, outfit, seen_in
from lookglass.person.in_view import thighs_in_view
from lookglass.person.tracker import PersonTracker
from lookglass.plate import CleanPlate
from lookglass.steady import SteadyFlow
from lookglass.stopwatch import Stopwatch
from lookglass.types import U8, EncodedGarment, Frame, Garment, Person

NOBODY, NOTHING_ON, LEGS_OUT_OF_VIEW = "nobody in view", "nothing to wear", "legs out of view"
_SLACK = 0.1
"""Torso lengths by which dressed legs may leave the frame, so that nothing flickers at its edge."""


@dataclass(frozen=True, slots=True)
class Step:
    """One frame of a stream, done.

    Attributes:
        image: (H, W, 3) uint8 BGR; the frame's own image where nobody or nothing was dressed.
        person: who was in view.
        stage_ms: stage -> milliseconds.
        worn: what was put on, in that order.
        untouched: why nothing was, such as `NOBODY`; empty where something was.
    """

    image: U8
    person: Person | None
    stage_ms: Mapping[str, float]
    worn: tuple[Garment, ...] = ()
    untouched: str = ""


class Stream:
    """Dresses frame after frame, following the nearest person.

    Args:
        tracker: follows the person.
        path: takes frames to the network and draws in them.
        watch: times the stages; the graphs of tracker and network report to it, too.

    Example:
        >>> from lookglass import TryOn, pictures
        >>> from lookglass.demo_assets import PEOPLE
        >>> stream = TryOn.load().stream()
        >>> frame = Frame(pictures.read(PEOPLE / "studio_man.png"), id=0, t_grab_ns=0)
        >>> stream.step(frame, None).image is frame.image
        True
    """

    def __init__(self, tracker: PersonTracker, path: FramePath, watch: Stopwatch) -> None:
        self._tracker = tracker
        self._path = path
        self._watch = watch
        self._plate = CleanPlate()
        self._steady: dict[str, SteadyFlow] = {}
        self._category = "upper"
        self._legs = False

    def step(self, frame: Frame, garments: Garments | None) -> Step:
        """Dress one frame; without a garment or a person its own image is passed on untouched.

        Args:
            frame: the next one.
            garments: one, or an upper and a lower one; others from frame to frame, as one likes.

        Raises:
            GarmentError: the garments cannot be worn together.
        """
        asked = () if garments is None else outfit(garments)
        self._watch.restart()
        with self._watch.stage("crop"):
            people = self._follow(frame, [each.garment.category for each in asked])
        with self._watch.stage("plate"):
            self._plate.see(frame.image, list(people.values()))
        worn = [each for each in asked if self._is_in_view(people.get(each.garment.category), frame.image)]
        self._steady = {
            category: self._steady.get(category, SteadyFlow())
            for category in (each.garment.category for each in worn)
        }
        last = None
        for each in worn:
            last = self._put_on(frame.image, last, people[each.garment.category], each)
        return Step(
            frame.image if last is None else last.image,
            next(iter(people.values()), None),
            self._watch.stage_ms,
            tuple(each.garment for each in worn),
            "" if worn else LEGS_OUT_OF_VIEW if asked and people else NOTHING_ON if people else NOBODY,
        )

    def _follow(self, frame: Frame, categories: list[str]) -> dict[str, Person]:
        """The person in the crop for each category, and in the last one's where nothing is worn."""
        first, *others = categories or [self._category]
        self._category = first
        person = self._tracker.update(frame, first)
        if person is None:
            return {}
        also = {category: self._tracker.update_also(frame.image, person, category) for category in others}
        return {first: person, **also}

    def _is_in_view(self, person: Person | None, image: U8) -> bool:
        """Whether a garment of the crop's category can be put on."""
        if person is None or person.category != "lower":
            return person is not None
        slack = _SLACK if self._legs else 0.0
        self._legs = thighs_in_view(person.landmarks, image.shape[:2], slack=slack)
        return self._legs

    def _put_on(self, image: U8, last: Dressed | None, person: Person, garment: EncodedGarment) -> Dressed:
        """One garment more on the person, who was seen in a frame and wears what was put on last."""
        with self._watch.stage("inputs"):
            if last is not None:
                image, person = last.image, seen_in(last.image, person)
            layers = self._path.layers(image, person, garment)
        with self._watch.stage("compose"):
            layers = self._steady[person.category](layers, person, garment.garment)
            backdrop = self._plate.behind(person)
            over = None if last is None else last.alpha_in(person.crop)
            finished = finish(layers, person, garment.garment, backdrop, over=over)
            image = self._path.draw(image, person.crop, garment.garment, finished)
        return Dressed(image, person, garment, layers, finished)
