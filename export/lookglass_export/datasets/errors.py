"""What is wrong with a data set's folder."""

from lookglass.errors import LookglassError


class DatasetError(LookglassError):
    """A data set's folder, pairs list, parse map or key point file is not as the data set ships it."""
