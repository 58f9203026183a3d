"""Following the nearest person from frame to frame."""

from dataclasses import replace

from lookglass.person.crop import crop_matrix, cut, person_crop
from lookglass.person.detector import Detector
from lookglass.person.graph import Graph
from lookglass.person.landmarks import Landmarks, Pose, rows
from lookglass.person.mask import PersonMask
from lookglass.person.roi import Roi
from lookglass.person.smoothing import PersonSmoother
from lookglass.person.tone import face_tone
from lookglass.types import F32, U8, Crop, Frame, Person

MIN_PRESENCE = 0.5
_MAX_CANDIDATES = 3


class PersonTracker:
    """Finds the nearest person and follows them; the detector runs only to acquire.

    Args:
        detector: graph `pose_detector`.
        landmarks: graph `pose_landmarks`.
        mask: graph `person_mask`.

    Attributes:
        smoother: steadies what `update` returns; put another one here to tune it.

    Example:
        >>> import lookglass, numpy as np
        >>> tracker = lookglass.TryOn.load(device="cpu").tracker()
        >>> tracker.update(lookglass.Frame(np.zeros((240, 320, 3), np.uint8))) is None
        True
    """

    def __init__(self, *, detector: Graph, landmarks: Graph, mask: Graph) -> None:
        self._detector, self._landmarks = Detector(detector), Landmarks(landmarks)
        self._mask = PersonMask(mask)
        self.smoother = PersonSmoother()
        self._roi: Roi | None = None

    def detect(self, image: U8, category: str = "upper") -> Person | None:
        """Find the nearest person in a still picture; whoever is being followed is not forgotten.

        Args:
            image: (H, W, 3) uint8 BGR.
            category: of the garments that the crop is for.

        Returns:
            The person, or None where nobody is in view.
        """
        pose = self._acquire(image)
        if pose is None:
            return None
        landmarks = rows(pose, image)
        return self._person(image, landmarks, pose.presence, person_crop(landmarks, category), category)

    def update(self, frame: Frame, category: str = "upper") -> Person | None:
        """Follow the person into the next frame; who is lost is looked for again at once.

        Args:
            frame: its `t_grab_ns` must advance from frame to frame.
            category: of the garments that the crop is for; it may change from frame to frame.

        Returns:
            The smoothed person, or None where nobody is in view.
        """
        pose = None if self._roi is None else self._look(frame.image, self._roi)
        if pose is None:
            self._roi = None
            self.smoother.reset()
            pose = self._acquire(frame.image)
        if pose is None:
            return None
        # A square that follows every tremor feeds it back into the landmarks: it stays while it fits.
        if self._roi is None or not self._roi.is_near(pose.roi):
            self._roi = pose.roi
        pose = self.smoother.pose(pose, frame.image, frame.t_grab_ns)
        landmarks = rows(pose, frame.image)
        crop = self.smoother.view(category).crop(person_crop(landmarks, category))
        person = self._person(frame.image, landmarks, pose.presence, crop, category)
        return self.smoother.person(person, frame.image, frame.t_grab_ns)

    def recut(self, image: U8, person: Person, category: str) -> Person:
        """The same person in the crop for another category of garments; nobody is looked for again.

        Args:
            image: (H, W, 3) uint8 BGR, that `detect` found the person in.
            person: who was found.
            category: of the garments that the crop is for.
        """
        return self._recut(image, person, person_crop(person.landmarks, category), category)

    def update_also(self, image: U8, person: Person, category: str) -> Person:
        """The same for the frame that `update` was last called with, as steady as what it returned."""
        view = self.smoother.view(category)
        crop = view.crop(person_crop(person.landmarks, category))
        person = self._recut(image, person, crop, category)
        return replace(person, mask=view.mask(person.mask, crop))

    def _acquire(self, image: U8) -> Pose | None:
        """Detect, nearest first; landmarks run twice, the second time in the square that the first gave."""
        for roi in self._detector(image)[:_MAX_CANDIDATES]:
            pose = self._look(image, roi)
            if pose is not None and (refined := self._look(image, pose.roi)) is not None:
                return refined
        return None

    def _look(self, image: U8, roi: Roi) -> Pose | None:
        pose = self._landmarks(image, roi)
        return pose if pose.presence >= MIN_PRESENCE else None

    def _person(self, image: U8, landmarks: F32, presence: float, crop: Crop, category: str) -> Person:
        picture, mask = self._mask.look(image, crop, category)
        # The face is not in every crop: its tone comes from the one that shows it as training does.
        face = (picture, crop) if category == "upper" else _face_crop(image, landmarks)
        return Person(
            landmarks=landmarks,
            crop=crop,
            picture=picture,
            mask=mask,
            tone=_tone(*face, landmarks),
            presence=presence,
            category=category,
        )

    def _recut(self, image: U8, person: Person, crop: Crop, category: str) -> Person:
        picture, mask = self._mask.look(image, crop, category)
        return replace(person, crop=crop, picture=picture, mask=mask, category=category)


def _face_crop(image: U8, landmarks: F32) -> tuple[U8, Crop]:
    crop = person_crop(landmarks)
    return cut(image, crop), crop


def _tone(picture: U8, crop: Crop, landmarks: F32) -> F32:
    in_crop, matrix = landmarks.copy(), crop_matrix(crop)
    in_crop[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return face_tone(picture, in_crop)
