"""What keeps training from starting."""

from lookglass.errors import LookglassError


class TrainingError(LookglassError):
    """Scenes, processes or a bundle's weights are not as training needs them."""
