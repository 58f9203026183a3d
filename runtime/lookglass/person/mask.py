"""Which pixels of the person crop show a person: MediaPipe's selfie segmentation."""

import numpy as np

from lookglass.person.graph import Graph, pack
from lookglass.types import F32, U8


class PersonMask:
    """Segments the person in a square crop.

    Args:
        graph: `person_mask`.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __call__(self, picture: U8) -> F32:
        """Segment a crop: (256, 256, 3) uint8 BGR -> (256, 256) float32, probability of person."""
        return np.array(self._graph(image=pack(picture))["mask"][0, 0])
