"""What keeps samples from being drawn."""

from lookglass.errors import LookglassError


class DataError(LookglassError):
    """There are no samples, or none of what was asked for."""
