"""Gait pose by pose: what is told, when, and that it is what a recording of the same poses tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.live_walks import STANCE, joints_at, pose_of, turned

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.live import LiveGait
from realtime.analysis.gait.offsets import offset_of
from realtime.analysis.gait.result import CONTACT, LIFTED, NO_GAIT, TOE_OFF, WALK
from realtime.motion import motion
from realtime.skeleton import RUNNER18, RUNNER20
from realtime.wire.analyses.gait import STANDING

STRIDE_S = 1.1


def times(seconds, fps=30.0, start_s=1000.0):
    return start_s + np.arange(int(seconds * fps)) / fps


def walk(times_s, stride_s=STRIDE_S):
    return [pose_of(joints_at(t_s, stride_s), t_s) for t_s in times_s]


def told(poses, gait=None):
    """Events with the time of the pose that told them."""
    gait = gait or LiveGait()
    return [(event, pose.t_capture_ns / 1e9) for pose in poses for event in gait.push(pose)], gait


def expected_s(side, kind, near_s):
    """The known time of an event that is nearest to a time."""
    later = (0.0 if side == "left" else 0.5) + (STANCE if kind == TOE_OFF else 0.0)
    return (round(near_s / STRIDE_S - later) + later) * STRIDE_S


def bias_s(event):
    """What was taken out: these events are where the methods look, exactly."""
    return offset_of(WALK, event.kind, event.method, LIFTED).bias_s


@pytest.mark.parametrize("fps", [25.0, 30.0, 60.0])
def test_every_step_is_told_once_within_a_quarter_second(fps):
    events, gait = told(walk(times(10, fps)))
    steady = [(event, known_s) for event, known_s in events if event.t_s > 1003]
    for side in ("left", "right"):
        for kind in (CONTACT, TOE_OFF):
            found = [event.t_s for event, _ in steady if (event.side, event.kind) == (side, kind)]
            assert len(found) in (6, 7)
            assert np.diff(found) == pytest.approx(STRIDE_S, abs=0.02)
    for event, known_s in steady:
        assert event.t_s + bias_s(event) == pytest.approx(expected_s(event.side, event.kind, event.t_s), abs=0.025)
        assert 0.06 <= known_s - event.t_s < 0.25
        assert event.low == ""
    state = gait.state
    assert (state.kind, state.why) == (WALK, "")
    assert state.figures.steps_per_min == pytest.approx(120 / STRIDE_S, rel=0.01)
    assert state.figures.contact_time_s["left"] == pytest.approx(STANCE * STRIDE_S, abs=0.05)


def test_frames_that_a_slow_program_drops_lose_no_steps():
    rng = np.random.default_rng(3)
    times_s = times(12)
    kept = times_s[rng.random(len(times_s)) < 0.6]
    events, gait = told(walk(kept))
    everything, _ = told(walk(times_s))
    assert len(events) >= len(everything) - 2
    assert {event.low for event, _ in events} <= {f"{rate} frames a second" for rate in range(14, 24)}
    assert gait.state.figures.steps_per_min == pytest.approx(120 / STRIDE_S, rel=0.02)


def recorded(poses):
    return motion(
        np.array([pose.xyz for pose in poses]),
        30.0,
        times_s=[pose.t_capture_ns / 1e9 for pose in poses],
        root_m=np.array([pose.root_m for pose in poses]),
        skeleton=RUNNER20,
        model="live",
    )


@settings(deadline=None, max_examples=3)
@given(st.floats(0.9, 1.4), st.integers(0, 2**32 - 1))
def test_events_are_those_of_the_recording(stride_s, seed):
    rng = np.random.default_rng(seed)
    times_s = times(8) + rng.uniform(-0.004, 0.004, 240)
    poses = [pose_of(joints_at(t_s, stride_s) + rng.normal(0, 0.005, (20, 3)), t_s) for t_s in times_s]
    live = [event for event, _ in told(poses)[0]]
    offline = analyse_gait(recorded(poses)).events
    settled = [event for event in offline if 1001.5 < event.t_s < 1007.5]
    assert len(settled) > 12
    for event in settled:
        same = [one.t_s for one in live if (one.side, one.kind) == (event.side, event.kind)]
        assert min(abs(t_s - event.t_s) for t_s in same) < 0.015
    assert len(live) <= len(offline)


def test_the_same_poses_tell_the_same_again():
    poses = walk(times(5))
    assert told(poses)[0] == told(poses)[0]


def test_somebody_who_stands_makes_no_steps():
    events, gait = told(walk(times(6), stride_s=None))
    assert events == []
    assert gait.state.kind == STANDING
    assert gait.state.contact == {"left": None, "right": None}
    assert gait.state.figures.steps_per_min is None


def test_too_few_poses_are_said():
    events, gait = told(walk(times(0.7)))
    assert (events, gait.state.kind, gait.state.why) == ([], NO_GAIT, "too few poses yet")


def test_who_stops_stands_after_a_while_and_walks_again():
    _, gait = told(walk(times(6)))
    stands = [pose_of(joints_at(0, None), t_s) for t_s in times(4, start_s=1006.0)]
    halting, _ = told(stands, gait)
    assert gait.state.kind == STANDING
    assert max(event.t_s for event, _ in halting) < 1007
    again, _ = told(walk(times(6, start_s=1010.0)), gait)
    assert len(again) > 10
    assert gait.state.kind == WALK


def test_whoever_turns_makes_no_steps_that_are_told():
    times_s = times(8)
    poses = [pose_of(turned(joints_at(t_s, STRIDE_S), 60 * (t_s - 1000)), t_s) for t_s in times_s]
    events, gait = told(poses)
    assert events == []
    assert (gait.state.kind, gait.state.why) == (NO_GAIT, "turning")


def test_backwards_is_no_gait():
    events, gait = told(walk(times(6), stride_s=-STRIDE_S))
    assert events == []
    assert (gait.state.kind, gait.state.why) == (NO_GAIT, "goes backwards")


def test_another_person_may_have_other_points():
    _, gait = told(walk(times(5)))
    gait.reset()
    without_heels = [
        replace(pose, xyz=pose.xyz[:18], score=pose.score[:18], skeleton=RUNNER18)
        for pose in walk(times(5, start_s=1005.0))
    ]
    events, _ = told(without_heels, gait)
    assert len(events) > 10
    assert {event.method for event, _ in events if event.kind == CONTACT} == {"zeni-ankle"}


def test_a_gap_in_time_begins_anew():
    _, gait = told(walk(times(5)))
    assert gait.state.figures.steps > 4
    gait.push(walk(times(1, start_s=1006.0))[0])
    assert (gait.state.kind, gait.state.figures.steps) == (NO_GAIT, 0)
    assert gait.state.contact == {"left": None, "right": None}
