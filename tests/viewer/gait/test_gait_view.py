"""Gait messages as words, and as when feet were on the ground."""

from __future__ import annotations

import pytest
from support.example_analyses import gait_event, gait_message

from realtime.viewer.gait.gait_view import GaitView
from realtime.wire.analyses.gait import Feet

NOW_S = 100.0
NOW = {"t_capture_ns": round(NOW_S * 1e9)}


def event(side, kind, t_s, number=1):
    return gait_event(number, side=side, kind=kind, t_ns=round(t_s * 1e9), delay_ms=150.0)


def test_nothing_is_shown_where_no_gait_is_published():
    view = GaitView()
    view.receive(None, [])
    assert (view.words(NOW_S), view.footfalls(NOW_S)) == ("", None)


def test_cadence_is_of_both_feet_and_of_one_side_by_side():
    view = GaitView()
    view.receive(gait_message(**NOW), [])
    assert view.words(NOW_S) == "running   165 steps/min (both feet)   82.7 strides/min"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "standing", "why": "standing"}, "standing"),
        ({"kind": "none", "why": "turning"}, "no gait: turning"),
        ({"kind": "walk", "why": "too few steps"}, "walking: too few steps"),
        ({"kind": "skips", "why": ""}, "skips"),  # of a later version
        ({"person": None}, ""),  # the headline says so
    ],
)
def test_without_a_cadence_it_says_why(changes, words):
    view = GaitView()
    view.receive(gait_message(**{**NOW, "steps_per_min": None, "strides_per_min": None, **changes}), [])
    assert view.words(NOW_S) == words


def test_old_messages_are_not_shown():
    view = GaitView()
    view.receive(gait_message(**NOW), [])
    assert view.words(NOW_S + 2)
    assert (view.words(NOW_S + 3), view.footfalls(NOW_S + 3)) == ("", None)


def test_contacts_are_spans_before_now_as_far_as_is_known():
    view = GaitView()
    steps = [("left", "contact", 96.0), ("left", "toe-off", 97.5), ("left", "contact", 98.0), ("left", "toe-off", 98.6)]
    events = [event(*step) for step in [*steps, ("right", "contact", 99.0)]]
    for _ in range(30):  # the delay is averaged
        view.receive(gait_message(**NOW, contact=Feet(left=False, right=True)), events)
        events = [event("left", "toe-off", 98.6)]
    shown = view.footfalls(NOW_S)
    assert shown.contact == {"left": False, "right": True}
    assert shown.known_s == pytest.approx(-0.15, abs=1e-3)
    assert shown.spans["left"] == (pytest.approx((-3.0, -2.5)), pytest.approx((-2.0, -1.4)))
    assert shown.spans["right"] == (pytest.approx((-1.0, -0.15), abs=1e-3),)


def test_a_contact_does_not_last_beyond_a_new_beginning():
    view = GaitView()
    view.receive(gait_message(**NOW), [event("left", "contact", 99.0)])
    view.receive(gait_message(**NOW, contact=Feet()), [])
    assert view.footfalls(NOW_S).spans == {"left": (), "right": ()}
