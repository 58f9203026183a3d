"""The one tree of errors that Lookglass raises on purpose.

Each message says what happened, to which file or device, and what to do next. The command line prints it
as one sentence and exits with code 2; `--debug` shows the traceback.
"""


class LookglassError(Exception):
    """Base of every error a user can act on."""


class PictureError(LookglassError):
    """A picture is missing, unreadable, too large or cannot be written."""


class PersonNotFoundError(LookglassError):
    """No person stands in a photo that should show one, or too little of them."""


class GarmentError(LookglassError):
    """A garment photo cannot be used: nothing cut out, worn by somebody, or of another category."""


class TextError(LookglassError):
    """A text asks for what the bundle cannot do."""


class BundleError(LookglassError):
    """A bundle is missing, damaged, or holds what a bundle must not hold."""


class DeviceError(LookglassError):
    """The requested device cannot run the graphs here."""


class SourceError(LookglassError):
    """A camera, video or picture source cannot be opened or has stopped."""


class SinkError(LookglassError):
    """A window or output file cannot be opened or written."""
