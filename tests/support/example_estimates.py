"""Estimates and messages whose numbers are known, for the tests of the sinks."""

import time

import numpy as np

from realtime.pose import AXES, OK, VALID_REASONS, Estimate, Pose2D, Pose3D, absent
from realtime.skeleton import BLAZEPOSE33, H36M17
from realtime.wire.message import Lag, PoseMessage, StatusMessage, Window


def estimate(index=0, reason=OK, value=None, root_m=(0.0, 3.0, 0.9)):
    """All joints at `value` metres (default: joint j at j/10, j/20, -j/10)."""
    now_ns = time.monotonic_ns()
    if reason not in VALID_REASONS:
        pose = absent(reason, H36M17, index, now_ns, time.time_ns())
        return Estimate(pose, None, 0, 27, 12.0, 0.0, now_ns)
    steps = np.arange(17, dtype=np.float32)[:, None]
    xyz = steps * [0.1, 0.05, -0.1] if value is None else np.full((17, 3), value)
    pose = Pose3D(
        xyz=xyz.astype(np.float32),
        score=np.full(17, 0.9, np.float32),
        root_m=np.array(root_m, np.float32),
        skeleton=H36M17,
        index=index,
        t_capture_ns=now_ns,
        t_unix_ns=time.time_ns(),
        reason=reason,
    )
    seen = Pose2D(
        xy=np.full((33, 2), 100.25, np.float32),
        score=np.full(33, 0.5, np.float32),
        size_wh=(640, 480),
        skeleton=BLAZEPOSE33,
        index=index,
        t_capture_ns=pose.t_capture_ns,
        t_unix_ns=pose.t_unix_ns,
    )
    return Estimate(pose, seen, 27, 27, 12.0, 1.5, now_ns)


def pose_message(**changes):
    fields = {
        "session": "5eed",
        "seq": 7,
        "source": "demo",
        "frame": 41,
        "t_capture_ns": 1_000,
        "t_unix_ns": 1_700_000_000_000_000_000,
        "t_publish_ns": 2_000,
        "lag_ms": Lag(12.5, 1.25, 14.0),
        "skeleton": "two",
        "unit": "m",
        "axes": AXES,
        "joints": np.array([[0, 0, 0], [0.12345, -2, 1e-9]], np.float32),
        "score": np.array([1, 0.25], np.float32),
        "keypoints_px": np.array([[320.125, 240]], np.float32),
        "keypoints_skeleton": "one",
        "image_wh": (640, 480),
        "root_m": np.array([0.5, 3, 0.9], np.float32),
        "fov_deg": 60.0,
        "valid": True,
        "reason": "ok",
        "window": Window(27, 27),
        "model": "causal-27",
        "person": 0,
    }
    return PoseMessage(**{**fields, **changes})


def status_message(**changes):
    fields = {
        "state": "streaming",
        "detail": "",
        "fps": 29.97,
        "latency_ms": None,
        "dropped": 3,
        "reconnects": 0,
        "person": False,
        "valid": False,
        "reason": "no_person",
        "window": Window(0, 27),
        "recorded": 5,
        "fault": "",
    }
    return StatusMessage(**{**fields, **changes})
