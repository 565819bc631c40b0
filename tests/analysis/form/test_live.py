"""Counting live, over hours and with people who stay where a repetition does not end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.exercising import USUAL, Exerciser
from support.form_sets import poses_of

from realtime.analysis.form.live import LiveForm
from realtime.analysis.form.options import AUTO
from realtime.analysis.form.repetitions import counter, online
from realtime.analysis.form.repetitions.cycles import CycleFinder
from realtime.analysis.form.result import BOTTOM, LOCKOUT

FPS = 15.0
SQUAT = replace(USUAL["squat"], rest_s=0.5)


def numbers(form, poses):
    return [counted.repetition.number for pose in poses for counted in form.push(pose)]


def held(pose, seconds):
    """The pose again and again."""
    steps = range(1, round(seconds * FPS) + 1)
    return [replace(pose, t_capture_ns=pose.t_capture_ns + round(1e9 * step / FPS)) for step in steps]


def test_a_repetition_is_told_once_also_when_there_were_more_than_are_remembered(monkeypatch):
    for module in (online, counter):
        monkeypatch.setattr(module, "REMEMBERED", 3)
    form = LiveForm("squat")
    assert numbers(form, poses_of(Exerciser("squat", (SQUAT,) * 8).motion(FPS))) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert form.state.count == 8


def test_counts_go_on_when_neither_repetitions_nor_partials_are_kept_any_more(monkeypatch):
    for module in (online, counter):
        monkeypatch.setattr(module, "REMEMBERED", 4)
    monkeypatch.setattr(counter, "_COUNTED", 6)
    shallow = replace(SQUAT, depth_m=0.39)
    form = LiveForm("squat")
    reps = (SQUAT, SQUAT, shallow) * 4
    assert numbers(form, poses_of(Exerciser("squat", reps).motion(FPS))) == [*range(1, 9)]
    assert (form.state.count, form.state.partials) == (8, 4)
    (squats,) = form._counting._counters.values()
    assert len(squats.counted) == 6


@pytest.mark.parametrize("exercise", ["squat", AUTO])
def test_a_recording_that_begins_again_is_counted_again(exercise):
    form, poses = LiveForm(exercise), poses_of(Exerciser("squat", (SQUAT,) * 3).motion(FPS))
    for _ in range(3):
        assert numbers(form, poses) == [1, 2, 3]
        assert form.state.count == 3


def test_who_stays_half_way_up_for_longer_than_poses_are_kept_and_goes_away_stops_nothing():
    squats = Exerciser("squat", (SQUAT,) * 2)
    half_up_s = squats.spans()[1].leaves_s + 0.54
    poses = [pose for pose in poses_of(squats.motion(FPS)) if pose.t_capture_ns < 1e9 * half_up_s]
    stays = held(poses[-1], 25.0)
    form = LiveForm("squat")
    assert numbers(form, [*poses, *stays]) == [1]
    assert form.miss(stays[-1].t_capture_ns / 1e9 + 2.0) == []


def test_who_sits_down_for_long_has_another_pose_to_begin_from():
    finder = CycleFinder(100.0)
    down = [(t / 10, min(100.0, 10.0 * t)) for t in range(11)]
    for t_s, degrees in down:
        finder.push(t_s, degrees)
    finder.push(1.5, 100.0)
    assert finder.phase == BOTTOM
    for step in range(1000):
        finder.push(2.0 + step / 10, 100.0)
    assert finder.phase == LOCKOUT
    assert len(finder._past) < 100  # of 1000
