"""The live viewer with and without form messages on the socket."""

from __future__ import annotations

import numpy as np
import pytest
from support.example_analyses import form_fault, form_message, form_repetition
from support.viewer_scenes import live_scene, message, nobody

POSE = message()


def form(**changes):
    return form_message(form_repetition(5), form_fault(), t_capture_ns=POSE.t_capture_ns, phase="up", **changes)


def texts(live):
    return [text.get_text() for text in live.counter.artists if text.get_visible()]


def test_the_count_is_shown_where_it_is_published():
    with live_scene(form(), POSE) as live:
        assert texts(live) == ["5", "squat", "up", "Not deep\nenough."]
        with_form = live.screen.image()
    with live_scene(POSE) as live:
        assert texts(live) == []
        changed = np.nonzero((live.screen.image() != with_form).any(-1))
    assert changed[0].min() < 80
    assert changed[1].min() < 40


@pytest.mark.parametrize("reason", ["no_person", "stale_camera"])
def test_the_count_stays_while_nobody_is_there(reason):
    with live_scene(form(person=None), nobody(reason, t_capture_ns=POSE.t_capture_ns)) as live:
        assert texts(live)[0] == "5"
