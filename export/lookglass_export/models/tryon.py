"""The per-frame graph: geometry and appearance side by side."""

import torch
from torch import Tensor, nn

from lookglass_export.models.appearance import Appearance
from lookglass_export.models.blocks import upsample
from lookglass_export.models.geometry import PARTS, Geometry


class TryOnGraph(nn.Module):
    """What is exported as `tryon`; its outputs are `lookglass.types.Layers` with a batch axis."""

    def __init__(self, geometry: Geometry, appearance: Appearance) -> None:
        super().__init__()
        self.geometry = geometry
        self.appearance = appearance

    def forward(
        self,
        person: Tensor,
        mask: Tensor,
        landmarks: Tensor,
        tone: Tensor,
        garment: dict[str, Tensor],
        text: dict[str, Tensor],
    ) -> dict[str, Tensor]:
        where = self.geometry(self.geometry.encode_person(mask, landmarks), mask, garment, text)
        look = self.appearance(person, mask, landmarks, tone, garment["garment_category"])
        return {
            "flow": where["flow"].reshape(-1, PARTS, 2, 64, 48),
            "coverage": torch.sigmoid(where["coverage_logits"]),
            "occluder": torch.sigmoid(look["occluder_logits"]),
            "shading": _gain(look["log_shading"], where["log_relief"]),
            "behind": look["behind"],
            "skin": look["skin"],
            "bare": torch.sigmoid(look["bare_logits"]),
            "painted_alpha": torch.sigmoid(look["painted_alpha_logits"]),
        }


def _gain(log_light: Tensor, log_relief: Tensor) -> Tensor:
    """(B, 3, 64, 48) the room's light on the garment, and the shade that the body's form gives it.

    Half of the tint that was guessed, and never brighter than the photo: a wrong tint shows on white at once,
    and white lit beyond its photo loses its folds.
    """
    grey = log_light.mean(1, keepdim=True)
    light = upsample(grey + 0.5 * (log_light - grey))
    return torch.exp((light.clamp(max=0.0) + log_relief).clamp(max=0.0))
