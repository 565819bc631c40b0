"""Opening a file or an address with PyAV, and choosing the stream that is the film."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import SourceError, UsageError
from ...runtime import optional
from ...runtime.hints import pip

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

log = logging.getLogger("realtime.sources")

# Larger frames are an error or an attack: 8192 x 8192 px take 200 MB as BGR.
MAX_PIXELS = 8192 * 8192

# Demuxers that decode plain text as video, or that would open other files.
REFUSED_FORMATS = frozenset({"tty", "concat", "hls", "dash"})
_NETWORK_PROTOCOLS = "http,https,httpproxy,tls,tcp,udp,rtp,srtp,rtsp,rtmp,rtmps,rtmpt,srt,crypto"
_PROBE_US = 2_000_000  # FFmpeg's 5 s would use up the time to open a stream whose first frames tell little


def load_av(what: str) -> Any:
    """PyAV, or MissingLibrary."""
    return optional.load("av", what, pip("av"))


@contextmanager
def errors_as_source_error(name: str, what: str) -> Iterator[None]:
    """Convert FFmpeg's errors to a SourceError of one line."""
    av = load_av("a video")
    try:
        yield
    except av.error.ExitError as fault:  # PyAV's time-out
        raise SourceError(f"{name} {what} (timed out)") from fault
    except (av.error.FFmpegError, OSError) as fault:
        # Not the error's own text, which ends with the address and the password in it.
        raise SourceError(f"{name} {what} ({getattr(fault, 'strerror', None) or type(fault).__name__})") from fault


def open_file(path: Path, name: str) -> InputContainer:
    """A file as a container; the caller closes it.  Raises SourceError."""
    # "file:" keeps FFmpeg from parsing a name with a colon as a protocol, and the whitelist
    # keeps a playlist from opening network addresses.
    with errors_as_source_error(name, "is not a video, or is damaged"):
        container: InputContainer = load_av("a video file").open(f"file:{path}", options={"protocol_whitelist": "file"})
    if REFUSED_FORMATS & set(container.format.name.split(",")):
        container.close()
        raise SourceError(f"{name} is not a video but {container.format.long_name}")
    return container


def open_address(address: str, name: str, *, timeout_s: tuple[float, float]) -> InputContainer:
    """A network address as a container; the caller closes it.  Raises SourceError, whose text has
    `name` but not the address, as that may hold a password."""
    options = {
        "protocol_whitelist": _NETWORK_PROTOCOLS,  # a playlist cannot open files of this machine
        "rtsp_flags": "prefer_tcp",  # over UDP a lost packet damages the pictures until the next key frame
        "analyzeduration": str(_PROBE_US),
    }
    with errors_as_source_error(name, "cannot be opened"):
        container: InputContainer = load_av("a network camera").open(address, options=options, timeout=timeout_s)
    return container


def film_stream(container: InputContainer, name: str, number: int | None = None) -> VideoStream:
    """The stream that is the film: FFmpeg's choice among those that are not cover art, or number
    `number` of the container.

    Raises SourceError if there is none that can be decoded, UsageError if there is no stream of
    that number.
    """
    films = films_of(container)
    if not films:
        raise SourceError(f"{name} {_lack_of_film(container)}")
    stream = films[0]
    numbers = [film.index for film in films]
    if number is not None:
        if number not in numbers:
            raise UsageError(f"--video {number}: {name} has the video streams {', '.join(map(str, sorted(numbers)))}")
        stream = films[numbers.index(number)]
    elif len(films) > 1:
        others = ", ".join(map(str, numbers[1:]))
        text = "%s has %d video streams: using stream %d; others are %s (--video of run and lift)"
        log.info(text, name, len(films), stream.index, others)
    _limit_frames(stream, name)
    return stream


def films_of(container: InputContainer) -> list[VideoStream]:
    """The video streams that are films, FFmpeg's choice first."""
    best = container.streams.best("video")
    return sorted(filter(_is_film, container.streams.video), key=lambda stream: stream is not best)


def _is_film(stream: VideoStream) -> bool:
    """Cover art, thumbnails and the tiles of a still picture are not."""
    from av.stream import Disposition

    not_film = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.dependent
    return not stream.disposition & not_film


def _lack_of_film(container: InputContainer) -> str:
    if len(container.streams.video) > 1:
        return f"is a still picture in {len(container.streams.video)} tiles, not a video; save it as .jpg"
    kinds = {"a cover picture" if stream.type == "video" else stream.type for stream in container.streams}
    return f"has no video stream, only {', '.join(sorted(kinds)) or 'an empty container'}"


def _limit_frames(stream: VideoStream, name: str) -> None:
    if stream.codec_context is None:
        raise SourceError(f"{name} is not a video, or is damaged (unknown video codec)")
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MAX_PIXELS:
        raise SourceError(f"{name}: frames of {width}x{height} px exceed the limit of 8192x8192 px")
    # A later frame that is larger cannot be decoded then, and is left out as a damaged one.
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
