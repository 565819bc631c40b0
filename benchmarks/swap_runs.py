"""Runs of exchanged sides, put into keypoints whose true joints are known, and what becomes of them in 3D.

A detector that takes left for right does so from one frame to the next, for a while, and back again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from realtime.metrics import about_hips
from realtime.pose import Pose2D
from realtime.skeleton import COCO_FEET21, H36M17, LIMB_JOINTS

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

SHORTEST, LONGEST = 5, 40  # frames
BEFORE, AFTER = 75, 30  # frames: the guard wants nearly two seconds of calm before a long run

_SIDES = ("left", "right")
PARTS = {
    "body": tuple(COCO_FEET21.joints[joint] for joint in (*COCO_FEET21.left, *COCO_FEET21.right)),
    "arms": tuple(f"{side}_{joint}" for side in _SIDES for joint in ("elbow", "wrist")),
    "legs": tuple(f"{side}_{joint}" for side in _SIDES for joint in ("knee", "ankle", "heel", "toe")),
}


@dataclass(frozen=True, eq=False)
class Track:
    """Keypoints of one person, frame by frame, and the true limbs (T, 12, 3) m about the hips."""

    name: str
    poses: Sequence[Pose2D]
    true: Floats


@dataclass(frozen=True)
class Run:
    """Frames `first` to `first + length` of a track have the sides of a part exchanged."""

    track: Track
    part: str
    first: int
    length: int

    @property
    def frames(self) -> slice:
        """The frames that are lifted: some before, the run, and some after."""
        return slice(max(0, self.first - BEFORE), self.first + self.length + AFTER)

    def poses(self) -> Iterator[Pose2D]:
        """Of these frames, with the run."""
        for i, pose in enumerate(self.track.poses[self.frames], self.frames.start):
            yield exchanged(pose, self.part) if self.first <= i < self.first + self.length else pose

    def wrong(self, joints: Floats) -> tuple[Flags, Flags]:
        """Whether the answers (T, 17, 3) m of H36M-17 are nearer to the truth with that part's sides exchanged:
        in each frame of the run, and in each after it."""
        wrong = is_exchanged(joints, self.track.true[self.frames], self.part)
        start = self.first - self.frames.start
        return wrong[start : start + self.length], wrong[start + self.length :]


def exchanged(pose: Pose2D, part: str) -> Pose2D:
    """The pose with the names of left and right exchanged in a part."""
    order = np.arange(len(pose.skeleton))
    joints = [i for i, joint in enumerate(pose.skeleton.joints) if joint in PARTS[part]]
    order[joints] = np.array(pose.skeleton.mirror)[joints]
    return replace(pose, xy=pose.xy[order], score=pose.score[order])


def is_exchanged(joints: Floats, true: Floats, part: str) -> Flags:
    """(T,) whether joints (T, 17, 3) of H36M-17 are nearer to the true limbs (T, 12, 3) when exchanged."""
    order = list(LIMB_JOINTS)
    of_part = [order.index(joint) for joint in PARTS[part] if joint in order]
    limbs = about_hips(joints, H36M17)[:, H36M17.indices(LIMB_JOINTS)][:, of_part]
    names = [order[joint] for joint in of_part]
    mirrored = [names.index(H36M17.joints[H36M17.mirror[H36M17.index(name)]]) for name in names]
    as_is, crossed = (np.linalg.norm(p - true[:, of_part], axis=-1).mean(1) for p in (limbs, limbs[:, mirrored]))
    return crossed < as_is


def random_runs(tracks: Sequence[Track], count: int, parts: Sequence[str] = tuple(PARTS), seed: int = 0) -> list[Run]:
    """Runs of random lengths at random places, the tracks and the parts in turn."""
    dice = np.random.default_rng(seed)
    runs = []
    for i in range(count):
        track, part = tracks[i % len(tracks)], parts[i // len(tracks) % len(parts)]
        length = int(dice.integers(SHORTEST, LONGEST + 1))
        first = int(dice.integers(BEFORE, len(track.poses) - length - AFTER))
        runs.append(Run(track, part, first, length))
    return runs
