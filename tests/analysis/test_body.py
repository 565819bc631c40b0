"""Points on an even grid: jittered times, frames that were left out, holes."""

from __future__ import annotations

import numpy as np
import pytest
from support.gait_walkers import Walker

from realtime.analysis.body import body_of
from realtime.motion import motion
from realtime.skeleton import COCO17, H36M17


def _changed(whole, *, keep=None, joints=None):
    keep = np.ones(len(whole), bool) if keep is None else keep
    return motion(
        (whole.joints if joints is None else joints)[keep],
        whole.fps,
        times_s=whole.times_s[keep],
        root_m=whole.root_m[keep],
        skeleton=whole.skeleton,
    )


def test_points_are_about_the_middle_of_the_hips_which_travel():
    whole = Walker().motion(2, 60)
    body = body_of(whole)
    np.testing.assert_allclose(body.at["left_hip"] + body.at["right_hip"], 0, atol=1e-6)
    np.testing.assert_allclose(body.travel, whole.root_m, atol=1e-6)
    assert body.segments == (slice(0, 120),)
    assert body.leg_m == pytest.approx(0.9, abs=0.1)


def test_frames_that_were_left_out_are_made_good():
    whole = Walker().motion(4, 60)
    keep = np.arange(len(whole)) % 3 != 1
    body, expected = body_of(_changed(whole, keep=keep)), body_of(whole)
    assert len(body.segments) == 1
    for name in ("left_ankle", "right_knee"):
        inside = slice(3, len(body.times_s) - 3)
        away = np.abs(body.at[name][inside] - expected.at[name][inside])
        assert away.max() < 0.02  # where the foot stops within a frame
        assert np.median(away) < 2e-4


def test_times_with_jitter_give_the_same_path():
    walker = Walker()
    times = np.arange(240) / 60 + np.random.default_rng(3).uniform(-3e-3, 3e-3, 240)
    points = walker.points(times)
    joints = np.stack([points[name] for name in H36M17.joints], 1)
    body = body_of(motion(joints - joints[:, :1], 60.0, times_s=times, root_m=joints[:, 0]))
    assert np.ptp(np.diff(body.times_s)) < 1e-9
    at = walker.points(body.times_s)
    expected = at["left_ankle"] - (at["left_hip"] + at["right_hip"]) / 2
    assert np.abs(body.at["left_ankle"] - expected)[5:-5].max() < 4e-3


def test_a_rate_that_is_a_little_off_does_not_add_up():
    whole = Walker().motion(60, 29.97)
    body = body_of(motion(whole.joints, 30.0, times_s=whole.times_s, root_m=whole.root_m, skeleton=whole.skeleton))
    late_s = 58.4
    at = Walker().points(np.array([late_s]))
    expected = (at["left_knee"] - (at["left_hip"] + at["right_hip"]) / 2)[0]
    assert body.value(body.at["left_knee"], late_s) == pytest.approx(expected, abs=0.01)  # 1.8 frames are 6 cm


def test_a_long_hole_stays_one_and_a_short_one_is_bridged():
    whole = Walker().motion(4, 60)
    joints = whole.joints.copy()
    joints[100:104] = np.nan
    joints[160:180] = np.nan
    body = body_of(_changed(whole, joints=joints))
    assert body.segments == (slice(0, 160), slice(180, 240))
    assert np.isnan(body.filtered(6).at["left_ankle"][160:180]).all()
    assert np.isfinite(body.filtered(6).at["left_ankle"][:160]).all()


def test_without_hips_knees_and_ankles_there_is_no_body():
    whole = Walker().motion(2, 60)
    assert body_of(_changed(whole, joints=np.full_like(whole.joints, np.nan))) is None
    joints = np.zeros((60, len(COCO17), 3))
    assert body_of(motion(joints, 30.0, skeleton=COCO17)) is not None
