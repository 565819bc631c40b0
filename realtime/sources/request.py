"""What a user asks of a source, and which kind of source that is."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import SourceError

# What OpenCV decodes to 8-bit colour; other files are taken for videos.
IMAGE_SUFFIXES = frozenset(
    (".bmp", ".dib", ".jp2", ".jpe", ".jpeg", ".jpg", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp")
)

# More digits than these are no camera's number, and int() refuses thousands of them.
_NUMBER = re.compile(r"-?\d{1,99}")
_DEVICE_NODE = re.compile(r"/dev/video(\d{1,99})")

_log = logging.getLogger("realtime.sources")

_SHOWN = 200  # of a name that is not understood, characters in a message

# Which kinds of source look at a flag.
_USERS = {
    "--size": ("auto", "camera"),
    "--fps": ("auto", "camera", "images", "keypoints"),
    "--capture": ("auto", "camera"),
    "--realtime or --every-frame": ("demo", "images", "video", "keypoints"),
}


@dataclass(frozen=True)
class Request:
    """`where`: auto, demo, a camera number, a path or a URL.

    `capture` (auto, acapture, opencv), `size_wh` (px) and `fps` are for cameras; `fps` is
    also the rate of a folder of images.  `realtime` plays a file at its own pace and drops
    frames like a camera, or gives every frame; `loop` starts it again at its end (only with
    `realtime`).  None leaves the choice to the source: the demo plays and loops, files
    give every frame once.  Values are as `settings` lets them through.
    """

    where: str = "auto"
    capture: str = "auto"
    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    realtime: bool | None = None
    loop: bool | None = None

    def without_effect(self, kind: str) -> list[str]:
        """The flags that were given and that a source of this kind does not look at."""
        given = {
            "--size": self.size_wh is not None,
            "--fps": self.fps is not None,
            "--capture": self.capture != "auto",
            "--realtime or --every-frame": self.realtime is not None,
        }
        return [flag for flag, is_given in given.items() if is_given and kind not in _USERS[flag]]


def note_without_effect(request: Request, kind: str) -> None:
    """Log the settings that a source of this kind ("keypoints" for a file of them) does not
    look at."""
    if flags := request.without_effect(kind):
        _log.info("%s: no effect on this source (%s)", ", ".join(flags), kind)


def camera_number(where: str) -> int | None:
    """The camera's number in "0" or "/dev/video0", None if this is no camera."""
    if _NUMBER.fullmatch(where):
        return int(where)
    match = _DEVICE_NODE.fullmatch(where)
    return int(match[1]) if match else None


def kind_of(where: str) -> str:
    """auto, demo, camera, url, images or video.

    Only a whole number is a camera, so "2024_run.mp4" is a file; "./0" reaches a file
    whose name is a number.  Raises SourceError if there is nothing of that name, or if it
    may not be looked at.
    """
    if where in ("auto", "demo"):
        return where
    if camera_number(where) is not None:
        return "camera"
    if "://" in where:
        return "url"
    name = repr(where if len(where) <= _SHOWN else f"{where[:_SHOWN]}…")
    try:
        path = Path(where).expanduser()
        is_file, is_folder, is_there = path.is_file(), path.is_dir(), path.exists()
    except (OSError, RuntimeError, ValueError) as fault:  # RuntimeError: ~ of a user who is not there
        reason = getattr(fault, "strerror", None) or fault
        raise SourceError(f"{name} cannot be looked at ({reason}); give another path") from fault
    if is_file:
        return "images" if path.suffix.lower() in IMAGE_SUFFIXES else "video"
    if is_folder:
        return "images"
    if is_there:
        raise SourceError(f"{name} is neither a file nor a folder; give a video, an image or a folder")
    raise SourceError(f"there is no {name}; --source takes auto, demo, a camera's number, a file, a folder or a URL")
