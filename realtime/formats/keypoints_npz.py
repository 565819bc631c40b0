"""2D keypoints as `.npz`: this project's layout, and detection of the two VideoPose3D layouts.

This project's layout contains only plain arrays, so that `np.load(path)` can read it anywhere:

=========  ===============  ==========================================================
`format`   () int           1
`xy`       (T, J, 2) float  pixels, x right and y down; NaN where nobody was detected
`score`    (T, J) float     0..1; 0 where nobody was detected
`size_wh`  (2,) int         width and height of the images in pixels
`fps`      () float         frames per second; 0 if unknown
`times_s`  (T,) float       seconds since the start of the recording; may be missing
`skeleton` () text          name of the skeleton, such as "coco-17"
=========  ===============  ==========================================================
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..runtime.text import listed
from ..skeleton import SKELETONS
from ..track import KeypointTrack, checked_track, single_person_track
from .safe.npz import npz_names, read_npz, save_npz
from .videopose3d_npz import read_recording, read_video

FORMAT = 1
_NAMES = ("format", "xy", "score", "size_wh", "fps", "skeleton")
_TIMES = "times_s"


def read_keypoints(path: Path, video: str | None = None) -> KeypointTrack:
    """The keypoints in a file; the layout is detected from the names of its arrays.

    `video` selects one recording of a VideoPose3D set, such as "run.mp4" or "S9/Walking 1/0".
    Raises FormatError in one line for any other file; pickled content is never executed.
    """
    names = npz_names(path)
    if "xy" in names:
        return checked_track(_read_own(path), path)
    if "positions_2d" in names:
        return checked_track(read_recording(path, video), path)
    if "keypoints" in names:
        return checked_track(read_video(path), path)
    raise FormatError(
        f"{path} does not contain keypoints: expected an array xy, keypoints or positions_2d, found "
        f"{listed(sorted(names), 80)}"
    )


def has_rate(path: Path) -> bool:
    """Whether a keypoint file says its frame rate; VideoPose3D's never do.  FormatError if it is no npz file."""
    fps = read_npz(path, ("fps",)).get("fps")
    return fps is not None and fps.dtype.kind in "fiu" and bool((fps != 0).all())


def write_keypoints(path: Path, track: KeypointTrack) -> None:
    """Write the best person of each frame in this project's layout (RecordError if it cannot be written)."""
    points = track.best()
    times = {} if track.times_s is None else {_TIMES: track.times_s}
    save_npz(
        path,
        format=FORMAT,
        xy=points[..., :2],
        score=np.nan_to_num(points[..., 2]),
        size_wh=np.array(track.size_wh),
        fps=np.float64(track.fps or 0),
        skeleton=track.skeleton.name,
        **times,
    )


def _read_own(path: Path) -> KeypointTrack:
    data = read_npz(path, (*_NAMES, _TIMES))
    if missing := [name for name in _NAMES if name not in data]:
        raise FormatError(f"{path} does not contain {', '.join(missing)}; it is not a keypoint file of this project")
    if data["format"].shape != () or data["format"].tolist() != FORMAT:
        raise FormatError(f"{path} has format {str(data['format'])[:20]}, this version reads format {FORMAT}")
    skeleton = SKELETONS.get(str(data["skeleton"]))
    if skeleton is None:
        raise FormatError(f"{path} has an unknown skeleton, {str(data['skeleton'])[:40]!r}")
    frames = (*data["xy"].shape[:1], len(skeleton))
    expected = {"xy": ((*frames, 2), "f"), "score": (frames, "f"), "size_wh": ((2,), "iu"), "fps": ((), "fiu")}
    if _TIMES in data:
        expected[_TIMES] = (frames[:1], "f")
    for name, (shape, kinds) in expected.items():
        if data[name].shape != shape or data[name].dtype.kind not in kinds:
            found = f"{data[name].dtype!s:.30} of shape {data[name].shape!s:.60}"
            raise FormatError(f"{path} ({name}) is {found}, expected {shape}")
    points = np.concatenate([data["xy"], data["score"][..., None]], -1).astype(np.float32)
    points[~np.isfinite(points).all(-1)] = np.nan
    width, height = data["size_wh"].tolist()
    return single_person_track(points, (width, height), skeleton, float(data["fps"]) or None, data.get(_TIMES))
