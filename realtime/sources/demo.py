"""The bundled clip: a walking person, rendered with exact ground truth (see assets/PROVENANCE.md)."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ..errors import SourceError
from ..stages import Source
from .paced import play
from .request import Request
from .video import VideoFile


def clip_path() -> Path:
    """Path of the clip.  Raises SourceError if it is not installed."""
    path = Path(str(resources.files("realtime") / "assets" / "demo.mp4"))
    if not path.is_file():
        raise SourceError("the bundled clip is missing from the installation; reinstall the package")
    return path


def open_source(request: Request) -> Source:
    """The clip in real time, looped, unless the request says otherwise."""
    reader = VideoFile(clip_path())
    reader.name = "demo"
    return play(reader, realtime=request.realtime is not False, loop=request.loop is not False)
