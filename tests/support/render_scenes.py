"""What the tests of render/ share: somebody who faces the camera, in 2D and 3D."""

import numpy as np
from support.poses import pose_2d
from support.viewer_scenes import standing

from realtime.pose import NO_PERSON, Pose3D, absent
from realtime.skeleton import COCO17, H36M17
from realtime.viewer.theme import THEMES

DARK = THEMES["dark"]
SIZE = 640, 480

# Someone who faces the camera, in parts of the picture: the left side is at its right.
FACING = {
    "nose": (0.50, 0.15),
    "eye": (0.52, 0.13),
    "ear": (0.54, 0.14),
    "shoulder": (0.60, 0.30),
    "elbow": (0.70, 0.40),
    "wrist": (0.80, 0.50),
    "hip": (0.56, 0.55),
    "knee": (0.58, 0.72),
    "ankle": (0.60, 0.90),
}


def place(joint):
    """Where FACING has a joint of a skeleton."""
    side, _, part = joint.rpartition("_")
    x, y = FACING.get(part, FACING["nose"])
    return (1 - x, y) if side.startswith("right") else (x, y)


def keypoints(size_wh=SIZE, skeleton=COCO17, **more):
    xy = [np.multiply(place(joint), size_wh) for joint in skeleton.joints]
    return pose_2d(xy, size_wh=size_wh, skeleton=skeleton, **more)


def joints(reason="ok", **moved):
    return Pose3D(standing(**moved), np.ones(17, np.float32), None, H36M17, 0, 0, 0, reason)


NOBODY = absent(NO_PERSON, H36M17, 0, 0, 0)


def grey(size_wh=SIZE):
    return np.full((size_wh[1], size_wh[0], 3), 110, np.uint8)


def colour_at(image, layout, joint, size_wh=SIZE):
    """The film's colour (RGB) where the input shows a joint."""
    box = layout.input.fit(size_wh)
    x, y = np.multiply(place(joint), (box.width, box.height))
    return image[round(box.top + y - 0.5), round(box.left + x - 0.5), :3].astype(int)


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


SIDES = {"left_wrist": DARK.left, "right_knee": DARK.right, "left_hip": DARK.left, "right_shoulder": DARK.right}
