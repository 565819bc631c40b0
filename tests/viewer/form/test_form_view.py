"""Form messages as what there is to read."""

from __future__ import annotations

import pytest
from support.example_analyses import form_fault, form_measure, form_message, form_repetition

from realtime.analysis.form.technique.measuring import DEPTH_CM
from realtime.viewer.form import form_view
from realtime.viewer.form.form_view import FormView

NOW_S = 100.0
NOW = {"t_capture_ns": round(NOW_S * 1e9)}


def board(*args, at_s=NOW_S, **changes):
    view = FormView()
    view.receive(form_message(*args, **{**NOW, **changes}))
    return view.board(at_s)


def lines(*measures, **changes):
    return board(form_repetition(3, *measures), **changes).lines


def test_nothing_is_shown_where_no_form_is_published_or_none_has_come_lately():
    assert FormView().board(NOW_S) is None
    assert board(at_s=NOW_S + 2) is not None
    assert board(at_s=NOW_S + 3) is None


def test_count_exercise_and_phase():
    shown = board(form_repetition(5, exercise="side-lunge"), exercise="side-lunge", phase="up")
    assert (shown.count, shown.exercise, shown.phase, shown.lines, shown.fault) == ("5", "side lunge", "up", (), "")


def test_what_does_not_fit_is_cut():
    shown = board(form_repetition(1000, exercise="x" * 300), exercise="x" * 300)
    assert (shown.count, shown.exercise) == ("999+", "x" * 20)


def test_deep_enough_is_what_it_is_in_the_analysis():
    assert form_view._DEEP_CM == DEPTH_CM


def test_before_the_first_repetition():
    assert board().count == "0"
    shown = board(exercise="none", why="too few poses yet", phase="")
    assert (shown.count, shown.exercise, shown.lines) == ("–", "", ("too few poses yet",))
    assert board(exercise="none", why="nobody is in view", phase="", person=None).lines == ()


def test_while_another_exercise_begins_the_count_is_that_of_the_set_that_was_done():
    shown = board(form_repetition(5), exercise="lunge")
    assert (shown.count, shown.exercise) == ("5", "squat")


def test_partials_and_the_newest_fault():
    faults = form_fault(1), form_fault(2, sentence="The knees come in. Nine of ten are at 90 %.")
    shown = board(None, *faults, partials=2)
    assert (shown.lines, shown.fault) == (("2 partials",), "The knees come in.")


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (-8.4, 5.0, ("8 ± 5 cm below knees", "deep enough")),
        (-8.0, 5.0, ("8 ± 5 cm below knees", "too close to call")),
        (2.0, 5.0, ("2 ± 5 cm above knees", "too close to call")),
        (2.1, 5.0, ("2 ± 5 cm above knees", "not deep enough")),
        (-0.4, 8.7, ("as high as knees ± 9 cm", "too close to call")),
        (0.3, None, ("as high as knees",)),
        (-9.0, None, ("9 cm below knees",)),
        (None, None, ()),
    ],
)
def test_depth_is_called_only_outside_its_error(value, error, words):
    assert lines(form_measure(value=value, error=error)) == words


@pytest.mark.parametrize("exercise", ["lunge", "side-lunge", "sit-to-stand"])
def test_the_rule_of_depth_is_that_of_the_squat_and_of_nothing_else(exercise):
    deep = form_repetition(3, form_measure(value=12.0, error=5.0), exercise=exercise)
    assert board(deep, exercise=exercise).lines == ("12 ± 5 cm above knees",)


def test_knees_tempo_and_velocity_loss():
    left, right = (form_measure("knee_flexion", side=side, value=v) for side, v in (("left", 117.2), ("right", 113.8)))
    tempo = [form_measure(key, value=v) for key, v in (("down_time", 1.24), ("pause_time", 0.2), ("up_time", 0.9))]
    loss = form_measure("velocity_loss", value=14.4)
    assert lines(left, right, *tempo, loss) == (
        "knees bent 117°, 114°",
        "tempo 1.2-0.2-0.9 s",
        "velocity loss 14 %",
    )
    assert lines(form_measure("knee_flexion", value=100.0), *tempo[:2]) == ("knee bent 100°",)
    assert board(form_repetition(1, loss)).lines == ()  # of the first repetition it says nothing
