"""What a recording says of itself before its frames are read: how many, how fast, how long."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import PoseError
from ..formats.keypoints_npz import read_keypoints
from ..formats.recorded_video import video_of
from ..motion import ASSUMED_FPS
from .image_file import contains_several
from .images import image_files
from .request import holds_keypoints, is_image
from .streams.container import films_of, open_file
from .streams.film import declared_s, has_stamps, stated_rate


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
        if holds_keypoints(path.name):
            track = read_keypoints(path)
            return _evenly(len(track), track.fps or fps)
        path = video_of(path)
        if path.is_dir():
            return _evenly(len(image_files(path)), fps or ASSUMED_FPS)
        if is_image(path):
            return Declared() if contains_several(path) else Declared(1)
        return _video(path, fps)
    except (PoseError, OSError, ValueError):
        return Declared()


def _evenly(frames: int, rate_hz: float | None) -> Declared:
    return Declared(frames, rate_hz, frames / rate_hz if rate_hz else None)


def _video(path: Path, fps: float | None) -> Declared:
    with closing(open_file(path, path.name)) as container:
        film = next(iter(films_of(container)), None)
        if film is None:
            return Declared()
        rate_hz = stated_rate(container, film) or (None if has_stamps(container) else fps or ASSUMED_FPS)
        return Declared(film.frames or None, rate_hz, declared_s(container, film) or None)
