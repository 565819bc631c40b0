"""The two keypoint file formats of VideoPose3D and of projects derived from it.

*One video* (`<video>.npz`, the output of its Detectron2 step): object arrays `boxes` and
`keypoints` (T, 2), whose second column contains (N, 5) and (N, 4, 17) per frame: x, y, logit,
probability; `metadata` {'w', 'h'}.  *A set*: `positions_2d` {video: {action: [(T, 17, 2) px per
camera]}}, whose videos are the subjects in `data_2d_h36m_<name>.npz` and whose only action is
'custom' in `data_2d_custom_<name>.npz`; `metadata` with the layout of the keypoints and, but for
Human3.6M, the size of every video.  A layout that VideoPose3D does not have is 'runner-18', for (T, 18, 2).
Both contain pickles, which `safe/npz.py` parses without executing them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..pose import Array
from ..runtime.text import listed
from ..skeleton import COCO17, H36M17, RUNNER18, Skeleton
from ..track import KeypointTrack, single_person_track
from .safe.damage import parsing
from .safe.npz import read_npz, save_npz

# Supported values of `metadata['layout_name']`.
_LAYOUTS = {"coco": COCO17, "h36m": H36M17, "runner-18": RUNNER18}

# Human3.6M's frame rate and the sizes of its four cameras, which its files do not contain.
_H36M_SUBJECT = re.compile(r"S([1-9]|1[01])")
_H36M_FPS = 50.0
_H36M_SIZES_WH = ((1000, 1002), (1000, 1000), (1000, 1000), (1000, 1002))


def read_video(path: Path) -> KeypointTrack:
    """The keypoints of all people in one video (FormatError if it is not such a file)."""
    data = read_npz(path, ("boxes", "keypoints", "metadata"))
    if missing := [name for name in ("boxes", "keypoints", "metadata") if name not in data]:
        raise FormatError(f"{path} is not a VideoPose3D keypoint file: it has no {' and no '.join(missing)}")
    size_wh = _size(data["metadata"])
    if size_wh is None:
        raise FormatError(f"{path} does not say how large its images are: w and h in its metadata")
    with parsing(path, "is not a VideoPose3D keypoint file"):
        cells = zip(data["keypoints"][:, 1], data["boxes"][:, 1], strict=True)
        frames = [_frame(keypoints, boxes) for keypoints, boxes in cells]
    people, found = zip(*frames, strict=True) if frames else ((), ())
    return KeypointTrack(people, found, size_wh, COCO17)


@dataclass(frozen=True)
class _Recording:
    """One entry of a set, and where it is there."""

    video: str
    action: str
    camera: int
    xy: Any


def read_video_set(path: Path, video: str | None = None, action: str | None = None, camera: int = 0) -> KeypointTrack:
    """The keypoints of one video in a set.  `video` may be None if there is only one;
    `action` defaults to the first.  Raises FormatError, listing the available ones, if the
    set does not contain them."""
    data, recordings = _read_set(path)
    name = video if video is not None or len({r.video for r in recordings}) > 1 else recordings[0].video
    of_video = [recording for recording in recordings if recording.video == name]
    if not of_video:
        raise FormatError(f"{path}: say which video, one of {listed(r.video for r in recordings)}")
    of_action = [recording for recording in of_video if recording.action == (action or of_video[0].action)]
    if not of_action:
        available = listed(r.action for r in of_video)
        raise FormatError(f"{path}: there is no action {action!r}; available are {available}")
    if not 0 <= camera < len(of_action):
        raise FormatError(f"{path} has no camera {camera}; its cameras are 0 to {len(of_action) - 1}")
    return _track(path, data, of_action[camera])


def read_recording(path: Path, name: str | None = None) -> KeypointTrack:
    """The keypoints of the recording in a set that is called VIDEO, VIDEO/ACTION or
    VIDEO/ACTION/CAMERA, as far as that is needed to tell it from the others.  Raises
    FormatError, listing those that it may be, if it is not one."""
    data, recordings = _read_set(path)
    names = {f"{r.video}/{r.action}/{r.camera}": r for r in recordings}
    found = [full for full in names if name is None or f"{full}/".startswith(f"{name}/")]
    if len(found) != 1:
        available = listed(_shortest(full, list(names)) for full in found or names)
        raise FormatError(f"{path}: say which recording with --video, one of {available}")
    return _track(path, data, names[found[0]])


def video_names(path: Path) -> list[str]:
    """The videos in a set.  Raises FormatError."""
    return list(dict.fromkeys(recording.video for recording in _read_set(path)[1]))


def _shortest(full: str, names: list[str]) -> str:
    """The shortest name of a recording that no other has."""
    video, action, _ = full.rsplit("/", 2)
    shorter = (video, f"{video}/{action}")
    return next((s for s in shorter if sum(other.startswith(f"{s}/") for other in names) == 1), full)


def _read_set(path: Path) -> tuple[dict[str, NDArray[Any]], list[_Recording]]:
    """The arrays of a set and all its recordings, at least one."""
    data = read_npz(path, ("positions_2d", "metadata"))
    with parsing(path, "is not a VideoPose3D keypoint set: no positions_2d by video and action"):
        videos = data["positions_2d"].item()
        recordings = [
            _Recording(str(video), str(action), camera, xy)
            for video, actions in videos.items()
            for action, cameras in actions.items()
            for camera, xy in enumerate(cameras)
        ]
    if not recordings:
        raise FormatError(f"{path} does not contain any recording")
    return data, recordings


def _track(path: Path, data: dict[str, NDArray[Any]], recording: _Recording) -> KeypointTrack:
    metadata = _item(data.get("metadata"))
    skeleton = _skeleton(path, metadata)
    with parsing(path, "is not a VideoPose3D keypoint set"):
        xy = _numbers(recording.xy, (-1, len(skeleton), 2))
    video_metadata = metadata.get("video_metadata")
    if isinstance(video_metadata, dict):
        size_wh, fps = _size(video_metadata.get(recording.video)), None
    elif _H36M_SUBJECT.fullmatch(recording.video) and recording.camera < len(_H36M_SIZES_WH):
        size_wh, fps = _H36M_SIZES_WH[recording.camera], _H36M_FPS
    else:
        size_wh, fps = None, None
    if size_wh is None:
        raise FormatError(f"{path} does not say how large the images of {recording.video!r:.40} are: no video_metadata")
    return single_person_track(_with_score(xy), size_wh, skeleton, fps)


def _skeleton(path: Path, metadata: dict[str, Any]) -> Skeleton:
    """By the name of the layout or, because `data_2d_h36m_gt.npz` has none, by which joints are left and right."""
    if "layout_name" in metadata:
        name = str(metadata["layout_name"])
        if name not in _LAYOUTS:
            raise FormatError(f"{path} has keypoints of the layout {name!r:.40}; supported are {', '.join(_LAYOUTS)}")
        return _LAYOUTS[name]
    for skeleton in _LAYOUTS.values():
        sides = [sorted(skeleton.left), sorted(skeleton.right)]
        try:
            if [sorted(map(int, side)) for side in metadata["keypoints_symmetry"]] == sides:
                return skeleton
        except (KeyError, TypeError, ValueError):
            break
    raise FormatError(f"{path} does not say which keypoints it has: neither layout_name nor sides in its metadata")


def write_video(path: Path, track: KeypointTrack) -> None:
    """Write the file of one video with all its people (RecordError if it cannot be written)."""
    boxes, keypoints = np.empty((2, len(track), 2), object)
    for t, (people, found) in enumerate(zip(track.people, track.boxes, strict=True)):
        boxes[t, 0], keypoints[t, 0] = [], []
        boxes[t, 1] = found if len(found) else []
        rows = [people[..., 0], people[..., 1], np.zeros_like(people[..., 0]), people[..., 2]]
        keypoints[t, 1] = np.stack(rows, 1) if len(people) else []
    width, height = track.size_wh
    metadata = np.array({"w": width, "h": height}, object)
    segments = np.full(len(track), None, object)
    save_npz(path, boxes=boxes, segments=segments, keypoints=keypoints, metadata=metadata)


def write_video_set(path: Path, tracks: Mapping[str, KeypointTrack]) -> None:
    """Write a set of videos with keypoints of one skeleton: the best person of each frame; what is
    missing is interpolated linearly, as VideoPose3D does.  FormatError if nobody was detected in a
    video, or for keypoints that a set cannot have, RecordError if the file cannot be written."""
    names = list(dict.fromkeys(track.skeleton.name for track in tracks.values()))
    layout = next((layout for layout, skeleton in _LAYOUTS.items() if [skeleton.name] == names), None)
    if layout is None:
        known = " or ".join(skeleton.name for skeleton in _LAYOUTS.values())
        raise FormatError(f"a VideoPose3D set has one kind of keypoints, {known}, not {' and '.join(names) or 'none'}")
    skeleton = _LAYOUTS[layout]
    positions, sizes = {}, {}
    for name, track in tracks.items():
        if not any(map(len, track.people)):
            raise FormatError(f"nobody was detected in {name}; it cannot be part of a VideoPose3D set")
        positions[name] = {"custom": [_interpolated(track.best()[..., :2])]}
        sizes[name] = {"w": track.size_wh[0], "h": track.size_wh[1]}
    metadata = {
        "layout_name": layout,
        "num_joints": len(skeleton),
        "keypoints_symmetry": [list(skeleton.left), list(skeleton.right)],
        "video_metadata": sizes,
    }
    save_npz(path, positions_2d=np.array(positions, object), metadata=np.array(metadata, object))


def _interpolated(xy: Array) -> Array:
    """`xy` (T, J, 2) with NaN replaced by linear interpolation in time."""
    columns = xy.reshape(len(xy), -1).copy()
    for column in columns.T:
        known = np.flatnonzero(np.isfinite(column))
        if len(known):
            column[:] = np.interp(np.arange(len(column)), known, column[known])
    return columns.reshape(xy.shape)


def _numbers(cell: Any, shape: tuple[int, ...]) -> Array:
    array: NDArray[Any] = np.asarray(cell)
    if array.dtype.kind not in "fiu" or array.ndim != len(shape):
        raise ValueError(f"keypoints are {array.dtype} of shape {array.shape}")
    if any(expected not in (-1, size) for expected, size in zip(shape, array.shape, strict=True)):
        raise ValueError(f"keypoints have shape {array.shape}")
    numbers: Array = array.astype(np.float32)
    return numbers


def _frame(keypoints: Any, boxes: Any) -> tuple[Array, Array]:
    """A frame's (N, 4, 17) and (N, 5) → people (N, 17, 3) and boxes (N, 5)."""
    if not len(keypoints) and not len(boxes):
        return np.empty((0, len(COCO17), 3), np.float32), np.empty((0, 5), np.float32)
    points = _numbers(keypoints, (len(boxes), 4, len(COCO17)))[:, (0, 1, 3)].transpose(0, 2, 1)
    present = np.isfinite(points).all(-1, keepdims=True)
    return np.where(present, points, np.float32(np.nan)), _numbers(boxes, (len(points), 5))


def _with_score(xy: Array) -> Array:
    """(T, J, 2) → (T, J, 3) with score 1; NaN where a coordinate is missing."""
    points: Array = np.concatenate([xy, np.ones_like(xy[..., :1])], -1)
    points[~np.isfinite(points).all(-1)] = np.nan
    return points


def _size(metadata: Any) -> tuple[int, int] | None:
    """Width and height in px, None where they are not said."""
    try:
        about = _item(metadata)
        return int(about["w"]), int(about["h"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _item(metadata: Any) -> dict[str, Any]:
    """A dictionary, also if it is in an array; empty if it is anything else."""
    item = metadata.item() if isinstance(metadata, np.ndarray) and metadata.size == 1 else metadata
    return item if isinstance(item, dict) else {}
