"""The axes of --analyze form: the poses of a camera that looks down, levelled without anybody telling by how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.example_estimates import estimate
from support.standing import standing

from realtime.camera import pitched
from realtime.estimation.camera_level import CameraLevel
from realtime.online.form_level import FormLevel
from realtime.pose import ESTIMATED, GIVEN, ROOM, UNKNOWN
from realtime.settings import settings_from
from realtime.skeleton import H36M17

DOWN_DEG = 12.0
FEET = H36M17.indices(["left_ankle", "right_ankle"])


def seen(index, down_deg=DOWN_DEG, **changes):
    """A pose of somebody upright, in the axes of a camera that looks down and is taken to look straight ahead."""
    body = standing(H36M17)
    xyz = pitched(body[None].astype(np.float32), np.array([-down_deg]))[0]
    t_ns = 10**9 + index * 10**9 // 30
    return replace(estimate(index).pose, xyz=xyz, t_capture_ns=t_ns, t_unix_ns=t_ns, **changes)


def height_of_the_feet(pose):
    return pose.xyz[FEET, 2].mean()


def test_the_tilt_is_estimated_from_who_stands_where_nobody_told_it():
    level = FormLevel(settings_from(), CameraLevel(0.0))
    assert level.now.how == UNKNOWN
    for index in range(300):
        pose = level(seen(index))
    assert level.now.how == ESTIMATED
    assert level.now.deg == pytest.approx(DOWN_DEG, abs=4)  # a body that stands straight seems to lean a little
    assert pose.pitch_deg == pytest.approx(level.now.deg)
    assert height_of_the_feet(pose) == pytest.approx(height_of_the_feet(seen(299, down_deg=0)), abs=0.03)
    assert np.linalg.norm(pose.root_m) == pytest.approx(np.linalg.norm(seen(0).root_m), abs=1e-4)


def test_legs_that_are_not_seen_and_repeated_poses_tell_nothing_of_the_tilt():
    for changes in ({"score": np.full(17, 0.1, np.float32)}, {"reason": "bridged"}):
        level = FormLevel(settings_from(), CameraLevel(0.0))
        for index in range(200):
            level(seen(index, **changes))
        assert level.now.how == UNKNOWN


@pytest.mark.parametrize("pitch", [5.0, "auto"])
def test_what_the_run_knows_is_taken_and_its_poses_stay_as_they_are(pitch):
    settings = settings_from(camera_pitch=pitch)
    run_level = CameraLevel(settings.pitch_deg)
    level = FormLevel(settings, run_level)
    pose = seen(0)
    assert np.array_equal(level(pose).xyz, pose.xyz)
    assert level.now.deg == run_level.pitch_deg
    assert level.now.how == (GIVEN if pitch == 5.0 else UNKNOWN)


def test_in_a_room_the_pelvis_is_at_the_origin_all_the_same():
    level = FormLevel(settings_from(), CameraLevel(0.0))
    pose = seen(0)
    there = replace(pose, xyz=pose.xyz + np.float32([1, 4, 0.9]), place=ROOM)
    assert level(there).xyz == pytest.approx(pose.xyz, abs=1e-5)
