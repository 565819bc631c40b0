"""Angles, by hand."""

import numpy as np
import pytest
from support.gait_trials import trial_of
from support.gait_walkers import Walker

from realtime.training.evaluation.gait.angles import (
    ANGLES,
    AngleErrors,
    angle_errors,
    angle_table,
    angles_of,
    rmse_deg,
)
from realtime.training.evaluation.gait.offsets import as_code, learn


def body(**moved):
    """A person who stands and faces along x, with single points moved."""
    at = {
        "left_shoulder": (0, 0.2, 1.4), "right_shoulder": (0, -0.2, 1.4),
        "left_hip": (0, 0.1, 0.9), "right_hip": (0, -0.1, 0.9),
        "left_knee": (0, 0.1, 0.5), "left_ankle": (0, 0.1, 0.1),
        "left_heel": (-0.05, 0.1, 0.05), "left_toe": (0.15, 0.1, 0.05),
        "left_elbow": (0, 0.2, 1.1), "left_wrist": (0, 0.2, 0.85),
    }  # fmt: skip
    return {name: np.array([point], float) for name, point in (at | moved).items()}


@pytest.mark.parametrize(
    ("name", "moved", "degrees"),
    [
        ("knee", {}, 0),
        ("knee", {"left_ankle": (-0.4, 0.1, 0.5)}, 90),
        ("hip", {}, 0),
        ("hip", {"left_knee": (0.4, 0.1, 0.9)}, 90),
        ("hip", {"left_knee": (-0.4, 0.1, 0.5)}, -45),
        ("ankle", {}, 0),
        ("ankle", {"left_toe": (-0.05 + 0.2 * np.cos(0.5), 0.1, 0.05 + 0.2 * np.sin(0.5))}, np.degrees(0.5)),
        ("elbow", {"left_wrist": (0.25, 0.2, 1.1)}, 90),
        ("trunk", {"left_shoulder": (0.5, 0.2, 1.4), "right_shoulder": (0.5, -0.2, 1.4)}, 45),
    ],
)
def test_angles_of_a_body_by_hand(name, moved, degrees):
    assert ANGLES[name](body(**moved), "left")[0] == pytest.approx(degrees, abs=1e-9)


def test_the_same_motion_has_no_error_and_a_constant_one_is_a_bias():
    motion = trial_of(Walker(), 2.0).motion()
    for name in ANGLES:
        assert np.abs(angle_errors(motion, motion, name)).max() < 1e-6
        assert np.isfinite(angles_of(motion, name)).all()
    parts = [AngleErrors("knee", str(n), np.array([3.0, 5.0])) for n in range(6)]
    assert rmse_deg(parts, 4.0) == pytest.approx(1.0)
    table = angle_table({"side": (parts, parts)})
    assert "+4.0" in table
    assert "1.0 [1.0, 1.0]" in table


def test_offsets_are_learned_from_markers_and_told_as_rows_of_code():
    trial = trial_of(Walker(), 6.0)
    learned = {one.offset.method: one for one in learn("walk", "markers", [(trial, trial.motion())])}
    heel = learned["zeni-heel"]
    assert heel.missed == 0
    assert heel.events >= 8
    assert abs(heel.offset.bias_s) < 0.03  # the truth is where the foot slows down
    assert heel.offset.residual_s < 0.005
    assert as_code([heel]).strip().startswith('Offset(WALK, CONTACT, "zeni-heel", MARKERS, ')
