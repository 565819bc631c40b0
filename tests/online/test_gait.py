"""The sink of --analyze gait: keypoints in, messages out, as they are sent."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from support.example_estimates import estimate
from support.live_walks import KnownWalk, joints_at
from support.poses import frame_at

from realtime.estimation.person import PersonChain
from realtime.online.gait import GaitSink
from realtime.pose import NO_PERSON, STALE_CAMERA
from realtime.wire.analyses.gait import Feet
from realtime.wire.message import decode, encode

STRIDE_S = 1.0


def walking(index, lifter, person=0):
    """The estimate of a frame in which somebody walks; its own joints are not looked at."""
    frame, seen = frame_at(index), lifter.seen(index, person)
    one = estimate(index)
    times = {"t_capture_ns": frame.t_capture_ns, "t_unix_ns": frame.t_unix_ns}
    pose = replace(one.pose, **times)
    return replace(one, frame=frame, pose=pose, keypoints=seen, lag_start_ns=time.monotonic_ns())


def absence(index, reason=NO_PERSON):
    frame = frame_at(index)
    one = estimate(index, reason)
    pose = replace(one.pose, t_capture_ns=frame.t_capture_ns, t_unix_ns=frame.t_unix_ns)
    return replace(one, pose=pose, frame=None if reason == STALE_CAMERA else frame)


@pytest.fixture(scope="module")
def lifter():
    return KnownWalk(np.array([joints_at(i / 30, STRIDE_S) for i in range(240)]))


@pytest.fixture
def sink_of(lifter):
    def sink():
        sent = []
        return GaitSink(PersonChain(lifter), lambda message: sent.append(decode(encode(message)))), sent

    return sink


@pytest.fixture
def walked(sink_of, lifter):
    """A sink after six seconds, and what it sent."""
    sink, sent = sink_of()
    for index in range(180):
        sink(walking(index, lifter))
    return sink, sent


def test_events_are_sent_once_each_with_both_clocks_and_their_delay(walked):
    _, sent = walked
    events = [event for message in sent for event in message.events]
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert {(event.side, event.kind) for event in events} == {
        (side, kind) for side in ("left", "right") for kind in ("contact", "toe-off")
    }
    for event in events:
        assert event.t_unix_ns - event.t_ns == 10**18  # as frame_at has them
        assert event.delay_ms == pytest.approx((event.t_known_ns - event.t_ns) / 1e6, abs=1e-3)
        assert event.delay_ms > 60
    lefts = [event.t_ns / 1e9 for event in events if (event.side, event.kind) == ("left", "contact")]
    assert np.diff(lefts) == pytest.approx(STRIDE_S, abs=0.03)


def test_a_message_comes_at_least_once_a_second_and_figures_when_there_are_steps(walked):
    sink, sent = walked
    stamps = np.array([message.t_capture_ns for message in sent]) / 1e9
    assert np.diff(stamps).max() < 1.1
    assert sent[0].steps_per_min is None
    assert sent[0].why == "too few poses yet"
    last = sent[-1]
    assert (last.kind, last.person, last.why) == ("walk", 0, "")
    assert last.steps_per_min == pytest.approx(120 / STRIDE_S, rel=0.02)
    assert last.strides_per_min == pytest.approx(last.steps_per_min / 2, abs=1e-3)
    assert last.flight_time_s is None
    assert last.double_support_time_s > 0
    assert isinstance(last.contact.left, bool)
    assert sink.status_words().long == f"gait {last.steps_per_min:.0f} steps/min"


@pytest.mark.parametrize(
    ("reason", "why"), [(NO_PERSON, "nobody is in view"), (STALE_CAMERA, "the camera has stopped")]
)
def test_nobody_there_is_told_at_once_and_after_a_second_all_begins_anew(walked, lifter, reason, why):
    sink, sent = walked
    sink(absence(180, reason))
    last = sent[-1]
    assert (last.kind, last.why, last.person, last.contact) == ("walk", why, None, Feet())
    assert last.steps_per_min == pytest.approx(120 / STRIDE_S, rel=0.02)
    for index in range(181, 212):
        sink(absence(index, reason))
    last = sent[-1]
    assert (last.kind, last.why, last.person, last.contact) == ("none", why, None, Feet())
    assert (last.steps, last.steps_per_min) == (0, None)
    assert sink.status_words().long == "gait none"
    sink(walking(212, lifter))
    assert sent[-1].why == "too few poses yet"


@pytest.mark.parametrize("missed", [1, 5])
def test_single_frames_without_anybody_cost_no_steps(sink_of, lifter, missed):
    (whole, whole_sent), (holed, sent) = sink_of(), sink_of()
    for index in range(240):
        whole(walking(index, lifter))
        holed(absence(index) if 180 <= index < 180 + missed else walking(index, lifter))
        if index >= 180 + missed + 3:
            assert holed.status_words() == whole.status_words()
    absent = [message for message in sent if message.person is None]
    assert [message.contact for message in absent] == [Feet()]
    told, whole_told = ([event.number for message in of for event in message.events] for of in (sent, whole_sent))
    assert told == whole_told
    assert sent[-1].contact != Feet()


@pytest.mark.parametrize("missed", [0, 1])
def test_another_person_begins_anew(walked, lifter, missed):
    sink, sent = walked
    for index in range(180, 180 + missed):
        sink(absence(index))
    sink(walking(180 + missed, lifter, person=1))
    assert (sent[-1].person, sent[-1].kind, sent[-1].contact) == (1, "none", Feet())


def test_numbers_of_events_go_on_after_somebody_was_away(walked, lifter):
    sink, sent = walked
    most = max(event.number for message in sent for event in message.events)
    sink(absence(180))
    for index in range(60, 240):
        later = walking(index, lifter)
        shift = {"t_capture_ns": later.pose.t_capture_ns + 10**10, "t_unix_ns": later.pose.t_unix_ns + 10**10}
        frame, keypoints = replace(later.frame, **shift), replace(later.keypoints, **shift)
        sink(replace(later, pose=replace(later.pose, **shift), frame=frame, keypoints=keypoints))
    numbers = [event.number for message in sent for event in message.events]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers[-1] > most + 4


def test_it_closes_twice_and_has_no_share_in_the_status(sink_of):
    sink, sent = sink_of()
    assert sink.status_fields() == {}
    sink.close()
    sink.close()
    assert sent == []
