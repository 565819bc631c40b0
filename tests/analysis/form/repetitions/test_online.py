"""Live counting: the same repetitions as in a recording, known at lock-out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.demo_clip import demo_joints
from support.exercising import USUAL, Exerciser
from support.form_sets import poses_of
from support.gait_walkers import Walker, stander

from realtime.analysis.body import body_of
from realtime.analysis.form.options import AUTO
from realtime.analysis.form.repetitions.offline import find_repetitions
from realtime.analysis.form.repetitions.online import LiveCounting
from realtime.analysis.form.result import NO_EXERCISE

EXERCISES = "squat", "lunge", "side-lunge", "sit-to-stand", "deadlift", "bench-press", "push-up"


def followed(motion, exercise):
    """What is known at last, and the repetitions with the times at which they were told."""
    counting, told = LiveCounting(exercise), []
    for pose in poses_of(motion):
        told += [(repetition, pose.t_capture_ns / 1e9) for repetition in counting.push(pose)]
    return counting, told


@pytest.mark.parametrize("exercise", EXERCISES)
def test_live_is_as_a_recording_and_known_at_lockout(exercise):
    exerciser = Exerciser(exercise, (USUAL[exercise],) * 3)
    motion = exerciser.motion(noise_m=0.002)
    counting, told = followed(motion, exercise)
    body = body_of(motion)
    assert body is not None
    recorded = find_repetitions(body, exercise).repetitions
    assert [one.number for one, _ in told] == [1, 2, 3]
    assert counting.now.count == len(recorded) == 3
    for (live, told_s), one, span in zip(told, recorded, exerciser.spans(), strict=True):
        assert live.start_s == pytest.approx(one.start_s, abs=0.2)
        assert live.end_s == pytest.approx(one.end_s, abs=0.2)
        assert live.side == one.side
        assert told_s <= span.end_s + 0.5


def test_the_exercise_is_recognised_with_its_first_repetition():
    exerciser = Exerciser("squat", (USUAL["squat"],) * 3)
    counting, told = followed(exerciser.motion(noise_m=0.002), AUTO)
    assert counting.now.exercise == "squat"
    assert [one.number for one, _ in told] == [1, 2, 3]
    assert told[0][1] <= exerciser.spans()[0].end_s + 0.5


def test_the_last_one_counts_when_the_person_vanishes_on_the_way_up():
    exerciser = Exerciser("squat", (replace(USUAL["squat"], up_s=1.0),) * 2)
    poses = poses_of(exerciser.motion())
    gone_s = exerciser.spans()[-1].end_s - 0.25
    counting, told = LiveCounting("squat"), []
    for pose in poses:
        if pose.t_capture_ns / 1e9 < gone_s:
            told += counting.push(pose)
    assert len(told) == 1
    assert counting.miss(gone_s + 0.3) == []
    assert [one.number for one in counting.miss(gone_s + 0.7)] == [2]
    assert counting.now.phase == ""
    assert counting.now.effort is None


def test_the_squats_of_the_demo_are_told_as_they_are_done():
    counting, told = followed(demo_joints(), AUTO)
    assert counting.now.exercise == "squat"
    assert [one.number for one, _ in told] == [1, 2]
    assert all(told_s - one.end_s < 0.5 for one, told_s in told)


@pytest.mark.parametrize("motion", [Walker().motion(), stander(6.0)], ids=["walks", "stands"])
def test_no_ghosts(motion):
    counting, told = followed(motion, AUTO)
    assert not told
    assert counting.now.exercise == NO_EXERCISE


def test_another_exercise_begins_another_count():
    squats, presses = (Exerciser(name, (USUAL[name],) * 4) for name in ("squat", "deadlift"))
    counting, told = LiveCounting(AUTO), []
    for exerciser, start_s in ((squats, 0.0), (presses, squats.seconds + 0.1)):
        for pose in poses_of(exerciser.motion()):
            later = replace(pose, t_capture_ns=pose.t_capture_ns + round(start_s * 1e9))
            told += counting.push(later)
    assert counting.now.exercise == "deadlift"
    assert counting.now.count <= 4
