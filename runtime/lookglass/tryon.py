"""The way in: load a bundle, take garments in, dress photos and frames."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from lookglass import pictures
from lookglass.bundle import Bundle
from lookglass.engine import Engine
from lookglass.errors import PersonNotFoundError, PictureError, TextError
from lookglass.finish import finish
from lookglass.frame_path import choose
from lookglass.garment.dye import dyed
from lookglass.garment.ingest import ingest
from lookglass.network import Network
from lookglass.outfit import Dressed, Garments, outfit, seen_in
from lookglass.person.in_view import check_view
from lookglass.person.tracker import PersonTracker
from lookglass.stopwatch import Stopwatch
from lookglass.stream import Stream
from lookglass.text.request import Request, read_request
from lookglass.text.vocabulary import Vocabulary
from lookglass.types import U8, EncodedGarment, Layers, Person

MIN_SIDE_PX = 32


class TryOn:
    """A mirror: dresses people in garments.

    Taking garments in and dressing people use sessions of their own, so one thread may do the one while a
    second does the other.

    Attributes:
        bundle: the bundle in use.
        engine: the device it runs on, and why `auto` chose it.
        kernels: in words, what runs our own operators and what cuts and draws frames.

    Example:
        >>> from lookglass import pictures
        >>> from lookglass.demo_assets import GARMENTS, PEOPLE
        >>> mirror = TryOn.load()
        >>> shirt = mirror.garment(GARMENTS / "tee_white.jpg")
        >>> person = pictures.read(PEOPLE / "studio_man.png")
        >>> mirror(person, shirt).shape == person.shape
        True
    """

    def __init__(self, bundle: Bundle, engine: Engine) -> None:
        self.bundle = bundle
        self.engine = engine
        self._watch = Stopwatch()
        frame_graphs = {"detector": "pose_detector", "landmarks": "pose_landmarks", "mask": "person_mask"}
        self._trackers = {
            stage: self._watch.timed(stage, engine.session(graph)) for stage, graph in frame_graphs.items()
        }
        self._parser = engine.session("garment_parser")
        self._wearer = PersonTracker(
            **{stage: engine.session(graph) for stage, graph in frame_graphs.items()}
        )
        frames = choose(engine)
        self._network = Network(
            tryon=self._watch.timed("tryon", frames.tryon),
            encoder=engine.session("garment_encoder"),
            text_null=engine.session("text_null"),
            text_encoder=engine.session("text_encoder") if bundle.manifest.vocabulary else None,
        )
        self._vocabulary = Vocabulary(bundle.manifest.vocabulary) if bundle.manifest.vocabulary else None
        self._path = frames.path(self._network)
        self.kernels = f"{engine.kernels.words}; {frames.words}"

    @classmethod
    def load(
        cls, bundle: str | Path | None = None, *, device: str = "auto", threads: int | None = None
    ) -> "TryOn":
        """Load a bundle onto a device.

        Args:
            bundle: its folder; the one that ships with Lookglass if not given.
            device: "cpu", "openvino", "cuda", "tensorrt", or "auto" for the best that works.
            threads: threads per graph on the CPU.

        Raises:
            BundleError: the bundle is missing, damaged or refused.
            DeviceError: the device cannot run it here.
        """
        checked = Bundle.load(bundle)
        return cls(checked, Engine(checked, device=device, threads=threads))

    def garment(
        self, picture: str | PathLike[str] | U8, *, name: str | None = None, category: str | None = None
    ) -> EncodedGarment:
        """Take a garment in from a product photo.

        Args:
            picture: a file, or (H, W, 3) BGR or (H, W, 4) BGRA uint8.
            name: what to call it; the file's name if not given.
            category: "upper", "lower" or "dress"; guessed from the photo if not given.

        Returns:
            The garment, ready for any number of frames.

        Raises:
            PictureError: the file cannot be read.
            GarmentError: the photo does not show a garment on a plain ground, or one of a category that the
                bundle does not dress.
        """
        if not isinstance(picture, np.ndarray):
            name = name or Path(picture).stem
            picture = pictures.read(picture, alpha=True)
        garment = ingest(
            picture,
            parser=self._parser,
            detector=self._wearer.detect,
            name=name or "garment",
            category=category,
            categories=self.bundle.manifest.categories,
        )
        return self._network.encode(garment)

    def read(self, text: str, category: str = "upper") -> Request:
        """What a text asks for, and in its `warning` what of it is left out; see docs/words.md.

        Args:
            text: such as "oversized, in dark green".
            category: of the garment; words about fit are for tops.

        Raises:
            TextError: it asks for more than a colour, and the bundle knows no words.
        """
        request = read_request(text, self._vocabulary)
        if self._vocabulary is None and request.unknown:
            raise TextError(
                f"the bundle {self.bundle.folder} knows no words but colours: leave out "
                f"{', '.join(request.unknown)}, or take a bundle that has a text_encoder"
            )
        return request if category == "upper" else request.without_fit()

    def restyle(self, garment: EncodedGarment, text: str) -> EncodedGarment:
        """The garment as words ask for it: its fit, its sleeves, its hem, its colour.

        This is work for once, not for every frame: a stream does no more for the result than for `garment`.
        Words that are left out are logged as a warning; `read` tells them beforehand.

        Args:
            garment: from `garment`, which stays as it is; fit, sleeves and hem are for tops.
            text: such as "oversized, sleeves rolled, in dark green", or "宽松，深绿色".

        Raises:
            TextError: it asks for more than a colour, and the bundle knows no words.

        Example:
            >>> from lookglass.demo_assets import GARMENTS
            >>> mirror = TryOn.load()
            >>> dyed = mirror.restyle(mirror.garment(GARMENTS / "tee_white.jpg"), "in dark green")
            >>> blue, green, red, _ = dyed.garment.texture[400, 400]
            >>> bool(blue < green > red)
            True
        """
        request = self.read(text, garment.garment.category)
        if request.warning:
            logging.getLogger(__name__).warning("of %r: %s", text, request.warning)
        worn = self._network.reworded(garment, request.ids)
        if request.colour is None:
            return worn
        return replace(worn, garment=dyed(garment.garment, request.colour.lab))

    def person(self, image: U8, category: str = "upper") -> Person:
        """Find the nearest person in a photo.

        Args:
            image: (H, W, 3) uint8 BGR.
            category: of the garments that the crop is for; dressing in another one cuts it anew.

        Raises:
            PictureError: the array is no such picture.
            PersonNotFoundError: nobody is in it, or too little of them for the category.
        """
        _check(image)
        person = self.tracker().detect(image, category)
        if person is None:
            raise PersonNotFoundError(
                "nobody was found in the photo: use one that shows a person from the head to the hips"
            )
        check_view(person, image.shape[:2])
        return person

    def layers(self, person: Person, garment: EncodedGarment) -> Layers:
        """What the network draws for a person in a garment; overwritten by the next call.

        Args:
            person: from `person`, for the garment's category.
            garment: from `garment`.
        """
        return self._network.layers(person, garment)

    def __call__(self, image: U8, garments: Garments) -> U8:
        """Dress the nearest person in a photo.

        Args:
            image: (H, W, 3) uint8 BGR.
            garments: from `garment`; one, or an upper and a lower one.

        Returns:
            A new picture of the same size.

        Raises:
            GarmentError: the garments cannot be worn together.
            PictureError: the array is no such picture.
            PersonNotFoundError: nobody is in it, or too little of them for the garments.
        """
        worn = outfit(garments)
        return self.dress(image, self.person(image, worn[0].garment.category), worn)[0]

    def dress(self, image: U8, person: Person, garments: Garments) -> tuple[U8, Layers]:
        """Dress a person who was found in a photo.

        Args:
            image: (H, W, 3) uint8 BGR.
            person: from `person`, of this very image.
            garments: from `garment`; one, or an upper and a lower one.

        Returns:
            A new picture of the same size, and what the network drew for the garment that was put on last;
            the layers are overwritten by the next call.

        Raises:
            GarmentError: the garments cannot be worn together.
            PersonNotFoundError: too little of the person is in view for the garments.
        """
        for dressed in self.put_on(image, person, garments):
            last = dressed
        return last.image, last.layers

    def put_on(self, image: U8, person: Person, garments: Garments) -> Iterator[Dressed]:
        """Dress a person as `dress` does, garment by garment."""
        photo, last = image, None
        for garment in outfit(garments):
            category = garment.garment.category
            seen = person if person.category == category else self.tracker().recut(photo, person, category)
            check_view(seen, photo.shape[:2])
            over = None if last is None else last.alpha_in(seen.crop)
            if image is not photo:
                seen = seen_in(image, seen)
            layers = self._path.layers(image, seen, garment)
            finished = finish(layers, seen, garment.garment, over=over)
            image = self._path.draw(image, seen.crop, garment.garment, finished)
            last = Dressed(image, seen, garment, layers, finished)
            yield last

    def tracker(self) -> PersonTracker:
        """A tracker that follows nobody yet."""
        return PersonTracker(**self._trackers)

    def stream(self) -> Stream:
        """A stream of frames with a person to follow; one at a time."""
        return Stream(self.tracker(), self._path, self._watch)


def _check(image: U8) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise PictureError(f"a picture must be (H, W, 3) uint8 BGR, not {image.shape} {image.dtype}")
    height, width = image.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        raise PictureError(f"a picture of {width}x{height} pixels is too small to show a person")
