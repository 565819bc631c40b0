"""Video files through PyAV (FFmpeg): exact timestamps, rotation, tolerance of damaged data."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import SourceError
from ..formats.recorded_video import recorded_video
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

# Larger frames are an error or an attack: 8192 x 8192 px take 200 MB as BGR.
MAX_PIXELS = 8192 * 8192

# Demuxers that decode plain text as video, or that would open other files.
REFUSED_FORMATS = frozenset({"tty", "concat", "hls", "dash"})

LENGTH_TOLERANCE_S = 1.0  # declared durations are approximate; a larger deficit means truncation

log = logging.getLogger("realtime.sources")


class VideoFile:
    """Reads one video file with any name.  Raises SourceError if it is not a video."""

    def __init__(self, path: Path) -> None:
        self._av: Any = optional.load("av", "a video file", "pip install av")
        self.path = path
        self.name = path.name
        self.broken = 0

    def pictures(self) -> Generator[Picture, None, None]:
        """Upright images and their presentation times, ns (the frame rate may vary)."""
        self.broken = 0
        with self._open() as container:
            stream = self._video_stream(container)
            step_s = 1 / float(stream.average_rate or 30)  # for frames without a timestamp
            first_s: float | None = None
            time_s = -step_s
            # Shared by all frames: the frame's own reformat would set up its tables each time.
            to_bgr = self._av.video.reformatter.VideoReformatter()
            for frame in self._frames(container, stream):
                time_s = time_s + step_s if frame.pts is None else frame.time
                first_s = time_s if first_s is None else first_s
                yield upright(to_bgr, frame), round((time_s - first_s) * 1e9)
            self._warn_if_truncated(time_s + step_s, _declared_s(container, stream))

    def _warn_if_truncated(self, end_s: float, declared_s: float) -> None:
        """Warn about a file that is truncated or whose declared duration is wrong."""
        if end_s < declared_s - LENGTH_TOLERANCE_S:
            log.warning(
                "%s contains %.1f s of the %.1f s its header declares: truncated?", self.name, end_s, declared_s
            )

    @contextmanager
    def _errors_as_source_error(self) -> Iterator[None]:
        """Convert FFmpeg's errors to SourceError."""
        try:
            yield
        except (self._av.error.FFmpegError, OSError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise SourceError(f"{self.name} is not a video, or is damaged ({reason})") from fault

    @contextmanager
    def _open(self) -> Iterator[InputContainer]:
        # "file:" keeps FFmpeg from parsing a name with a colon as a protocol, and the whitelist
        # keeps a playlist from opening network addresses.
        with self._errors_as_source_error():
            container = self._av.open(f"file:{self.path}", options={"protocol_whitelist": "file"})
        with closing(container):
            yield container

    def _video_stream(self, container: InputContainer) -> VideoStream:
        if REFUSED_FORMATS & set(container.format.name.split(",")):
            raise SourceError(f"{self.name} is not a video but {container.format.long_name}")
        if not container.streams.video:
            raise SourceError(f"{self.name} has no video stream, only {self._contents(container)}")
        stream = container.streams.video[0]
        if stream.codec_context is None:
            raise SourceError(f"{self.name} is not a video, or is damaged (unknown video codec)")
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MAX_PIXELS:
            raise SourceError(f"{self.name}: frames of {width}x{height} px exceed the limit of 8192x8192 px")
        stream.thread_type = "AUTO"
        return stream

    @staticmethod
    def _contents(container: InputContainer) -> str:
        return ", ".join(sorted({stream.type for stream in container.streams})) or "an empty container"

    def _frames(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Decoded frames; undecodable packets are counted, and a truncated file ends early."""
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
        with suppress(fault):  # already flushed, unless the file is truncated
            yield from stream.decode(None)


def _declared_s(container: InputContainer, stream: VideoStream) -> float:
    """Duration of the video stream as declared by the file, 0 if unknown.  Both declared values
    may be too long: the container's because of its audio, the stream's because of edit lists."""
    lengths = [float(stream.duration * stream.time_base)] if stream.duration and stream.time_base else []
    if container.duration and (lengths or len(container.streams) == 1):
        lengths.append(container.duration / 1e6)  # av.time_base
    return min(lengths, default=0.0)


def recording_length_s(path: Path) -> float | None:
    """Declared duration of a video; None if unknown or the file is not a video."""
    av: Any = optional.load("av", "a video file", "pip install av")
    try:
        with av.open(f"file:{path}", options={"protocol_whitelist": "file"}) as container:
            return container.duration / av.time_base if container.duration else None
    except (av.error.FFmpegError, OSError):
        return None


def upright(to_bgr: Any, frame: VideoFrame) -> Any:
    """The frame as BGR (H, W, 3), rotated by its display matrix (phones record sideways)."""
    image = to_bgr.reformat(frame, format="bgr24").to_ndarray()
    return bgr_image(np.rot90(image, round(frame.rotation / 90)))


def open_source(request: Request) -> Source:
    """A video file: every frame as fast as it is read, or paced in real time."""
    path = Path(request.where).expanduser()
    reader = VideoFile(recorded_video(path) or path)
    return play(reader, realtime=bool(request.realtime), loop=bool(request.loop))
