"""The film of an open container: its pictures and their times."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ...motion import ASSUMED_FPS
from ..clip import Picture
from .container import film_stream, load_av
from .stamps import FilmClock, Stamped
from .upright import UprightPictures

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

log = logging.getLogger("realtime.sources")

_FASTEST_HZ = 500.0  # a coded rate beyond is the clock of the encoder (600, 1000, 90000), not that of the frames
LENGTH_TOLERANCE_S = 1.0  # declared durations are approximate; a larger deficit means truncation


class Film:
    """Reads the film of a container once, from its beginning.

    `fps` is the rate of a film that has none of its own, `number` that of the stream to take (see
    `film_stream`).  `broken` counts frames that could not be decoded.  Raises SourceError.
    """

    def __init__(
        self, container: InputContainer, name: str, *, fps: float | None = None, number: int | None = None
    ) -> None:
        self.name = name
        self.broken = 0
        self._container = container
        self._stream = film_stream(container, name, number)
        self._stream.thread_type = "AUTO"
        self._fault = load_av("a video").error.FFmpegError
        self._has_stamps = has_stamps(container)
        self._coded_rate = coded_rate(self._stream)
        self._is_avi = container.format.name == "avi"
        self._step_s = 1 / self._rate(fps)

    def pictures(self) -> Generator[Picture, None, None]:
        """Upright images and their times since the first one, ns (the frame rate may vary)."""
        picture_of = UprightPictures(self._stream)
        clock = FilmClock(self.name, jumps_are_new_counts=bool(self._container.format.flags & _flag("ts_discont")))
        end_s = 0.0
        for frame, time_s in clock.times(self._stamped()):
            end_s = time_s + self._step_s
            yield picture_of(frame), round(time_s * 1e9)
        if not clock.counts_anew:  # then the declared duration means nothing
            self._warn_if_truncated(end_s)

    def _warn_if_truncated(self, end_s: float) -> None:
        """Warn about a file that is truncated or whose declared duration is wrong."""
        length_s = declared_s(self._container, self._stream)
        start_s = max(0, self._container.start_time or 0) / 1e6  # in Matroska the duration counts from 0
        if end_s + start_s < length_s - LENGTH_TOLERANCE_S:
            log.warning("%s contains %.1f s of the %.1f s its header declares: truncated?", self.name, end_s, length_s)

    def _rate(self, fps: float | None) -> float:
        """Frames a second where the frames themselves do not say."""
        if stated := stated_rate(self._container, self._stream):
            return stated
        if fps is None and not self._has_stamps:
            log.warning("%s has no frame rate: assuming %g fps (--fps)", self.name, ASSUMED_FPS)
        return fps or ASSUMED_FPS

    def _stamped(self) -> Iterator[Stamped[VideoFrame]]:
        for frame in self._frames():
            yield Stamped(frame, self._stamp_of(frame), self._step_of(frame))

    def _stamp_of(self, frame: VideoFrame) -> float | None:
        """When a frame is shown by its file, s; None if the file does not say."""
        # AVI counts frames as they are decoded.  FFmpeg gives these numbers, in their order, to the frames
        # as they are shown (`dts`); what it makes of them for B-frames (`pts`) is out of order.
        ticks = frame.dts if self._is_avi else frame.pts
        if not self._has_stamps or ticks is None or frame.time_base is None:
            return None
        return float(ticks * frame.time_base)

    def _step_of(self, frame: VideoFrame) -> float:
        """How long a frame is shown, s."""
        known = self._has_stamps or self._coded_rate
        if not known or not frame.duration or frame.time_base is None:
            return self._step_s
        return float(frame.duration * frame.time_base)

    def _frames(self) -> Iterator[VideoFrame]:
        """Decoded frames; undecodable packets are counted, and a truncated file ends early."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, self._fault) as end:
                self.broken += not isinstance(end, StopIteration)
                break
            try:
                yield from self._stream.decode(packet)
            except self._fault:
                self.broken += 1
        with suppress(self._fault):  # already flushed, unless the file is truncated
            yield from self._stream.decode(None)


def has_stamps(container: InputContainer) -> bool:
    """Whether the format of a container holds time stamps."""
    return not container.format.flags & _flag("no_timestamps")


def stated_rate(container: InputContainer, stream: VideoStream) -> float | None:
    """Frames a second that a file states, None if it states none."""
    # A format without time stamps has at best a rate in the coded frames; FFmpeg's own guess is 25.
    rate = stream.guessed_rate if has_stamps(container) else coded_rate(stream)
    return float(rate) if rate else None


def coded_rate(stream: VideoStream) -> Fraction | None:
    """Frames a second by the coded frames themselves, None if they do not say or cannot be right."""
    rate = stream.codec_context.framerate
    return rate if rate and rate <= _FASTEST_HZ else None


def declared_s(container: InputContainer, stream: VideoStream) -> float:
    """Duration of the video stream as declared by the file, 0 if unknown.  Both declared values
    may be too long: the container's because of its audio, the stream's because of edit lists."""
    lengths = [float(stream.duration * stream.time_base)] if stream.duration and stream.time_base else []
    if container.duration and (lengths or len(container.streams) == 1):
        lengths.append(container.duration / 1e6)  # av.time_base
    return min(lengths, default=0.0)


def _flag(name: str) -> int:
    flags: Any = load_av("a video").format.Flags
    return int(flags[name].value)
