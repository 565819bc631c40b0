"""Rendered sets: keypoints that BlazePose found in pictures of rendered people who train, its world landmarks, and
where the joints truly were.

Of all sets there is one file, small enough for the project: keypoints to half a pixel in every frame, the truth and
the world landmarks to 5 mm in the frames about each turn.  It is made from videos with their truth by `pack`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....camera import camera_to_published
from ....errors import FormatError
from ....formats.safe.npz import read_npz
from ....motion import Floats, Motion3D, motion
from ....pose import Array
from ....skeleton import BLAZEPOSE33, COCO_FEET21, H36M17
from ....track import KeypointTrack, single_person_track
from ..truth_clips import Clip
from .studio import BACK, BACK_QUARTER, FRONT, FRONT_QUARTER, SIDE

JOINTS = tuple(f"{side}_{part}" for part in ("hip", "knee", "ankle", "shoulder") for side in ("left", "right"))
RATE_HZ = 30.0
_STEP_PX, _STEP_M, _STEP_SCORE = 0.5, 0.005, 1 / 32
_ABOUT_TURN = 10  # frames before and after, in which the truth is kept
_BELOW_DEG = {FRONT: 30.0, FRONT_QUARTER: 60.0, SIDE: 120.0, BACK_QUARTER: 150.0}
_TEXTS, _NUMBERS = ("name", "person", "exercise", "view"), ("view_deg", "pitch_deg", "height_m")
_ARRAYS = ("size_wh", "frames", "spans", "known", "points", "score", "true", "world")


@dataclass(frozen=True, eq=False)
class RenderedSet:
    """A set of an exercise before a steady camera.

    `person` is whose motion it is, `view` one of studio.VIEWS and `view_deg` the angle between where the person faces
    and the direction to the camera; the camera looks down by `pitch_deg`.  `true` and `world` (BlazePose's world
    landmarks) are known about each turn only; `spans` are the first and last frame of every repetition.
    """

    name: str
    person: str
    exercise: str
    view: str
    view_deg: float
    pitch_deg: float
    height_m: float
    size_wh: tuple[int, int]
    points: Array  # (T, 21, 3): x px, y px, score of COCO_FEET21
    true_m: Floats  # (T, 8, 3) of JOINTS, camera axes
    world_m: Floats  # (T, 8, 3)
    spans: tuple[tuple[int, int], ...]

    @property
    def keypoints(self) -> KeypointTrack:
        """What the detector found."""
        return single_person_track(self.points, self.size_wh, COCO_FEET21, RATE_HZ)

    @property
    def true(self) -> Motion3D:
        """The true joints."""
        return _motion(self.true_m, np.ones((len(self.true_m), len(JOINTS))), self.name)

    @property
    def world(self) -> Motion3D:
        """BlazePose's own 3D, with the scores of its keypoints."""
        return _motion(
            self.world_m, self.points[:, COCO_FEET21.indices(JOINTS), 2], self.name, "blazepose world landmarks"
        )


def _motion(points_m: Floats, scores: NDArray[Any], name: str, model: str = "") -> Motion3D:
    """Points (T, 8, 3) in camera axes as a motion, of whose joints the others are not known."""
    joints, score = np.full((len(points_m), len(H36M17), 3), np.nan), np.zeros((len(points_m), len(H36M17)))
    middle = points_m[:, :2].mean(1, keepdims=True)
    known = np.isfinite(middle[:, 0, 0])
    joints[:, H36M17.indices(JOINTS)] = (points_m - middle) @ camera_to_published().T
    joints[known, H36M17.index("pelvis")] = 0.0
    score[:, H36M17.indices(JOINTS)] = np.where(known[:, None], scores, 0.0)
    return motion(joints, RATE_HZ, score=score, source=name, model=model)


def read_sets(path: Path) -> list[RenderedSet]:
    """All sets of a file.  Raises FormatError for another file."""
    keys = (*_TEXTS, *_NUMBERS, *_ARRAYS)
    stored = read_npz(path, keys)
    if missing := set(keys) - stored.keys():
        raise FormatError(f"{path} holds no rendered sets: there is no {min(missing)}")
    points, score, true_m, world_m = (_unpacked(stored[name]) for name in ("points", "score", "true", "world"))
    known = stored["known"]
    ends = np.cumsum(stored["frames"])
    found = []
    for number, end in enumerate(ends):
        rows = slice(int(end - stored["frames"][number]), int(end))
        about = slice(int(known[: rows.start].sum()), int(known[:end].sum()))
        seen = np.concatenate([points[rows] * _STEP_PX, score[rows, :, None] * _STEP_SCORE], -1).astype(np.float32)
        seen[score[rows] < 0] = np.nan
        truth = [np.full((len(seen), len(JOINTS), 3), np.nan) for _ in range(2)]
        for path_m, kept in zip(truth, (true_m, world_m), strict=True):
            path_m[known[rows]] = kept[about] * _STEP_M
        found.append(
            RenderedSet(
                **_labels(stored, number),
                size_wh=(int(stored["size_wh"][number, 0]), int(stored["size_wh"][number, 1])),
                points=seen,
                true_m=truth[0],
                world_m=truth[1],
                spans=tuple((int(a), int(b)) for of, a, b in stored["spans"] if of == number),
            )
        )
    return found


def _labels(stored: Mapping[str, NDArray[Any]], number: int) -> dict[str, Any]:
    """The fields of a set that are texts or numbers."""
    texts = {key: str(stored[key][number]) for key in _TEXTS}
    return texts | {key: float(stored[key][number]) for key in _NUMBERS}


def write_sets(path: Path, sets: Sequence[RenderedSet]) -> None:
    """One file of several sets."""
    known = [np.isfinite(one.true_m[:, 0, 0]) & np.isfinite(one.world_m[:, 0, 0]) for one in sets]
    lacking = [np.isnan(one.points[..., 2]) for one in sets]
    scores = [np.where(no, -1, one.points[..., 2] / _STEP_SCORE) for one, no in zip(sets, lacking, strict=True)]
    xy = [np.where(no[..., None], 0, one.points[..., :2] / _STEP_PX) for one, no in zip(sets, lacking, strict=True)]
    texts: dict[str, Any] = {key: np.array([getattr(one, key) for one in sets]) for key in (*_TEXTS, *_NUMBERS)}
    np.savez_compressed(
        path,
        **texts,
        size_wh=np.array([one.size_wh for one in sets]),
        frames=np.array([len(one.points) for one in sets]),
        spans=np.array([(number, *span) for number, one in enumerate(sets) for span in one.spans]),
        known=np.concatenate(known),
        points=_packed(np.concatenate(xy)),
        score=_packed(np.concatenate(scores)),
        true=_packed(np.concatenate([one.true_m[rows] / _STEP_M for one, rows in zip(sets, known, strict=True)])),
        world=_packed(np.concatenate([one.world_m[rows] / _STEP_M for one, rows in zip(sets, known, strict=True)])),
    )


def view_of(view_deg: float) -> str:
    """One of studio.VIEWS, for the angle between where the person faces and the direction to the camera, 0 to 180."""
    return next((name for name, below_deg in _BELOW_DEG.items() if view_deg < below_deg), BACK)


def _packed(values: Floats) -> NDArray[np.uint8]:
    """Whole numbers (T, ...) as steps from frame to frame, low bytes before high ones, which are nearly all 0 and take
    no room once compressed."""
    whole = np.rint(values).astype(np.int16)
    steps: NDArray[np.int16] = np.concatenate([whole[:1], whole[1:] - whole[:-1]])
    unsigned = ((steps << 1) ^ (steps >> 15)).view(np.uint16)
    planes = np.stack([unsigned & 255, unsigned >> 8]).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(planes, 1, -1))  # a trajectory's steps beside each other


def _unpacked(planes: NDArray[np.uint8]) -> Floats:
    low, high = np.moveaxis(planes, -1, 1).astype(np.uint16)
    unsigned = low | (high << 8)
    steps = (unsigned >> 1).view(np.int16) ^ -(unsigned & 1).view(np.int16)
    values: Floats = np.cumsum(steps, 0, dtype=np.int16).astype(np.float64)
    return values


def pack(clip: Clip, found: NDArray[Any], world_m: NDArray[Any]) -> RenderedSet:
    """A set from a video's truth, and what BlazePose found in it: `found` (T, 33, 3) px and score, `world_m` (T, 33, 3)
    m.  Beside the joints the truth tells `person`, `view_deg`, `pitch_deg`, `stature_m` and `spans`."""
    keys = "joints_3d_camera", "image_size", "person", "view_deg", "pitch_deg", "stature_m", "spans"
    truth = read_npz(clip.truth, keys)
    width, height = map(int, truth["image_size"])
    view_deg = abs((float(truth["view_deg"]) + 180) % 360 - 180)
    spans = tuple((int(first), int(last)) for first, last in truth["spans"])
    joints = truth["joints_3d_camera"]
    true_m = joints[:, H36M17.indices(JOINTS)].astype(np.float64)
    seen_m = world_m[:, BLAZEPOSE33.indices(JOINTS)].astype(np.float64)
    about = np.zeros(len(joints), np.bool_)
    for first, last in spans:
        hips, ankles = (true_m[first : last + 1, rows, 1].mean(1) for rows in (slice(0, 2), slice(4, 6)))
        turn = first + int(np.argmin(ankles - hips))
        about[max(turn - _ABOUT_TURN, first) : min(turn + _ABOUT_TURN, last) + 1] = True
    true_m, seen_m = (
        np.where(about[:, None, None], m - m[:, :2].mean(1, keepdims=True), np.nan) for m in (true_m, seen_m)
    )
    return RenderedSet(
        name=clip.name,
        person=f"uiprmd-{truth['person']}",
        exercise=clip.name.partition("_")[0],
        view=view_of(view_deg),
        view_deg=view_deg,
        pitch_deg=float(truth["pitch_deg"]),
        height_m=float(truth["stature_m"]),
        size_wh=(width, height),
        points=found[:, BLAZEPOSE33.indices(COCO_FEET21.joints)].astype(np.float32),
        true_m=true_m,
        world_m=seen_m,
        spans=spans,
    )
