"""What a set looks like at an instant, of somebody whose repetitions are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.form_results import FIRST_S, PAUSE_S, REPETITION_S, nothing, squats
from support.viewer_scenes import standing

from realtime.analysis.form.result import BOTTOM, DOWN, LOCKOUT, UP
from realtime.motion import motion
from realtime.offline.reports.form_clock import NOT_COUNTED, READY, FormClock

STANDS = motion(np.repeat(standing()[None], 600, 0), 30.0)
CLOCK = FormClock(squats(3, faulty=(2,)), STANDS)


def test_a_repetition_counts_at_its_lock_out():
    end_s = FIRST_S + REPETITION_S
    assert [CLOCK.count(t_s) for t_s in (0.0, end_s - 0.01, end_s, 60.0)] == [0, 0, 1, 3]


def test_phases_follow_each_other():
    start_s = FIRST_S + REPETITION_S + PAUSE_S  # of the second one
    at_s = {0.1: DOWN, 1.25: BOTTOM, 1.35: BOTTOM, 1.6: UP, REPETITION_S - 0.01: UP, REPETITION_S + 0.1: LOCKOUT}
    for after_s, phase in at_s.items():
        assert CLOCK.phase(start_s + after_s) == phase


def test_what_is_not_counted_is_told_for_a_while():
    assert CLOCK.phase(0.1) == READY
    assert CLOCK.phase(0.4) == DOWN
    assert CLOCK.phase(1.2) == NOT_COUNTED
    assert CLOCK.count(1.4) == 0


def test_the_tempo_runs_and_then_stands():
    assert CLOCK.tempo(0.0) == ""
    assert CLOCK.tempo(FIRST_S + 0.5) == "↓ 0.5 s"
    assert CLOCK.tempo(FIRST_S + 1.3 + 0.4) == "↓ 1.3 s  ↑ 0.4 s"
    assert CLOCK.tempo(FIRST_S + REPETITION_S + 0.5) == "↓ 1.3 s  ↑ 1.1 s"


def test_a_fault_is_told_from_the_instant_that_shows_it():
    fault = squats(3, faulty=(2,)).repetitions[1].faults[0]
    assert CLOCK.fault(fault.at_s - 0.01) == ""
    assert CLOCK.fault(fault.at_s) == CLOCK.fault(fault.at_s + 2) == fault.sentence
    assert CLOCK.fault(fault.at_s + 3) == ""


def test_angles_are_those_of_the_joints_and_unknown_outside_the_recording():
    assert CLOCK.angles(3.0).keys() == {"left", "right"}
    assert max(CLOCK.angles(3.0).values()) < 30  # stands
    assert CLOCK.angles(-1.0) == CLOCK.angles(60.0) == {}


def test_in_a_repetition_angles_are_scaled_to_what_was_measured_at_its_turn():
    one, joints = squats(3).repetitions[1], STANDS.joints.copy()
    joints[:, STANDS.skeleton.indices(["left_knee", "right_knee"])] += [0.0, 0.2, 0.0]
    squatting = motion(joints, 30.0)
    lifted = FormClock(nothing(), squatting).angles(one.repetition.bottom_s)
    bent = replace(one, measures=tuple(replace(m, value=1.5 * lifted.get(m.side, 0.0)) for m in one.measures))
    clock = FormClock(squats(repetitions=(bent,)), squatting)
    for side in ("left", "right"):
        assert clock.angles(one.repetition.bottom_s)[side] == pytest.approx(1.5 * lifted[side])
        assert clock.angles(one.repetition.end_s + 0.1)[side] == pytest.approx(lifted[side])


def test_a_side_that_was_not_measured_has_no_angle():
    one = squats(1).repetitions[0]
    measures = [replace(m, value=None, why="the knee is hidden") if m.side == "left" else m for m in one.measures]
    clock = FormClock(squats(repetitions=(replace(one, measures=tuple(measures)),)), STANDS)
    assert clock.angles(0.5).keys() == clock.angles(2.8).keys() == {"right"}


def test_angles_and_signal_are_those_of_the_exercise():
    assert CLOCK.part == "knee"
    assert FormClock(squats(exercise="push-up"), STANDS).part == "elbow"
    assert FormClock(nothing(), STANDS).part == "knee"


def test_the_recent_signal_is_from_rest_to_turn():
    joints = np.repeat(standing()[None], 600, 0)
    share = (1 - np.cos(np.arange(600) / 30 * 2 * np.pi / 3)) / 2
    hip, knee = STANDS.skeleton.index("left_hip"), STANDS.skeleton.index("left_knee")
    right = STANDS.skeleton.index("right_hip"), STANDS.skeleton.index("right_knee")
    for a, b in ((hip, knee), right):
        joints[:, b] += (joints[:, a] - joints[:, b]) * 0.5 * share[:, None] * [0, 0, 1] + 0.3 * share[:, None] * [
            0,
            1,
            0,
        ]
    clock = FormClock(squats(), motion(joints, 30.0))
    at_turn, at_rest = clock.recent(13.5), clock.recent(12.0)
    assert at_turn[-1] > 0.9
    assert at_rest[-1] < 0.1
    assert np.isnan(clock.recent(1.0)[0])  # before the recording


def test_without_legs_there_is_nothing_to_show_but_the_count():
    empty = motion(np.full((90, 17, 3), np.nan), 30.0)
    clock = FormClock(squats(), empty)
    assert clock.angles(1.0) == {}
    assert np.isnan(clock.recent(1.0)).all()
    assert clock.count(60.0) == 3
    assert len(clock.effort[0]) == 0


@pytest.mark.parametrize("exercise", ["lunge", "side-lunge"])
def test_of_an_exercise_of_one_leg_the_one_that_is_bent_more_is_shown(exercise):
    joints = np.repeat(standing()[None], 600, 0)
    knee = STANDS.skeleton.index("right_knee")
    joints[300:, knee] += [0.0, 0.25, 0.0]
    times_s, signal = FormClock(squats(exercise=exercise), motion(joints, 30.0)).effort
    assert np.median(signal[times_s > 11]) > np.median(signal[times_s < 9]) + 20
