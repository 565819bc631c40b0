"""What a recording says of itself before its frames are read: how many, how fast, how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import PoseError
from ..formats.keypoints_npz import read_keypoints
from ..runtime import optional
from .images import DEFAULT_FPS, image_files
from .request import IMAGE_SUFFIXES


@dataclass(frozen=True)
class Declared:
    """Frames, frames per second and seconds; None where the recording does not say.  Headers are
    approximate: what counts in the end are the frames and their time stamps."""

    frames: int | None = None
    rate_hz: float | None = None
    length_s: float | None = None


def declared(path: Path, fps: float | None = None) -> Declared:
    """What a video, an image, a folder of images (at `fps`) or a keypoint file declares; nothing
    where it cannot be read, which is reported when it is opened."""
    try:
        if path.suffix == ".npz":
            track = read_keypoints(path)
            return _evenly(len(track), fps or track.fps)
        if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
            return _evenly(len(image_files(path)) if path.is_dir() else 1, fps or DEFAULT_FPS)
        return _video(path)
    except (PoseError, OSError, ValueError):
        return Declared()


def _evenly(frames: int, rate_hz: float | None) -> Declared:
    return Declared(frames, rate_hz, frames / rate_hz if rate_hz else None)


def _video(path: Path) -> Declared:
    av: Any = optional.load("av", "a video file", "pip install av")
    with av.open(f"file:{path}", options={"protocol_whitelist": "file"}) as container:
        cover = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & cover]
        if not streams:
            return Declared()
        rate = streams[0].guessed_rate or streams[0].average_rate
        length_s = container.duration / av.time_base if container.duration else None
        return Declared(streams[0].frames or None, float(rate) if rate else None, length_s)
