"""What the training loop needs to know of a network: its examples, its loss, its validation score."""

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from lookglass_export.training.scenes import Scene

Examples = dict[str, npt.NDArray]
Batch = dict[str, Tensor]
WORDS = "words."
"""How the names of the text encoder's weights begin."""
LATER = (WORDS, "geometry.of_category", "encoder.of_category", "appearance.of_category")
"""How the names of weights begin that older checkpoints and bundles may lack: they start afresh."""


class Task(ABC, nn.Module):
    """A network and how to teach it. Parameters are the task's own, so a checkpoint is a task's state."""

    name: str
    main_score: str
    """The validation score that is watched; smaller is better."""

    @abstractmethod
    def examples(self, scene: Scene, rng: np.random.Generator | None) -> Examples:
        """Arrays with a leading batch axis made of one scene; without a generator nothing is augmented."""

    @abstractmethod
    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Weighted loss terms, to be added up."""

    @abstractmethod
    def scores(self, batch: Batch) -> dict[str, float]:
        """Validation scores of one batch."""
