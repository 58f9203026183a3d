"""What keeps a protocol from being measured."""

from lookglass.errors import LookglassError


class EvaluationError(LookglassError):
    """Pictures, truth or a backbone's weights are not there, or do not fit each other."""
