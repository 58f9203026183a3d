"""Frame after frame: follow, dress, time."""

from collections.abc import Mapping
from dataclasses import dataclass

from lookglass.finish import finish
from lookglass.frame_path import FramePath
from lookglass.person.tracker import PersonTracker
from lookglass.plate import CleanPlate
from lookglass.steady import SteadyFlow
from lookglass.stopwatch import Stopwatch
from lookglass.types import U8, EncodedGarment, Frame, Person


@dataclass(frozen=True, slots=True)
class Step:
    """One frame of a stream, done.

    Attributes:
        image: (H, W, 3) uint8 BGR; the frame's own image where nobody or nothing was dressed.
        person: who was in view.
        stage_ms: stage -> milliseconds.
    """

    image: U8
    person: Person | None
    stage_ms: Mapping[str, float]


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
        self._steady = SteadyFlow()

    def step(self, frame: Frame, garment: EncodedGarment | None) -> Step:
        """Dress one frame; without a garment or a person its own image is passed on untouched."""
        self._watch.restart()
        with self._watch.stage("crop"):
            person = self._tracker.update(frame)
        with self._watch.stage("plate"):
            self._plate.see(frame.image, person)
        if person is None or garment is None:
            self._steady.reset()
            return Step(frame.image, person, self._watch.stage_ms)
        with self._watch.stage("inputs"):
            layers = self._path.layers(frame.image, person, garment)
        with self._watch.stage("compose"):
            layers = self._steady(layers, person, garment.garment)
            backdrop = self._plate.behind(person)
            finished = finish(layers, person, garment.garment, backdrop)
            image = self._path.draw(frame.image, person.crop, garment.garment, finished)
        return Step(image, person, self._watch.stage_ms)
