"""Skeletons as data: joint names, parents and sides, declared once.

Joint names are the same word in every skeleton where they mean the same place, so one
skeleton is read from another by name (`Skeleton.indices`).  No other module contains a
joint's index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Skeleton:
    """A named set of joints.

    `parents[i]` is the index of joint i's parent, -1 for a root.  `left` and `right`
    hold the indices of mirrored joints, pairwise in the same order.
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.joints)

    def index(self, joint: str) -> int:
        """Index of the joint with this name (ValueError if there is none)."""
        return self.joints.index(joint)

    def indices(self, joints: Iterable[str]) -> list[int]:
        """Indices of several joints by name (ValueError if one is missing)."""
        return [self.joints.index(joint) for joint in joints]

    @cached_property
    def root(self) -> int:
        """Index of the joint without a parent, the origin of published poses: the pelvis, the back of the waist."""
        return self.parents.index(-1)

    @cached_property
    def hips(self) -> tuple[int, int]:
        """Indices of the left and the right hip (ValueError if it has none)."""
        left, right = self.indices(("left_hip", "right_hip"))
        return left, right

    @cached_property
    def mirror(self) -> tuple[int, ...]:
        """Permutation that swaps left and right."""
        order = list(range(len(self)))
        for left, right in zip(self.left, self.right, strict=True):
            order[left], order[right] = right, left
        return tuple(order)

    @cached_property
    def bones(self) -> tuple[tuple[int, int], ...]:
        """(parent, child) of every joint that has a parent."""
        return tuple((p, c) for c, p in enumerate(self.parents) if p >= 0)

    def side(self, joint: int) -> str:
        """'left', 'right' or 'middle'."""
        if joint in self.left:
            return "left"
        return "right" if joint in self.right else "middle"


def _skeleton(name: str, tree: str) -> Skeleton:
    """Build a skeleton from lines 'joint parent' ('-' for a root), in index order."""
    rows = [line.split() for line in tree.splitlines() if line.strip()]
    joints = tuple(row[0] for row in rows)
    left = tuple(i for i, j in enumerate(joints) if j.startswith("left_"))
    return Skeleton(
        name=name,
        joints=joints,
        parents=tuple(-1 if row[1] == "-" else joints.index(row[1]) for row in rows),
        left=left,
        right=tuple(joints.index("right_" + joints[i].removeprefix("left_")) for i in left),
    )


# Human3.6M, the 17 joints that VideoPose3D and its relatives publish.
_H36M17 = """
    pelvis -
    right_hip pelvis
    right_knee right_hip
    right_ankle right_knee
    left_hip pelvis
    left_knee left_hip
    left_ankle left_knee
    spine pelvis
    neck spine
    nose neck
    head_top nose
    left_shoulder neck
    left_elbow left_shoulder
    left_wrist left_elbow
    right_shoulder neck
    right_elbow right_shoulder
    right_wrist right_elbow
"""
H36M17 = _skeleton("h36m-17", _H36M17)

# COCO keypoints (Lin et al. 2014), the order of Detectron2's Keypoint R-CNN.
_COCO17 = """
    nose -
    left_eye nose
    right_eye nose
    left_ear left_eye
    right_ear right_eye
    left_shoulder nose
    right_shoulder nose
    left_elbow left_shoulder
    right_elbow right_shoulder
    left_wrist left_elbow
    right_wrist right_elbow
    left_hip left_shoulder
    right_hip right_shoulder
    left_knee left_hip
    right_knee right_hip
    left_ankle left_knee
    right_ankle right_knee
"""
COCO17 = _skeleton("coco-17", _COCO17)

# The same with heels and big toes, which BlazePose and the detectors of Halpe's keypoints find.
COCO_FEET21 = _skeleton(
    "coco-feet-21",
    _COCO17
    + """
    left_heel left_ankle
    right_heel right_ankle
    left_toe left_heel
    right_toe right_heel
    """,
)

# BlazePose's 33 landmarks (Bazarevsky et al. 2020), MediaPipe's order.
BLAZEPOSE33 = _skeleton(
    "blazepose-33",
    """
    nose -
    left_eye_inner nose
    left_eye left_eye_inner
    left_eye_outer left_eye
    right_eye_inner nose
    right_eye right_eye_inner
    right_eye_outer right_eye
    left_ear left_eye_outer
    right_ear right_eye_outer
    left_mouth nose
    right_mouth nose
    left_shoulder nose
    right_shoulder nose
    left_elbow left_shoulder
    right_elbow right_shoulder
    left_wrist left_elbow
    right_wrist right_elbow
    left_pinky left_wrist
    right_pinky right_wrist
    left_index left_wrist
    right_index right_wrist
    left_thumb left_wrist
    right_thumb right_wrist
    left_hip left_shoulder
    right_hip right_shoulder
    left_knee left_hip
    right_knee right_hip
    left_ankle left_knee
    right_ankle right_knee
    left_heel left_ankle
    right_heel right_ankle
    left_toe left_heel
    right_toe right_heel
    """,
)

# Halpe's 26 body keypoints (Fang et al. 2022, AlphaPose): COCO's 17 first, then head, neck, hip, big
# toes, small toes and heels.  Rooted at the nose like COCO-17, so that whatever hangs on a joint
# that is not COCO's still leads to one that is.
HALPE26 = _skeleton(
    "halpe-26",
    """
    nose -
    left_eye nose
    right_eye nose
    left_ear left_eye
    right_ear right_eye
    left_shoulder neck
    right_shoulder neck
    left_elbow left_shoulder
    right_elbow right_shoulder
    left_wrist left_elbow
    right_wrist right_elbow
    left_hip pelvis
    right_hip pelvis
    left_knee left_hip
    right_knee right_hip
    left_ankle left_knee
    right_ankle right_knee
    head_top nose
    neck nose
    pelvis neck
    left_toe left_ankle
    right_toe right_ankle
    left_small_toe left_ankle
    right_small_toe right_ankle
    left_heel left_ankle
    right_heel right_ankle
    """,
)

# RunningPose (Chalmers 2022): surface points of a runner, rooted at the back of the waist.
_RUNNER18 = """
    head_front spine_t2
    spine_t2 spine_t12
    spine_t12 waist_back
    left_shoulder spine_t2
    right_shoulder spine_t2
    waist_back -
    left_hip waist_back
    left_toe left_ankle
    right_hip waist_back
    right_toe right_ankle
    left_elbow left_shoulder
    right_elbow right_shoulder
    left_wrist left_elbow
    right_wrist right_elbow
    left_knee left_hip
    right_knee right_hip
    left_ankle left_knee
    right_ankle right_knee
"""
RUNNER18 = _skeleton("runner-18", _RUNNER18)

# The same with the back of each heel: gait events want heel and toe.
RUNNER20 = _skeleton(
    "runner-20",
    _RUNNER18
    + """
    left_heel left_ankle
    right_heel right_ankle
    """,
)

# Fit3D (Fieraru et al. 2021): Human3.6M-17 and two more points on each ankle and wrist, by the toolkit's list of limbs.
# Nothing published names these eight; users call them toes and hands, and which of a pair is which is not known.  Their
# files do not say either which leg is first: formats/fit3d/joints.py finds out.
FIT3D25 = _skeleton(
    "fit3d-25",
    _H36M17
    + """
    right_foot_1 right_ankle
    right_foot_2 right_ankle
    left_foot_1 left_ankle
    left_foot_2 left_ankle
    left_hand_1 left_wrist
    left_hand_2 left_wrist
    right_hand_1 right_wrist
    right_hand_2 right_wrist
    """,
)

SKELETONS = {s.name: s for s in (H36M17, COCO17, COCO_FEET21, BLAZEPOSE33, HALPE26, RUNNER18, RUNNER20, FIT3D25)}


def coco_points(found: Skeleton) -> Skeleton:
    """The COCO keypoints among those that are found: COCO-17, with heels and toes where these are found too."""
    return COCO_FEET21 if set(COCO_FEET21.joints) <= set(found.joints) else COCO17


# The joints that 2D detectors, motion capture and renders all mean the same place by.
LIMB_JOINTS = tuple(
    f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
)
