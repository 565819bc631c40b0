"""Every fault a user can cause or mend, as one tree.

::

    PoseError
    ├── UsageError          a flag, a configuration key or a value
    ├── MissingLibrary      an optional library is not installed
    ├── SourceError         camera, video, address, folder
    │   └── CameraNotFound  there is no such camera
    ├── CalibrationError    the views of a board do not determine the camera
    ├── DetectorError       a 2D detector cannot start or was given what it cannot read
    ├── WeightsError        a network file is missing, broken or of another network
    ├── FormatError         a data file does not hold what it should
    ├── MessageError        bytes from the socket are not a message of ours
    ├── SinkError           output
    │   ├── PublishError    the socket: address in use, not allowed
    │   └── RecordError     the files: folder, lock, disk
    │       ├── FolderHeld  another run uses it
    │       └── NotRepresentable  the motion is none that the format can hold
    ├── StageError          a stage of a live run fails on every frame
    └── DisplayError        no window can be opened

The text of each is one line: what is wrong, and what to do.  Programs print it and
leave with exit code 2 (`EXIT_CODE`).  Anything else that is raised is a bug of ours
and keeps its traceback.
"""

from __future__ import annotations

EXIT_CODE = 2


class PoseError(Exception):
    """Base of all errors that are reported to the user in one line.

    Names and texts from files are quoted in it: what they have of line breaks and control characters, which a
    terminal would obey, is replaced."""

    def __init__(self, text: object = "") -> None:
        super().__init__("".join(c if c.isprintable() else " " if c.isspace() else "?" for c in str(text)))


class UsageError(PoseError):
    """A flag, configuration key or value is not usable."""


class MissingLibrary(PoseError):
    """An optional library is not installed, or its system libraries are not."""


class SourceError(PoseError):
    """A camera, video, address or folder cannot be opened or read."""


class CameraNotFound(SourceError):
    """There is no such camera."""


class CalibrationError(PoseError):
    """The views of a calibration board do not determine the camera."""


class DetectorError(PoseError):
    """A 2D detector cannot start, or was given an image it cannot read."""


class WeightsError(PoseError):
    """A network file is missing, broken, unsafe, or of another network."""


class FormatError(PoseError):
    """A data file does not hold what it should."""


class MessageError(PoseError):
    """Bytes from the socket are not a message of ours."""


class SinkError(PoseError):
    """Poses cannot be published or recorded."""


class PublishError(SinkError):
    """The publishing socket cannot be opened."""


class RecordError(SinkError):
    """The output files cannot be written."""


class FolderHeld(RecordError):
    """Another run holds the lock of the folder."""


class NotRepresentable(RecordError):
    """The file format cannot hold this motion; writing it again would fail again."""


class StageError(PoseError):
    """A stage of a live run fails on every frame: a bug, chained to this error."""


class DisplayError(PoseError):
    """No window can be opened."""
