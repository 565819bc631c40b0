"""What is in a folder: one recording (images, or a live recording of ours), or several."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from ..errors import SourceError
from ..formats.recorded_video import is_recording
from .images import natural_order
from .request import IMAGE_SUFFIXES, KEYPOINT_SUFFIX

log = logging.getLogger("realtime.sources")

VIDEO_SUFFIXES = frozenset(
    (
        *(".264", ".265", ".3g2", ".3gp", ".asf", ".avi", ".dv", ".flv", ".h264", ".h265", ".hevc", ".ivf", ".m2ts"),
        *(".m2v", ".m4v", ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".obu", ".ogv"),
        *(".qt", ".ts", ".vob", ".webm", ".wmv", ".y4m"),
    )
)
_SINGLE = VIDEO_SUFFIXES | {KEYPOINT_SUFFIX}  # each is a recording
_SHOWN = 3  # names in a message


def recordings_in(folder: Path, results: Collection[str] = ()) -> list[Path]:
    """The recordings in a folder, in natural order: its videos and keypoint files and, if there are
    any, its images too, each by itself.  Empty if the folder is one recording: images only, or a live
    recording.  `results` are names of files that are none, whatever they hold.  Files of other kinds
    are logged.  Raises SourceError if the folder cannot be read.
    """
    if is_recording(folder):
        return []
    try:
        files = sorted((file for file in folder.iterdir() if file.is_file()), key=natural_order)
    except OSError as fault:
        raise SourceError(f"the folder {str(folder)!r} cannot be read ({fault.strerror})") from fault
    files = [file for file in files if not file.name.startswith(".") and file.name not in results]
    if not any(file.suffix.lower() in _SINGLE for file in files):
        return []
    found = [file for file in files if file.suffix.lower() in _SINGLE | IMAGE_SUFFIXES]
    if others := [file.name for file in files if file not in found]:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        log.info("%s: %s%s left out, neither video, image nor keypoints", folder, ", ".join(others[:_SHOWN]), more)
    return found
