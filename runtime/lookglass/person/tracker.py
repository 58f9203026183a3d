"""Following the nearest person from frame to frame."""

from lookglass.person.crop import crop_matrix, cut, person_crop
from lookglass.person.detector import Detector
from lookglass.person.graph import Graph
from lookglass.person.landmarks import Landmarks, Pose, rows
from lookglass.person.mask import PersonMask
from lookglass.person.one_euro import OneEuroFilter
from lookglass.person.roi import Roi
from lookglass.person.tone import face_tone
from lookglass.types import F32, LANDMARK_COUNT, U8, Frame, Person

MIN_PRESENCE = 0.5


class PersonTracker:
    """Finds the nearest person and follows them; the detector runs only to acquire.

    Args:
        detector: graph `pose_detector`.
        landmarks: graph `pose_landmarks`.
        mask: graph `person_mask`.
    """

    def __init__(self, *, detector: Graph, landmarks: Graph, mask: Graph) -> None:
        self._detector, self._landmarks = Detector(detector), Landmarks(landmarks)
        self._mask = PersonMask(mask)
        self._filter = OneEuroFilter()
        self._roi: Roi | None = None

    def detect(self, image: U8) -> Person | None:
        """Find the nearest person in a still picture: (H, W, 3) uint8 BGR. Tracking is not touched."""
        pose = self._acquire(image)
        return None if pose is None else self._person(image, pose.points, pose)

    def update(self, frame: Frame) -> Person | None:
        """Follow the person into the next frame; None where nobody is in view."""
        pose = None if self._roi is None else self._look(frame.image, self._roi)
        if pose is None:
            self._filter.reset()
            pose = self._acquire(frame.image)
        if pose is None:
            self._roi = None
            return None
        scale = _roi(pose.points).radius
        points = self._filter(pose.points, scale=scale, time_ns=frame.t_grab_ns)
        self._roi = _roi(points)
        return self._person(frame.image, points, pose)

    def _acquire(self, image: U8) -> Pose | None:
        """Detect, nearest first; landmarks run twice, the second time in the square that the first gave."""
        for roi in self._detector(image):
            pose = self._look(image, roi)
            if pose is not None and (refined := self._look(image, _roi(pose.points))):
                return refined
        return None

    def _look(self, image: U8, roi: Roi) -> Pose | None:
        pose = self._landmarks(image, roi)
        return pose if pose.presence >= MIN_PRESENCE else None

    def _person(self, image: U8, points: F32, pose: Pose) -> Person:
        landmarks = rows(points, pose.visibility, image)
        crop = person_crop(landmarks)
        picture = cut(image, crop)
        inside = landmarks.copy()
        matrix = crop_matrix(crop)
        inside[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        tone = face_tone(picture, inside)
        return Person(landmarks, crop, picture, self._mask(picture), tone, pose.presence)


def _roi(points: F32) -> Roi:
    return Roi.around(points[LANDMARK_COUNT], points[LANDMARK_COUNT + 1])
