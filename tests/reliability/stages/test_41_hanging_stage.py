"""A stage that hangs in native code is told on `status` within 2 s, and no pose is valid meanwhile."""

from __future__ import annotations

import ctypes
import time

import pytest
from support.estimators import DELAY, small_lifter
from support.networks import small_network
from support.watched_runs import Camera, Standing, run_here

from realtime.errors import SinkError
from realtime.estimation.person import PersonChain
from realtime.lifting.streaming import StreamingLifter
from realtime.online import session
from realtime.online.angles import LiveAngles
from realtime.pose import STAGE_STALLED, STALE_CAMERA

HANG_S = 4.0
BEFORE = 20  # frames


class Hang:
    """Calls `work`, and once, after so many calls, sleeps in C before it."""

    def __init__(self, work, after=BEFORE, hang_s=HANG_S):
        self.work, self.left, self.hang_s = work, after, hang_s
        self.began_s = self.ended_s = 0.0

    def __call__(self, *args):
        self.left -= 1
        if self.left == 0:
            self.began_s = time.monotonic()
            ctypes.CDLL(None).poll(None, 0, round(self.hang_s * 1e3))
            self.ended_s = time.monotonic()
        return self.work(*args)


def as_method(work):
    """A function, to which Python gives the object as well."""
    return lambda *args: work(*args)  # noqa: PLW0108


def hanging(stage, monkeypatch, camera, detector, lift):
    """The Hang in a stage, which is put there."""
    if stage == "source":
        camera.read = hang = Hang(camera.read)
    elif stage == "sink":
        hang = Hang(LiveAngles.__call__)
        monkeypatch.setattr(LiveAngles, "__call__", as_method(hang))
    else:
        of = detector if stage == "detector" else lift
        kind = type(of)
        hang = Hang(kind.__call__)
        monkeypatch.setattr(kind, "__call__", as_method(hang))
    return hang


TITLES = {"source": "the source", "detector": "the detector", "lifter": "the lifter", "sink": "the sink angles"}


@pytest.mark.parametrize(
    "stage", ["detector", *(pytest.param(stage, marks=pytest.mark.slow) for stage in ("source", "lifter", "sink"))]
)
def test_a_stage_that_hangs_is_told_within_2_s(stage, monkeypatch, tmp_path, figure):
    camera, detector, lift = Camera(BEFORE + 30), Standing(), small_lifter()
    hang = hanging(stage, monkeypatch, camera, detector, lift)
    heard = run_here(monkeypatch, tmp_path, camera, detector=detector, lift=lift, analyze=("angles",))
    told = [one for one in heard.status if one["fault"].startswith(f"{TITLES[stage]} has not answered for ")]
    told_s = told[0]["at_s"] - hang.began_s
    figure(f"{stage}: told {told_s:.1f} s after it began to hang, {len(told)} times in {HANG_S:g} s")
    assert told_s < 2 + 1  # and one for a machine with something else to do
    assert len(told) >= 3  # status goes on
    reason = STALE_CAMERA if stage == "source" else STAGE_STALLED
    assert {(one["valid"], one["person"], one["reason"]) for one in told} == {(False, False, reason)}
    (pose,) = [one for one in heard.poses if hang.began_s + 0.5 < one["at_s"] < hang.ended_s]
    assert (pose["valid"], pose["joints"], pose["reason"]) == (False, [], reason)
    after = [one for one in heard.poses if one["at_s"] > hang.ended_s]
    ages_s = [(one["t_publish_ns"] - one["t_capture_ns"]) / 1e9 for one in after if one["valid"]]
    assert len(ages_s) > 20  # it goes on
    if stage in ("detector", "lifter"):
        assert max(ages_s) < 1  # with poses of now


def test_what_waited_for_frames_to_come_is_too_late_after_a_hang(monkeypatch, tmp_path):
    camera, detector = Camera(BEFORE + 20), Standing()
    hang = hanging("detector", monkeypatch, camera, detector, None)
    chain = PersonChain(StreamingLifter(small_network(delay=DELAY)))
    heard = run_here(monkeypatch, tmp_path, camera, detector=detector, chain=chain)
    after = [one for one in heard.poses if one["at_s"] > hang.ended_s]
    waited = [one for one in after if one["reason"] == STAGE_STALLED]
    assert len(waited) == DELAY + 1  # with the frame that it hung on
    assert max((one["t_publish_ns"] - one["t_capture_ns"]) / 1e9 for one in after if one["valid"]) < 1


def test_what_a_sink_raises_on_being_told_ends_the_run_when_its_threads_have_ended(monkeypatch, tmp_path):
    camera, detector = Camera(BEFORE + 30), Standing()
    hanging("detector", monkeypatch, camera, detector, None)

    def sink(self, result):
        if result.pose.reason == STAGE_STALLED:
            raise SinkError("cannot be told")

    monkeypatch.setattr(LiveAngles, "__call__", sink)
    left = []
    monkeypatch.setattr(session, "leave_with", lambda fault: left.append(fault) or (_ for _ in ()).throw(SystemExit(2)))
    with pytest.raises(SystemExit):  # the detector still hangs
        run_here(monkeypatch, tmp_path, camera, detector=detector, analyze=("angles",))
    assert [str(fault) for fault in left] == ["cannot be told"]


@pytest.mark.slow
def test_the_first_answer_may_take_its_time_and_counts(monkeypatch, tmp_path):
    camera, detector = Camera(5), Standing()
    hang = Hang(Standing.__call__, after=1, hang_s=1.6)
    monkeypatch.setattr(Standing, "__call__", as_method(hang))
    heard = run_here(monkeypatch, tmp_path, camera, detector=detector)
    assert [one["valid"] for one in heard.poses if one["frame"] == 0][-1]


@pytest.mark.slow
def test_a_detector_that_is_always_slow_does_not_hang(monkeypatch, tmp_path, figure):
    camera = Camera(4)
    monkeypatch.setattr(Standing, "__call__", slowly(Standing.__call__, 1.1))
    heard = run_here(monkeypatch, tmp_path, camera)
    figure(f"of a detector that needs 1.1 s: {sum(pose['valid'] for pose in heard.poses)} valid poses of 4 frames")
    assert {pose["frame"] for pose in heard.poses if pose["valid"]} == {0, 1, 2, 3}
    assert not [one["fault"] for one in heard.status[3:] if "has not answered" in one["fault"]]


def slowly(work, took_s):
    def slow(*args):
        time.sleep(took_s)
        return work(*args)

    return slow


def test_a_recording_waits_and_loses_nothing(monkeypatch, tmp_path):
    """What is late in a live run is of the past; in a film it is not."""
    camera, detector = Camera(30, live=False), Standing()
    hang = Hang(Standing.__call__, after=10, hang_s=1.5)
    monkeypatch.setattr(Standing, "__call__", as_method(hang))
    heard = run_here(monkeypatch, tmp_path, camera, detector=detector)
    valid = {pose["frame"] for pose in heard.poses if pose["valid"]}
    assert {9, 10, 29} <= valid
