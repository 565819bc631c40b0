"""What a user asks of a source, and which kind of source that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import SourceError, UsageError

CAPTURES = ("auto", "acapture", "opencv")
MAX_FPS = 1000

# What OpenCV decodes to 8-bit colour; other files are taken for videos.
IMAGE_SUFFIXES = frozenset(
    (".bmp", ".dib", ".jp2", ".jpe", ".jpeg", ".jpg", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp")
)

_DEVICE_NODE = re.compile(r"/dev/video(\d+)")


@dataclass(frozen=True)
class Request:
    """`where`: auto, demo, a camera number, a path or a URL.

    `capture` (auto, acapture, opencv), `size_wh` (px) and `fps` are for cameras; `fps` is
    also the rate of a folder of images.  `realtime` plays a file at its own pace and drops
    frames like a camera, or gives every frame; `loop` starts it again at its end (only with
    `realtime`).  None leaves the choice to the source: the demo plays and loops, files
    give every frame once.  Raises UsageError for a value that cannot be.
    """

    where: str = "auto"
    capture: str = "auto"
    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    realtime: bool | None = None
    loop: bool | None = None

    def __post_init__(self) -> None:
        if self.capture not in CAPTURES:
            raise UsageError(f"--capture {self.capture!r} is not known; it takes {', '.join(CAPTURES)}")
        if self.size_wh is not None and min(self.size_wh) < 1:
            raise UsageError(f"--size {self.size_wh} has no pixels; give for example 1280x720")
        if self.fps is not None and not 0 < self.fps <= MAX_FPS:
            raise UsageError(f"--fps {self.fps:g} is not a rate; give more than 0 and at most {MAX_FPS}")


def parse_size(text: str) -> tuple[int, int]:
    """(width, height) in pixels from "1280x720".  Raises UsageError."""
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text.strip().lower())
    if match is None or 0 in (size := (int(match[1]), int(match[2]))):
        raise UsageError(f"--size {text!r} is not WIDTHxHEIGHT; give for example 1280x720")
    return size


def camera_number(where: str) -> int | None:
    """The camera's number in "0" or "/dev/video0", None if this is no camera."""
    if re.fullmatch(r"-?\d+", where):
        return int(where)
    match = _DEVICE_NODE.fullmatch(where)
    return int(match[1]) if match else None


def kind_of(where: str) -> str:
    """auto, demo, camera, url, images or video.

    Only a whole number is a camera, so "2024_run.mp4" is a file; "./0" reaches a file
    whose name is a number.  Raises SourceError if there is nothing of that name.
    """
    if where in ("auto", "demo"):
        return where
    if camera_number(where) is not None:
        return "camera"
    if "://" in where:
        return "url"
    path = Path(where).expanduser()
    if path.is_dir():
        return "images"
    if path.is_file():
        return "images" if path.suffix.lower() in IMAGE_SUFFIXES else "video"
    if path.exists():
        raise SourceError(f"{where!r} is neither a file nor a folder; give a video, an image or a folder")
    raise SourceError(f"there is no {where!r}; --source takes auto, demo, a camera's number, a file, a folder or a URL")
