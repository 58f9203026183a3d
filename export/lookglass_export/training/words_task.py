"""Teaching the text encoder alone: everything else stays as the geometry task left it, to the bit."""

from typing import Self

from lookglass_export.models.fusions import DEFAULT
from lookglass_export.training.geometry_task import GeometryTask


class WordsTask(GeometryTask):
    """Every pair comes with words, and begins with the geometry that a run, or `--start-from`, holds."""

    name = "words"
    main_score = "words_sampling_error_px"
    said = 1.0

    def __init__(self, fusion: str = DEFAULT) -> None:
        super().__init__(fusion)
        self.requires_grad_(False)
        self.words.requires_grad_(True)

    def train(self, mode: bool = True) -> Self:
        """The frozen part keeps the means and variances of its batch norms."""
        super().train(False)
        self.words.train(mode)
        return self
