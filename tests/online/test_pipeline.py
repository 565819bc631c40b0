from __future__ import annotations

import re
import threading
import time

import numpy as np
import pytest
from support.estimators import DELAY, estimator, keypoints, late_estimator
from support.observed import observed, standing
from support.poses import frame_at
from support.walkers import seen_by, stander

from realtime.errors import SourceError
from realtime.estimation.camera_level import SETTLED, CameraLevel
from realtime.online.monitor import Monitor
from realtime.online.pipeline import Pipeline
from realtime.online.status_line import line_fields
from realtime.pose import BRIDGED, NO_PERSON, OK, STAGE_FAILED, STALE_CAMERA, WARMING_UP
from realtime.pose import RECONNECTING as RECONNECTING_REASON
from realtime.runtime.stop import Stop
from realtime.skeleton import H36M17
from realtime.stages import RECONNECTING, STALLED, STREAMING, EndOfSource, SourceStatus


class Script:
    """A source that follows a list: a frame's index, or a state in which nothing comes."""

    name = "script"
    live = True

    def __init__(self, *steps):
        self.steps = list(steps)
        self.state = STREAMING

    def read(self, timeout_s):
        if not self.steps:
            raise EndOfSource
        step = self.steps.pop(0)
        if isinstance(step, str):
            self.state = step
            time.sleep(1.5 * timeout_s)  # as long as a camera keeps a reader waiting
            return None
        self.state = STREAMING
        return frame_at(step)

    def status(self):
        return SourceStatus(self.state, dropped=3)

    def close(self):
        pass


def run_script(*steps, **more):
    estimates = []
    estimate = estimator({i: keypoints(i) for i in range(1000)})
    monitor = Monitor(estimate.want)
    pipeline = Pipeline(Script(*steps), estimate, {"keep": estimates.append}, monitor, lambda _: None)
    pipeline.run(Stop(), **more)
    return estimates, monitor


def test_every_frame_goes_to_every_sink_in_order():
    estimates, monitor = run_script(*range(12))
    assert [e.pose.index for e in estimates] == list(range(12))
    assert (monitor.frames, monitor.people) == (12, 12)
    assert set(monitor.times.stages) >= {"wait", "detect", "lift", "keep"}


def test_it_ends_after_so_many_frames():
    estimates, _ = run_script(*range(12), max_frames=5)
    assert len(estimates) == 5


def test_a_lost_camera_is_told_once_for_each_loss():
    estimates, monitor = run_script(0, STALLED, STALLED, 1, RECONNECTING, RECONNECTING, 2)
    assert [e.pose.reason for e in estimates] == [
        WARMING_UP,
        STALE_CAMERA,
        WARMING_UP,
        RECONNECTING_REASON,
        WARMING_UP,
    ]
    assert not estimates[1].pose.valid
    assert monitor.frames == 3


def test_waiting_without_a_loss_is_not_told():
    estimates, _ = run_script(0, STREAMING, STREAMING, 1)
    assert len(estimates) == 2


def test_a_set_stop_ends_it_before_the_next_frame():
    stop = Stop()
    seen = []

    class Stopping(Script):
        def read(self, timeout_s):
            frame = super().read(timeout_s)
            if frame.index == 3:
                stop.set()
            return frame

    Pipeline(Stopping(*range(9)), estimator({}), {"s": seen.append}, Monitor(9), lambda _: None).run(stop)
    assert [estimate.pose.index for estimate in seen] == [0, 1, 2, 3]  # what was read is finished


@pytest.mark.parametrize("where", ["sink", "source"])
def test_what_a_thread_cannot_go_on_with_is_raised_here(where):
    def broken(*_):
        raise SourceError("gone for good")

    source = Script(*range(50))
    if where == "source":
        source.read = broken
    before = threading.active_count()
    pipeline = Pipeline(source, estimator({}), {"s": broken if where == "sink" else print}, Monitor(9), lambda _: None)
    with pytest.raises(SourceError):
        pipeline.run(Stop())
    assert threading.active_count() == before


def test_a_slow_sink_slows_the_reading_and_loses_nothing():
    seen = []

    def slow(estimate):
        time.sleep(0.01)  # the detector here is faster
        seen.append(estimate.pose.index)

    source = Script(*range(30))
    Pipeline(source, estimator({}), {"s": slow}, Monitor(9), lambda _: None).run(Stop())
    assert seen == list(range(30))


def test_reports_come_without_frames_and_at_the_end():
    reports = []
    source = Script(STREAMING)
    Pipeline(source, estimator({}), {}, Monitor(9), reports.append).run(Stop())
    assert len(reports) >= 1


def test_status_says_how_it_goes():
    estimates, monitor = run_script(*range(12))
    status = monitor.status(SourceStatus(STREAMING, dropped=3), recorded=12, fault="")
    assert (status.person, status.valid, status.reason, status.dropped) == (True, True, OK, 3)
    assert (status.window.have, status.window.want) == (9, 9)
    assert estimates[-1].pose.reason == OK


def test_drops_before_the_run_do_not_count():
    assert Monitor(9, dropped_before=2).status(SourceStatus(STREAMING, dropped=3)).dropped == 1


def test_status_before_anything_came():
    status = Monitor(27).status(SourceStatus("opening"), fault="disk full")
    assert (status.fps, status.latency_ms, status.person, status.valid) == (0, None, False, False)
    assert (status.state, status.fault) == ("opening", "disk full")


def test_advice_is_about_the_last_seconds_and_the_end_about_the_whole_run():
    monitor = Monitor(9, level=CameraLevel(3.0))
    for index in range(300):
        monitor.add(observed(index, standing(towards_deg=20)), 1.0)
        if index == 100:
            assert monitor.status(SourceStatus(STREAMING)).advice == ()  # too early
    (text,) = monitor.status(SourceStatus(STREAMING)).advice
    assert text.endswith("try --camera-pitch auto, or 24")
    assert monitor.trust_lines() == (text,)
    for index in range(300, 1400):
        monitor.add(observed(index, standing(), people=2), 1.0)
    assert [finding.name for finding in monitor.advice()] == ["several_people"]


def test_status_says_how_far_the_camera_looks_down_where_that_is_estimated():
    assert Monitor(9, level=CameraLevel(12.0)).status(SourceStatus(STREAMING)).camera == ""
    level = CameraLevel(None)
    monitor = Monitor(9, level=level)
    assert monitor.status(SourceStatus(STREAMING)).camera == "camera tilt unknown"
    assert monitor.summary().startswith("0 frames, 0 with a person, camera tilt unknown\n")
    for index, (joints, root) in enumerate(seen_by(stander(SETTLED), pitch_deg=14)):
        level.add(joints, root, H36M17, index / 10)
    status = monitor.status(SourceStatus(STREAMING))
    assert re.fullmatch(r"camera 1[1-7]° down \(estimated\)", status.camera)
    assert status.camera in [field.long for field in line_fields(status, {})]


def test_with_an_estimate_no_angle_is_advised():
    monitor = Monitor(9, level=CameraLevel(None))
    for index in range(300):
        monitor.add(observed(index, standing(towards_deg=20)), 1.0)
    assert monitor.advice() == []


def test_the_summary_has_a_line_a_stage():
    _, monitor = run_script(0, 1)
    assert monitor.summary().startswith("2 frames, 2 with a person\nstage")


def test_live_equals_offline_where_nothing_is_dropped():
    """The loop adds nothing: what it gives is what the chain gives frame by frame."""
    estimates, _ = run_script(*range(20))
    chain = estimator({i: keypoints(i) for i in range(20)})
    for ours in estimates:
        assert np.array_equal(ours.pose.xyz, chain(frame_at(ours.pose.index)).pose.xyz)


def run_late(*steps, answers=None, **more):
    estimates = []
    estimate = late_estimator(answers or {i: keypoints(i) for i in range(1000)}, height_m=1.8)
    monitor = Monitor(estimate.want, delay_frames=estimate.delay, height_m=estimate.height_m)
    Pipeline(Script(*steps), estimate, {"keep": estimates.append}, monitor, lambda _: None).run(Stop(), **more)
    return estimates, monitor


def test_late_answers_are_of_every_frame_in_order_and_the_last_come_at_the_end():
    estimates, monitor = run_late(*range(12))
    assert [e.pose.index for e in estimates] == list(range(12))
    assert [e.frame.index for e in estimates] == list(range(12))
    assert [e.pose.t_capture_ns for e in estimates] == [keypoints(i).t_capture_ns for i in range(12)]
    assert [e.lag_start_ns for e in estimates] == [frame_at(i).t_capture_ns for i in range(12)]
    assert (monitor.frames, monitor.people) == (12, 12)
    status = monitor.status(SourceStatus(STREAMING))
    assert (status.delay_frames, status.height_m) == (DELAY, 1.8)
    whole = late_estimator({i: keypoints(i) for i in range(12)}, height_m=1.8).run(map(frame_at, range(12)))
    for ours, theirs in zip(estimates, whole, strict=True):
        assert np.array_equal(ours.pose.xyz, theirs.pose.xyz)


@pytest.mark.parametrize("frames", [1, 2, 3, 4])
def test_a_run_that_is_shorter_than_the_delay_loses_nothing(frames):
    estimates, _ = run_late(*range(12), max_frames=frames)
    assert [e.pose.index for e in estimates] == list(range(frames))


def test_what_waits_when_the_camera_is_lost_is_given_before_that_is_told():
    estimates, monitor = run_late(*range(5), STALLED, STALLED, *range(50, 54))
    assert [e.pose.reason for e in estimates[:6]] == [WARMING_UP] * 5 + [STALE_CAMERA]
    assert [e.pose.index for e in estimates] == [*range(5), 4, *range(50, 54)]
    assert monitor.frames == 9
    begun_anew, _ = run_late(*range(50, 54))
    for ours, theirs in zip(estimates[6:], begun_anew, strict=True):
        assert np.array_equal(ours.pose.xyz, theirs.pose.xyz)


def test_what_waits_when_the_person_leaves_is_given_before_that_is_told():
    """The gap is bridged for half a second, which is what the last ones see as their future."""
    estimates, _ = run_late(*range(40), answers={i: keypoints(i) for i in range(10)})
    assert [e.pose.index for e in estimates] == list(range(40))
    reasons = [e.pose.reason for e in estimates]
    assert reasons[:10] == [WARMING_UP] * 5 + [OK] * 5
    gone = reasons.index(NO_PERSON)
    assert reasons[10:gone] == [BRIDGED] * (gone - 10)
    assert gone > 10 + DELAY
    assert reasons[gone:] == [NO_PERSON] * (40 - gone)
    assert [e.height_m for e in estimates] == [1.8] * gone + [None] * (40 - gone)


def test_without_a_delay_a_short_stall_does_not_end_a_motion():
    estimates, _ = run_script(*range(12), STALLED, 12)
    assert estimates[-1].pose.reason == OK


def test_a_failure_with_a_delay_begins_the_motion_anew():
    """What waits for its future is lost with the frame that the lifter fails on; all others come, in order."""
    estimate = late_estimator({i: keypoints(i) for i in range(60)})
    whole, failing = estimate.estimate, iter([False] * 30 + [True])
    estimate.estimate = lambda detection: 1 // 0 if next(failing, False) else whole(detection)
    seen = []
    Pipeline(Script(*range(60)), estimate, {"keep": seen.append}, Monitor(9), lambda _: None).run(Stop())
    frames = [one.pose.index for one in seen]
    assert frames == [*range(30 - DELAY), 30, *range(31, 60)]
    assert [one.pose.valid for one in seen] == [frame != 30 for frame in frames]
    assert seen[30 - DELAY].pose.reason == STAGE_FAILED
    assert seen[31 - DELAY].pose.reason == WARMING_UP


def test_a_report_that_fails_costs_no_pose():
    seen = []

    def report(_fault):
        raise ZeroDivisionError

    Pipeline(Script(*range(9)), estimator({}), {"keep": seen.append}, Monitor(9), report).run(Stop())
    assert len(seen) == 9
