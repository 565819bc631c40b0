"""The bundled clip: a walking person, rendered with exact truth (see assets/PROVENANCE.md)."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ..errors import SourceError
from ..stages import Source
from .paced import play
from .request import Request
from .video import VideoFile


def clip_path() -> Path:
    """Where the clip is.  Raises SourceError if the installation lacks it."""
    path = Path(str(resources.files("realtime") / "assets" / "demo.mp4"))
    if not path.is_file():
        raise SourceError("the bundled clip is missing from the installation; install the program again")
    return path


def open_source(request: Request) -> Source:
    """The clip at its own pace, for ever, unless the request says otherwise."""
    reader = VideoFile(clip_path())
    reader.name = "demo"
    return play(reader, realtime=request.realtime is not False, loop=request.loop is not False)
