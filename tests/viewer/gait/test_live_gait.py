"""The live viewer with and without gait messages on the socket."""

from __future__ import annotations

import numpy as np
import pytest
from support.example_analyses import gait_event, gait_message
from support.viewer_scenes import live_scene, message

POSE = message()


def gait(**changes):
    events = [
        gait_event(1, t_ns=POSE.t_capture_ns - 10**9),
        gait_event(2, side="right", t_ns=POSE.t_capture_ns - 5 * 10**8),
    ]
    return gait_message(*events, t_capture_ns=POSE.t_capture_ns, **changes)


def test_cadence_and_contacts_are_shown_where_they_are_published():
    with live_scene(gait(), POSE) as live:
        details = next(a for a in live.layers[0] if "fps" in a.get_text() or "steps" in a.get_text())
        assert "165 steps/min (both feet)   82.7 strides/min" in details.get_text()
        assert live.strip.get_visible()
        with_gait = live.screen.image()
    with live_scene(POSE) as live:
        assert not live.strip.get_visible()
        changed = np.nonzero((live.screen.image() != with_gait).any(-1))
    assert (changed[0] > 360).any()  # the strip at the bottom
    assert (changed[0] < 60).any()  # the words at the top


@pytest.mark.parametrize("reason", ["no_person", "stale_camera"])
def test_nobody_has_no_cadence(reason):
    with live_scene(gait(person=None, kind="none", why=reason), POSE) as live:
        assert not any("steps" in text.get_text() for text in live.layers[0])
