"""COCO's keypoint annotations with the 18 joints of a runner, as RunningPose's prepare_data_COCO names and orders
them (its order is the reverse of its other files'); read by pycocotools and Detectron2.

"images" has every frame of every clip, its file_name `<clip>/<frame>.jpg`, counted from 000000; "annotations" the
person in it: keypoints x, y, v with v 2 (labelled) in the picture and 0, 0, 0 where a joint lies outside of it or is
not known; bbox around all joints, cut at the picture's edge; area that of the box.  Frames without a joint in the
picture have no annotation.  Whether the body hides a joint is not known, and there are no masks ("segmentation").
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...pose import Array
from ...runtime.new_files import write_text
from ...skeleton import RUNNER18
from ...track import KeypointTrack
from .names import JOINT_NAMES

_LABELLED = 2
_PERSON = 1
_ORDER = list(range(len(RUNNER18)))[::-1]


def category() -> dict[str, Any]:
    """COCO's description of the person: its keypoints by name, and the pairs of them that are joined, from 1."""
    number = {joint: place for place, joint in enumerate(_ORDER, start=1)}
    return {
        "supercategory": "person",
        "id": _PERSON,
        "name": "person",
        "keypoints": [JOINT_NAMES[joint] for joint in _ORDER],
        "skeleton": [[number[parent], number[child]] for parent, child in RUNNER18.bones],
    }


def write_coco(path: Path, clips: Mapping[str, KeypointTrack]) -> None:
    """Write a new file from the keypoints of RUNNER18 in each clip, (T, 18) by name.  Raises RecordError."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for name, clip in clips.items():
        width, height = clip.size_wh
        for frame, points in enumerate(clip.best()):
            image = {"id": len(images) + 1, "file_name": f"{name}/{frame:06d}.jpg", "width": width, "height": height}
            images.append(image)
            annotations.extend(
                {"id": len(annotations) + 1, "image_id": image["id"], **person} for person in _person(points, clip)
            )
    data = {
        "info": {"description": "Projected joints of Qualisys recordings, in RunningPose's layout", "version": "1.0"},
        "licenses": [],
        "categories": [category()],
        "images": images,
        "annotations": annotations,
    }
    write_text(path, json.dumps(data))


def _person(points: Array, clip: KeypointTrack) -> Iterator[dict[str, Any]]:
    """The annotation of joints (18, 3), if one of them is in the picture."""
    xy, edge = points[:, :2].astype(np.float64), np.array(clip.size_wh)
    inside = np.asarray(((xy >= 0) & (xy < edge)).all(1))
    if not inside.any():
        return
    low, high = (np.clip(corner, 0, edge) for corner in (np.nanmin(xy, 0), np.nanmax(xy, 0)))
    width, height = (float(side) for side in (high - low).round(2))
    rows = [(*xy[joint].round(2), _LABELLED) if inside[joint] else (0, 0, 0) for joint in _ORDER]
    yield {
        "category_id": _PERSON,
        "iscrowd": 0,
        "keypoints": [float(number) if number != int(number) else int(number) for row in rows for number in row],
        "num_keypoints": int(inside.sum()),
        "bbox": [*(float(x) for x in low.round(2)), width, height],
        "area": round(width * height, 2),
    }
