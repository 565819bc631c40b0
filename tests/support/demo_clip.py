"""The bundled clip and its exact truth, for tests of what looks at pictures."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from realtime.motion import motion
from realtime.pose import Frame
from realtime.skeleton import H36M17, LIMB_JOINTS

ASSETS = Path(__file__).resolve().parents[2] / "realtime" / "assets"
FPS = 30
START_NS = 5_000_000_000


def frame_of(image, index=0, t_s=None):
    t_ns = START_NS + round((index / FPS if t_s is None else t_s) * 1e9)
    return Frame(image, index, t_ns, t_ns + 10**18)


@cache
def demo_frames(count):
    """The first frames of the clip (324 are all)."""
    capture = cv2.VideoCapture(str(ASSETS / "demo.mp4"))
    images = [capture.read()[1] for _ in range(count)]
    capture.release()
    return tuple(frame_of(image, index) for index, image in enumerate(images))


@cache
def demo_truth():
    """Exact keypoints of limb joints by this project's joint names, (324, 2) px each, and
    the height of the body's box (324,) px."""
    with np.load(ASSETS / "demo_truth.npz") as truth:
        names = [str(name).replace("l_", "left_").replace("r_", "right_") for name in truth["joint_names"]]
        xy = truth["joints_2d"]
    return dict(zip(names, xy.transpose(1, 0, 2), strict=True)), np.ptp(xy[..., 1], axis=1)


@cache
def demo_limbs():
    """Exact keypoints (324, 12, 2) px of `LIMB_JOINTS`, in their order."""
    truth, _ = demo_truth()
    return np.stack([truth[joint] for joint in LIMB_JOINTS], 1)


def demo_joints():
    """The exact joints of the clip as a motion, where the person is in the room."""
    with np.load(ASSETS / "demo_truth.npz") as truth:
        world = truth["joints_3d_world"].astype(np.float64)
    return motion(world - world[:, :1], FPS, root_m=world[:, 0], skeleton=H36M17)
