"""What the training loop needs to know of a network: its examples, its loss, its validation score."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from lookglass_export.models.fusions import DEFAULT
from lookglass_export.training.errors import TrainingError
from lookglass_export.training.scenes import Scene

Examples = dict[str, npt.NDArray]
Batch = dict[str, Tensor]
WORDS = "words."
"""How the names of the text encoder's weights begin."""
LATER = (WORDS, "geometry.of_category", "encoder.of_category", "appearance.of_category")
"""How the names of weights begin that older checkpoints and bundles may lack: they start afresh."""


def fusion_of(found: Mapping[str, Any]) -> str:
    """Of a checkpoint; what was saved before there was a choice is of cross fusion."""
    return found.get("fusion") or DEFAULT


class Task(ABC, nn.Module):
    """A network and how to teach it. Parameters are the task's own, so a checkpoint is a task's state."""

    name: str
    main_score: str
    """The validation score that is watched; smaller is better."""
    fusion: str | None = None
    """Of `lookglass_export.models.fusions`, where the network has the choice."""

    def refuse_other_fusion(self, found: Mapping[str, Any], path: Path) -> None:
        """Weights of one fusion say nothing to another.

        Raises:
            TrainingError: what was found at the path is of another fusion.
        """
        if self.fusion and (other := fusion_of(found)) != self.fusion:
            raise TrainingError(
                f"{path} holds a network of {other} fusion, not of {self.fusion}: go on with "
                f"--fusion {other}, or begin elsewhere with another --run."
            )

    @abstractmethod
    def examples(self, scene: Scene, rng: np.random.Generator | None) -> Examples:
        """Arrays with a leading batch axis made of one scene; without a generator nothing is augmented."""

    @abstractmethod
    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Weighted loss terms, to be added up."""

    @abstractmethod
    def scores(self, batch: Batch) -> dict[str, float]:
        """Validation scores of one batch."""
