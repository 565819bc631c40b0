"""The camera's video in the folder of a live recording, beside joints.npy.

====================  ======================================================================
`video.mp4`           H.264, every frame that was processed, at its capture time
`video_time.npy`      (N,) float64 seconds since 1970: when frame i of the video was captured
====================  ======================================================================

`video_time.npy` is on the clock of `joints_time.npy`: the pose of a frame has the same number
there.  The video's own stamps begin at 0 and are these times minus the first one, to 0.01 ms.
After a crash `video_time.npy` may tell of a second more than `video.mp4` holds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import FormatError
from .joints_npy import ABOUT, TIMES, load_npy

VIDEO, VIDEO_TIMES = "video.mp4", "video_time.npy"
CONTENTS = {  # for joints.json
    VIDEO: f"the camera's frames, with or without a person; a frame at t s was captured at {VIDEO_TIMES}[0] + t",
    VIDEO_TIMES: f"float64 (frames,), capture times of the video's frames on the clock of {TIMES}",
}


def recorded_video(folder: Path) -> Path | None:
    """The video of a live recording in `folder`, None where it is no such folder or was kept without."""
    video = folder / VIDEO
    return video if is_recording(folder) and _is_file(video) else None


def video_of(path: Path) -> Path:
    """The video of the live recording in a folder; any other path itself."""
    return recorded_video(path) or path


def is_recorded_video(path: Path) -> bool:
    """Whether a file is the video of a live recording."""
    return recorded_video(path.parent) == path


def is_recording(folder: Path) -> bool:
    """Whether `folder` is of a live recording; False also where that cannot be seen."""
    return _is_file(folder / ABOUT)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # its folder may not be looked into
        return False


def video_time_0_unix_s(video: Path) -> float | None:
    """Seconds since 1970 of the first frame of a recording's video, on the clock of the recording's
    joints_time.npy; None for another video."""
    if not is_recorded_video(video):
        return None
    try:
        times_s = load_npy(video.with_name(VIDEO_TIMES))
    except FormatError:
        return None
    is_time = times_s.ndim == 1 and times_s.dtype.kind == "f" and len(times_s) and np.isfinite(times_s[0])
    return float(times_s[0]) if is_time else None
