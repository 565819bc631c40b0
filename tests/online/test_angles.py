"""The sink of --analyze angles."""

from __future__ import annotations

import numpy as np
import pytest
from support.example_estimates import estimate
from support.viewer_scenes import standing

from realtime.kinematics.angles import joint_angles_deg
from realtime.online.angles import LiveAngles
from realtime.skeleton import H36M17
from realtime.wire.message import decode, encode


def sent(*estimates):
    messages = []
    sink = LiveAngles(lambda message: messages.append(decode(encode(message))))
    for one in estimates:
        sink(one)
    sink.close()
    sink.close()
    assert sink.status_words().long == ""
    return messages


def of_joints(joints, index=0):
    one = estimate(index)
    one.pose.xyz[:] = joints
    return one


def test_every_pose_has_its_angles():
    bent = standing(right_wrist=(-0.25, -0.28, 0.2))
    (message,) = sent(of_joints(bent, 3))
    assert (message.frame, message.valid, message.reason, message.skeleton) == (3, True, "ok", "h36m-17")
    assert message.degrees["elbow_flex_r"] == pytest.approx(90, abs=16)
    wanted = joint_angles_deg(bent[None].astype(float), H36M17)
    assert message.degrees == pytest.approx({name: path[0] for name, path in wanted.items()}, abs=0.006, nan_ok=True)


def test_a_pose_without_joints_has_no_angles():
    nobody, broken = sent(estimate(0, "no_person"), of_joints(np.full((17, 3), np.nan)))
    assert (nobody.valid, nobody.reason, nobody.person, nobody.degrees) == (False, "no_person", None, {})
    assert (broken.valid, broken.reason, broken.degrees) == (False, "not_finite", {})


def test_joints_at_one_place_are_sent_without_a_fault():
    (message,) = sent(of_joints(np.zeros((17, 3))))
    assert message.valid
