"""Video files through PyAV (FFmpeg): exact times, upright pictures, tolerance of damaged data."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from ..errors import SourceError, UsageError
from ..formats.recorded_video import video_of
from ..stages import Source
from .clip import Picture
from .paced import play
from .request import Request
from .streams.container import open_file
from .streams.film import Film, has_stamps


class VideoFile:
    """Reads one video file with any name, from its beginning each time.

    `fps` is the rate of a file that has none, `number` the stream to take of several.  Raises
    SourceError if it is not a video.
    """

    def __init__(self, path: Path, *, fps: float | None = None, number: int | None = None) -> None:
        self.path = path
        self.name = path.name
        self._fps, self._number = fps, number
        self._film: Film | None = None

    @property
    def broken(self) -> int:
        """Frames that could not be decoded, of the current reading."""
        return self._film.broken if self._film else 0

    def pictures(self) -> Generator[Picture, None, None]:
        """Upright images and their times since the first one, ns (the frame rate may vary)."""
        with closing(open_file(self.path, self.name)) as container:
            self._film = Film(container, self.name, fps=self._fps, number=self._number)
            yield from self._film.pictures()


def has_time_stamps(path: Path) -> bool:
    """Whether a file is a video that says when its frames are shown."""
    if not path.is_file():
        return False
    try:
        with closing(open_file(path, path.name)) as container:
            return has_stamps(container)
    except SourceError:
        return False


def stream_number(video: str | None) -> int | None:
    """The number of a stream, as --video gives it.  Raises UsageError."""
    if video is None:
        return None
    if not video.isdecimal():
        raise UsageError(f"--video takes the number of a stream here, not {video!r}")
    return int(video)


def open_source(request: Request) -> Source:
    """A video file: every frame as fast as it is read, or paced in real time."""
    path = video_of(Path(request.where).expanduser())
    reader = VideoFile(path, fps=request.fps, number=stream_number(request.video))
    return play(reader, realtime=bool(request.realtime), loop=bool(request.loop))
