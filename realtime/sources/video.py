"""Video files through PyAV (FFmpeg): exact time stamps, rotation, and patience with broken data."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import SourceError
from ..pose import bgr_image
from ..runtime import optional
from ..stages import Source
from .clip import Picture
from .paced import play
from .request import Request

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

# A frame above this is a mistake or an attack: 8192 x 8192 px, 200 MB as BGR.
MAX_PIXELS = 8192 * 8192

# Demuxers that find pictures in plain text, or that would open further files.
REFUSED_FORMATS = frozenset({"tty", "concat", "hls", "dash"})

SHORT_S = 1.0  # lengths are told roughly; what ends sooner than this has been cut off

log = logging.getLogger("realtime.sources")


class VideoFile:
    """Reads one video file with any name.  Raises SourceError when it is not one."""

    def __init__(self, path: Path) -> None:
        self._av: Any = optional.load("av", "a video file", "pip install av")
        self.path = path
        self.name = path.name
        self.broken = 0

    def pictures(self) -> Generator[Picture, None, None]:
        """Images turned upright, and when each is shown (rates may vary)."""
        self.broken = 0
        with self._open() as container:
            stream = self._picture_stream(container)
            step_s = 1 / float(stream.average_rate or 30)  # where a frame has no stamp
            first_s: float | None = None
            time_s = -step_s
            # One for all frames: a frame's own would set its tables up anew each time.
            to_bgr = self._av.video.reformatter.VideoReformatter()
            for frame in self._frames(container, stream):
                time_s = time_s + step_s if frame.pts is None else frame.time
                first_s = time_s if first_s is None else first_s
                yield upright(to_bgr, frame), round((time_s - first_s) * 1e9)
            self._note_if_short(time_s + step_s, _told_s(container, stream))

    def _note_if_short(self, end_s: float, told_s: float) -> None:
        """A file that was torn off, or whose length is wrong, is told from one that is whole."""
        if end_s < told_s - SHORT_S:
            log.warning("%s holds %.1f of the %.1f s that it tells of", self.name, end_s, told_s)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """FFmpeg's errors as one line of ours."""
        try:
            yield
        except (self._av.error.FFmpegError, OSError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise SourceError(f"{self.name} is not a video that can be read ({reason})") from fault

    @contextmanager
    def _open(self) -> Iterator[InputContainer]:
        # "file:" keeps FFmpeg from taking a name with a colon for a protocol, and the white
        # list keeps a playlist from reaching out.
        with self._faults():
            container = self._av.open(f"file:{self.path}", options={"protocol_whitelist": "file"})
        with closing(container):
            yield container

    def _picture_stream(self, container: InputContainer) -> VideoStream:
        if REFUSED_FORMATS & set(container.format.name.split(",")):
            raise SourceError(f"{self.name} is not a video but {container.format.long_name}")
        if not container.streams.video:
            raise SourceError(f"{self.name} has no picture in it, only {self._contents(container)}")
        stream = container.streams.video[0]
        if stream.codec_context is None:
            raise SourceError(f"{self.name} is not a video that can be read (its compression is not known)")
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MAX_PIXELS:
            raise SourceError(f"{self.name} is {width}x{height}; the largest picture read is 8192x8192")
        stream.thread_type = "AUTO"
        return stream

    @staticmethod
    def _contents(container: InputContainer) -> str:
        return ", ".join(sorted({stream.type for stream in container.streams})) or "an empty shell"

    def _frames(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Decoded frames; what does not decode is counted, and a torn file ends early."""
        fault = self._av.error.FFmpegError
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, fault) as end:
                self.broken += not isinstance(end, StopIteration)
                break
            try:
                yield from stream.decode(packet)
            except fault:
                self.broken += 1
        with suppress(fault):  # already flushed, unless the file is torn
            yield from stream.decode(None)


def _told_s(container: InputContainer, stream: VideoStream) -> float:
    """How long the pictures last by the file's own word, 0 where it says nothing.  Both lengths
    may be too long: the file's by its sound, the stream's by what an edit has hidden."""
    lengths = [float(stream.duration * stream.time_base)] if stream.duration and stream.time_base else []
    if container.duration and (lengths or len(container.streams) == 1):
        lengths.append(container.duration / 1e6)  # av.time_base
    return min(lengths, default=0.0)


def recording_length_s(path: Path) -> float | None:
    """How long a video says it is; None where it does not, or is none."""
    av: Any = optional.load("av", "a video file", "pip install av")
    try:
        with av.open(f"file:{path}", options={"protocol_whitelist": "file"}) as container:
            return container.duration / av.time_base if container.duration else None
    except (av.error.FFmpegError, OSError):
        return None


def upright(to_bgr: Any, frame: VideoFrame) -> Any:
    """The frame as BGR, turned as its display matrix asks (phones record lying down)."""
    image = to_bgr.reformat(frame, format="bgr24").to_ndarray()
    return bgr_image(np.rot90(image, round(frame.rotation / 90)))


def open_source(request: Request) -> Source:
    """A video file: every frame, or at its own pace."""
    reader = VideoFile(Path(request.where).expanduser())
    return play(reader, realtime=bool(request.realtime), loop=bool(request.loop))
