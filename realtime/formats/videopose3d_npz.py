"""The two keypoint file formats of VideoPose3D and of projects derived from it.

*One video* (`<video>.npz`, the output of its Detectron2 step): object arrays `boxes` and
`keypoints` (T, 2), whose second column contains (N, 5) and (N, 4, 17) per frame: x, y, logit,
probability; `metadata` {'w', 'h'}.  *A set* (`data_2d_custom_<name>.npz`): `positions_2d`
{video: {'custom': [(T, 17, 2)]}} and `metadata` with the size of every video.
Both contain pickles, which `safe/npz.py` parses without executing them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..pose import Array
from ..skeleton import COCO17, H36M17
from ..track import KeypointTrack, single_person_track
from .safe.npz import read_npz, save_npz

# Supported values of `metadata['layout_name']`.
_LAYOUTS = {"coco": COCO17, "h36m": H36M17}


def read_video(path: Path) -> KeypointTrack:
    """The keypoints of all people in one video (FormatError if it is not such a file)."""
    data = read_npz(path, ("boxes", "keypoints", "metadata"))
    try:
        cells = zip(data["keypoints"][:, 1], data["boxes"][:, 1], strict=True)
        frames = [_frame(keypoints, boxes) for keypoints, boxes in cells]
        people, found = zip(*frames, strict=True) if frames else ((), ())
        return KeypointTrack(people, found, _size(data["metadata"].item()), COCO17)
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError) as error:
        raise FormatError(f"{path} is not a VideoPose3D keypoint file ({_reason(error)})") from error


def read_video_set(path: Path, video: str | None = None, action: str | None = None, camera: int = 0) -> KeypointTrack:
    """The keypoints of one video in a set.  `video` may be None if there is only one;
    `action` defaults to the first.  Raises FormatError, listing the available ones, if the
    set does not contain them."""
    data = read_npz(path, ("positions_2d", "metadata"))
    try:
        videos: dict[str, Any] = data["positions_2d"].item()
        name = next(iter(videos)) if video is None and len(videos) == 1 else video
        if name not in videos:
            available = ", ".join(sorted(map(str, videos))[:8])
            raise FormatError(f"{path}: say which video, one of {available}"[:300])
        cameras = _cameras(path, videos[name], action)
        if camera >= len(cameras):
            raise FormatError(f"{path} has no camera {camera}; its cameras are 0 to {len(cameras) - 1}")
        metadata = data["metadata"].item()
        skeleton = _LAYOUTS[metadata["layout_name"]]
        xy = _numbers(cameras[camera], (-1, len(skeleton), 2))
        size = _size(metadata["video_metadata"][name])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration, ArithmeticError) as error:
        raise FormatError(f"{path} is not a VideoPose3D keypoint set ({_reason(error)})") from error
    return single_person_track(_with_score(xy), size, skeleton)


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
    """Write a set: the best person of each frame of each video; frames without a person are
    interpolated linearly, as VideoPose3D does.  FormatError if nobody was detected in a video,
    RecordError if the file cannot be written."""
    positions, sizes = {}, {}
    for name, track in tracks.items():
        if not any(map(len, track.people)):
            raise FormatError(f"nobody was detected in {name}; it cannot be part of a VideoPose3D set")
        positions[name] = {"custom": [_interpolated(track.best()[..., :2])]}
        sizes[name] = {"w": track.size_wh[0], "h": track.size_wh[1]}
    metadata = {
        "layout_name": "coco",
        "num_joints": len(COCO17),
        "keypoints_symmetry": [list(COCO17.left), list(COCO17.right)],
        "video_metadata": sizes,
    }
    save_npz(path, positions_2d=np.array(positions, object), metadata=np.array(metadata, object))


def _cameras(path: Path, actions: dict[str, Any], action: str | None) -> Any:
    """The keypoints of an action, one element per camera."""
    if action is None:
        return next(iter(actions.values()))
    if action not in actions:
        available = ", ".join(sorted(map(str, actions))[:8])
        raise FormatError(f"{path}: there is no action {action!r}; available are {available}"[:300])
    return actions[action]


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


def _size(metadata: dict[str, Any]) -> tuple[int, int]:
    return int(metadata["w"]), int(metadata["h"])


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:100]
