"""The sink of --analyze form: states of an analysis in, messages out, as they are sent."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from support.example_estimates import estimate, status_message
from support.poses import frame_at

from realtime.analysis.form.live import Counted, LiveForm, LiveState
from realtime.analysis.form.result import PHASES, Fault, Measure, Repetition
from realtime.estimation.camera_level import CameraLevel
from realtime.online.form import FormSink
from realtime.online.form_level import FormLevel
from realtime.pose import NO_PERSON, OK, STALE_CAMERA
from realtime.settings import settings_from
from realtime.wire.analyses import form as wire
from realtime.wire.message import decode, encode

DOWN, BOTTOM, UP, LOCKOUT = PHASES
SHALLOW = Fault("shallow", "Not deep enough.", 1.8, "depth")


class Told(LiveForm):
    """An analysis that says what it is told to."""

    resets = pushed = 0

    def __init__(self):
        super().__init__("squat")
        self.state, self.counted, self.missed = LiveState(), [], []
        self.resets, self.is_compared = 0, True

    def reset(self):
        self.resets += 1

    def begin_set(self):
        self.is_compared = False  # with the repetitions before

    def say(self, *counted, **state):
        self.counted = list(counted)
        self.state = replace(self.state, **{"exercise": "squat", "why": "", **state})

    def push(self, _pose):
        self.pushed += 1
        return self.take()

    def take(self):
        counted, self.counted = self.counted, []
        return counted

    def miss(self, t_s):
        self.missed.append(t_s)
        return self.take()


class Run:
    """A sink, its analysis, and what it sent; a frame is 1/30 s."""

    def __init__(self, **options):
        self.form, self.sent = Told(), []
        level = FormLevel(settings_from(), CameraLevel(0.0))
        self.sink = FormSink(self.form, level, self._keep, **options)
        self.index = -1

    def _keep(self, message):
        self.sent.append(decode(encode(message)))

    def frame(self, *counted, reason=OK, person=0, frames=1, **state):
        """Frames, with what the analysis says of the first and after it; the messages that came."""
        before = len(self.sent)
        self.index += frames
        frame = frame_at(self.index)
        one = estimate(self.index, reason)
        times = {"t_capture_ns": frame.t_capture_ns, "t_unix_ns": frame.t_unix_ns}
        keypoints = replace(one.keypoints, person=person) if one.keypoints else None
        self.form.say(*counted, **state)
        self.sink(replace(one, pose=replace(one.pose, **times), keypoints=keypoints, frame=frame))
        return self.sent[before:]

    @property
    def t_s(self):
        return 1 + self.index / 30


@pytest.fixture
def run():
    return Run()


def squat(end_s, *faults, measures=()):
    return Counted(Repetition(1, end_s - 2, end_s - 1, end_s), tuple(measures), tuple(faults))


def test_words_of_the_wire_are_those_of_the_analysis():
    assert wire.PHASES == PHASES
    of_both = [(wire.FormMeasure, Measure), (wire.FormRepetition, Repetition), (wire.FormFault, Fault)]
    lacking = [
        {field.name for field in fields(ours)} - {field.name for field in fields(sent)} for sent, ours in of_both
    ]
    measured = {"label", "at_s", "definition", "source", "low"}  # the page's; `low` is in `why`
    assert lacking == [measured, {"start_s", "bottom_s", "end_s"}, {"at_s", "measure"}]  # times are stamps
    assert {"start_ns", "bottom_ns", "end_ns"} <= {field.name for field in fields(wire.FormRepetition)}


def test_a_message_comes_with_every_change_of_phase_and_once_a_second(run):
    told = [message.phase for phase in ("", LOCKOUT, LOCKOUT, *PHASES) for message in run.frame(phase=phase)]
    assert told == ["", *(LOCKOUT, DOWN, BOTTOM, UP, LOCKOUT)]
    for _ in range(90):
        run.frame()
    stamps = np.diff([message.t_capture_ns / 1e9 for message in run.sent[-4:]])
    assert stamps == pytest.approx([1.0] * 3, abs=0.05)


def test_a_repetition_is_published_with_its_stamps_and_measures_and_repeated(run):
    depth = Measure("depth", "Depth", "cm", -4.2, 1.5)
    lean = Measure("trunk_lean", "Lean", "deg", None, why="seen from behind")
    run.frame(phase=UP, frames=90)
    sent = run.frame(squat(3.9, measures=(depth, lean)), phase=LOCKOUT)
    assert [message.count for message in sent] == [1]
    one = sent[0].repetition
    assert (one.number, one.in_set, sent[0].set_number) == (1, 1, 1)
    assert (one.start_ns, one.bottom_ns, one.end_ns) == (1_900_000_000, 2_900_000_000, 3_900_000_000)
    assert one.end_unix_ns == one.end_ns + 10**18
    assert one.delay_ms == pytest.approx(1e3 * (run.t_s - 3.9), abs=50)
    assert one.t_known_ns - one.end_ns == pytest.approx(one.delay_ms * 1e6, abs=1e3)
    assert one.measure("depth") == wire.FormMeasure("depth", "", "cm", -4.2, 1.5, False, "")
    assert one.measure("trunk_lean") == wire.FormMeasure("trunk_lean", "", "deg", None, None, False, "seen from behind")
    assert run.frame(phase=DOWN)[0].repetition == one


def test_several_repetitions_at_once_come_in_a_message_each(run):
    sent = run.frame(squat(0.2), squat(0.8), phase=LOCKOUT)
    assert [(m.count, m.repetition.number) for m in sent[:2]] == [(1, 1), (2, 2)]


def test_faults_are_told_once_as_they_happen_and_stay_until_the_next_repetition_begins(run):
    run.frame(phase=DOWN)
    sent = run.frame(phase=BOTTOM, faults=(SHALLOW,))
    assert [(f.number, f.in_set, f.sentence) for f in sent[0].faults] == [(1, 1, "Not deep enough.")]
    assert run.frame(phase=BOTTOM, faults=(SHALLOW,)) == []
    knees = Fault("knees-in", "The knees come in.", 1.9, "knee_separation")
    sent = run.frame(squat(run.t_s, SHALLOW, knees), phase=LOCKOUT, faults=())
    assert [f.number for f in sent[0].faults] == [1, 2]
    assert [f.number for f in run.frame(phase=LOCKOUT, frames=40)[0].faults] == [1, 2]
    assert run.frame(phase=DOWN)[0].faults == ()
    sent = run.frame(phase=BOTTOM, faults=(SHALLOW,))
    assert [(f.number, f.in_set) for f in sent[0].faults] == [(3, 2)]


def test_a_new_set_begins_with_the_repetition_after_a_long_rest(run):
    run.frame(squat(0.9), phase=LOCKOUT)
    run.form.is_compared = True
    run.frame(phase=LOCKOUT, frames=30 * 19)
    assert run.form.is_compared
    rested = run.frame(phase=LOCKOUT, frames=30 * 20)
    assert not run.form.is_compared
    assert (rested[0].set_number, rested[0].count) == (1, 1)
    run.frame(phase=UP)
    sent = run.frame(squat(run.t_s), phase=LOCKOUT)
    assert (sent[0].set_number, sent[0].count, sent[0].repetition.number) == (2, 1, 2)
    assert [(one.exercise, one.count) for one in run.sink.sets.done] == [("squat", 1), ("squat", 1)]


def test_partials_are_counted_apart(run):
    run.frame(squat(0.9), phase=LOCKOUT)
    sent = run.frame(phase=LOCKOUT, partials=1)
    assert [(m.count, m.partials) for m in sent] == [(1, 1)]
    sent = run.frame(phase=LOCKOUT, partials=3, exercise="lunge")  # as what went before is now seen
    assert [(m.count, m.partials) for m in sent] == [(1, 1)]


@pytest.mark.parametrize(
    ("reason", "why"), [(NO_PERSON, "nobody is in view"), (STALE_CAMERA, "the camera has stopped")]
)
def test_the_last_repetition_counts_when_nobody_is_there_any_more(run, reason, why):
    run.frame(phase=UP, frames=30)
    sent = run.frame(squat(run.t_s), reason=reason, phase="")
    assert (sent[0].count, sent[0].why, sent[0].person) == (1, why, None)
    assert len(run.form.missed) == 1
    for _ in range(40):
        run.frame(reason=reason, phase="")
    assert run.sent[-1].count == 1


def test_the_last_repetition_counts_when_the_recording_ends(run):
    run.frame(phase=UP, frames=30)
    run.sink.report(status_message(state="streaming"))
    assert run.form.missed == []
    run.form.say(squat(run.t_s), phase="")
    for _ in range(2):
        run.sink.report(status_message(state="ended"))
    assert [message.count for message in run.sent[-2:]] == [0, 1]
    assert run.form.missed == [pytest.approx(run.t_s + 1)]


def test_the_last_repetition_counts_when_another_person_is_followed(run):
    run.frame(phase=UP, frames=30)
    last_s = run.t_s
    sent = run.frame(squat(last_s), person=1, phase="")
    assert [(message.person, message.count) for message in sent] == [(0, 1), (1, 1)]
    assert run.form.missed == [pytest.approx(last_s + 1)]
    assert run.form.resets == 1


def test_the_last_repetition_counts_when_another_recording_begins(run):
    run.frame(phase=UP, frames=60)
    sent = run.frame(squat(run.t_s), frames=-30, phase=LOCKOUT)
    assert [message.count for message in sent] == [1, 1]
    assert run.form.resets == 1


def test_time_that_stands_still_or_goes_back_is_no_time_of_the_analysis(run):
    run.frame(phase=LOCKOUT, frames=60)
    pushed = run.form.pushed
    run.frame(frames=0)
    assert (run.form.pushed, run.form.resets) == (pushed, 0)
    run.frame(frames=-30)
    assert (run.form.pushed, run.form.resets) == (pushed + 1, 1)


def test_with_few_frames_no_exercise_is_recognised_and_of_one_that_is_told_repetitions_may_be_missed():
    told, recognised = Run(), Run(recognises=True)
    for _ in range(20):
        told.frame(frames=4, phase=LOCKOUT)
        recognised.frame(frames=4, phase="")
    assert told.form.pushed == 20
    assert recognised.form.pushed <= 1
    assert told.sent[-1].why == "only 8 frames a second: repetitions may be missed"
    assert recognised.sent[-1].why.startswith("only 8 frames a second: name the exercise with --exercise, or")
    for _ in range(90):
        recognised.frame(phase=LOCKOUT)
    assert recognised.form.pushed > 60
    assert recognised.sent[-1].why == ""


def test_another_person_begins_the_analysis_anew_and_within_the_rest_goes_on_with_the_set(run):
    run.frame(phase=LOCKOUT)
    run.frame(squat(0.9), phase=LOCKOUT, partials=1)
    assert run.form.resets == 0
    sent = run.frame(person=1, phase=LOCKOUT, partials=0)
    assert run.form.resets == 1
    assert (sent[0].person, sent[0].count, sent[0].partials) == (1, 1, 1)
    sent = run.frame(squat(run.t_s), person=1, phase=LOCKOUT, partials=1)
    assert (sent[-1].count, sent[-1].partials) == (2, 2)


def test_the_status_line_names_the_exercise_and_the_count(run):
    assert run.sink.status_words().long == "form none"
    run.frame(squat(0.9), phase=LOCKOUT)
    assert run.sink.status_words() == ("form squat 1", "squat 1", 0)
    run.frame(exercise="none", phase="")
    assert run.sink.status_words().long == "form squat 1"


def test_long_and_wild_words_are_cut_to_what_can_be_sent(run):
    wild = Fault("wild", "x\n\x1b" * 400, 1.0, "depth")
    sent = run.frame(phase=BOTTOM, faults=(wild,))
    assert len(sent[0].faults[0].sentence) == 300


def test_the_camera_s_tilt_is_handed_on(run):
    run.frame(phase=LOCKOUT)
    assert run.form.camera.how == "unknown"


def test_it_closes_twice_and_has_no_share_in_the_status(run):
    assert run.sink.status_fields() == {}
    run.sink.close()
    run.sink.close()
    assert run.sent == []
