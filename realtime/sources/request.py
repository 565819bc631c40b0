"""The source a user requests, and its kind."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import SourceError
from ..formats.recorded_video import recorded_video
from .signatures import is_image_file

# Other files are opened as videos, unless their content is an image's (see signatures.py).
IMAGE_SUFFIXES = frozenset(
    (
        *(".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif", ".jp2", ".jpe", ".jpeg", ".jpg"),
        *(".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    )
)

KEYPOINT_SUFFIX = ".npz"

# Camera numbers have fewer digits, and int() rejects strings of thousands of digits.
_NUMBER = re.compile(r"-?\d{1,99}")
_DEVICE_NODE = re.compile(r"/dev/video(\d{1,99})")
_CAMERA_LINK = re.compile(r"/dev/v4l/by-(id|path)/.+")  # absent while the camera is unplugged

_log = logging.getLogger("realtime.sources")

_MAX_SHOWN = 200  # characters of an invalid name in a message

# The kinds of source on which a flag has an effect.
_FLAG_KINDS = {
    "--size": ("auto", "camera"),
    "--fps": ("auto", "camera", "demo", "images", "video", "keypoints"),
    "--capture": ("auto", "camera"),
    "--video": ("url", "video", "keypoints"),
    "--realtime or --every-frame": ("demo", "images", "video", "keypoints"),
}


@dataclass(frozen=True)
class Request:
    """`where`: auto, demo, a camera (its number, device file or a link to that), a path or a URL.

    `capture` (auto, acapture, opencv), `size_wh` (px) and `fps` are for cameras; `fps` is
    also the rate of files that have none (of others `thinned.Thinned` takes at most so many).
    `video` is the number of the stream to take of a video that has several.  `realtime` paces
    a file and drops frames like a camera, False reads every frame; `loop` restarts it at its
    end (only with `realtime`).
    None is the source's default: the demo is paced and looped, files are read once with every
    frame.  Values are as validated by `settings`.
    """

    where: str = "auto"
    capture: str = "auto"
    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    realtime: bool | None = None
    loop: bool | None = None
    video: str | None = None

    def without_effect(self, kind: str) -> list[str]:
        """The given flags that have no effect on a source of this kind."""
        given = {
            "--size": self.size_wh is not None,
            "--fps": self.fps is not None,
            "--capture": self.capture != "auto",
            "--video": self.video is not None,
            "--realtime or --every-frame": self.realtime is not None,
        }
        return [flag for flag, is_given in given.items() if is_given and kind not in _FLAG_KINDS[flag]]


def note_without_effect(request: Request, kind: str) -> None:
    """Log the given flags that have no effect on a source of this kind ("keypoints" for a
    keypoint file)."""
    if flags := request.without_effect(kind):
        _log.info("%s: no effect on this source (%s)", ", ".join(flags), kind)


def is_image(path: Path) -> bool:
    """Whether a file is an image, an animation or a stack: by its name or, if that says nothing, by its
    content."""
    return path.suffix.lower() in IMAGE_SUFFIXES or is_image_file(path)


def holds_keypoints(where: str) -> bool:
    """Whether a source is a keypoint file, by its name."""
    return where.lower().endswith(KEYPOINT_SUFFIX)


def camera_number(where: str) -> int | None:
    """The camera number in "0", "/dev/video0" or a link to such a file, None for anything else."""
    if _NUMBER.fullmatch(where):
        return int(where)
    try:
        match = _DEVICE_NODE.fullmatch(where) or _DEVICE_NODE.fullmatch(str(Path(where).expanduser().resolve()))
    except (OSError, RuntimeError, ValueError):  # not a path
        return None
    return int(match[1]) if match else None


def is_link(where: str) -> bool:
    """Whether a camera is named by a link to its device file."""
    return not (_NUMBER.fullmatch(where) or _DEVICE_NODE.fullmatch(where))


def kind_of(where: str) -> str:
    """auto, demo, camera, url, images or video; the last one also for the folder of a live recording
    that holds its video.

    Only an integer is a camera, so "2024_run.mp4" is a file; "./0" is a file whose name is a
    number.  Raises SourceError if the file does not exist or cannot be accessed.
    """
    if where in ("auto", "demo"):
        return where
    if camera_number(where) is not None or _CAMERA_LINK.fullmatch(where):
        return "camera"
    if "://" in where:
        return "url"
    name = repr(where if len(where) <= _MAX_SHOWN else f"{where[:_MAX_SHOWN]}…")
    try:
        path = Path(where).expanduser()
        is_file, is_folder, is_there = path.is_file(), path.is_dir(), path.exists()
    except (OSError, RuntimeError, ValueError) as fault:  # RuntimeError: ~ of an unknown user
        reason = getattr(fault, "strerror", None) or fault
        raise SourceError(f"{name} cannot be accessed ({reason}); check the path and its permissions") from fault
    if is_file:
        return "images" if is_image(path) else "video"
    if is_folder:
        return "video" if recorded_video(path) else "images"
    if is_there:
        raise SourceError(f"{name} is neither a file nor a folder; give a video, an image or a folder")
    raise SourceError(f"there is no {name}; --source takes auto, demo, a camera number, a file, a folder or a URL")
