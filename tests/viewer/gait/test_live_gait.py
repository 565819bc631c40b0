"""The live viewer with and without gait messages on the socket."""

from __future__ import annotations

import contextlib
import time

import numpy as np
import pytest
import zmq
from support.example_analyses import gait_event, gait_message
from support.viewer_scenes import message, wait_for

from realtime.viewer.app import Options
from realtime.viewer.blit import Blitter
from realtime.viewer.screen import open_offscreen
from realtime.wire.message import encode
from realtime.wire.subscriber import PoseSubscriber

POSE = message()


@contextlib.contextmanager
def shown(*analyses):
    """A live scene that has received a pose and these messages."""
    socket = zmq.Context.instance().socket(zmq.XPUB)
    socket.linger = 0
    socket.bind("tcp://127.0.0.1:*")
    options = Options(connect=socket.last_endpoint.decode(), size=(400, 400), inset=False)
    with socket, PoseSubscriber(options.connect) as subscriber:
        assert socket.poll(5000)
        socket.recv()  # its subscription
        live = options.live(subscriber, open_offscreen(options.size))
        for one in (*analyses, POSE):
            socket.send(encode(one))
        live.receive(wait_for(lambda: subscriber.poll(0.1)), time.monotonic())
        live.show(time.monotonic())
        Blitter(live.screen.canvas, *live.layers).update()
        yield live


def gait(**changes):
    events = [
        gait_event(1, t_ns=POSE.t_capture_ns - 10**9),
        gait_event(2, side="right", t_ns=POSE.t_capture_ns - 5 * 10**8),
    ]
    return gait_message(*events, t_capture_ns=POSE.t_capture_ns, **changes)


def test_cadence_and_contacts_are_shown_where_they_are_published():
    with shown(gait()) as live:
        details = next(a for a in live.layers[0] if "fps" in a.get_text() or "steps" in a.get_text())
        assert "165 steps/min (both feet)   82.7 strides/min" in details.get_text()
        assert live.strip.get_visible()
        with_gait = live.screen.image()
    with shown() as live:
        assert not live.strip.get_visible()
        changed = np.nonzero((live.screen.image() != with_gait).any(-1))
    assert (changed[0] > 360).any()  # the strip at the bottom
    assert (changed[0] < 60).any()  # the words at the top


@pytest.mark.parametrize("reason", ["no_person", "stale_camera"])
def test_nobody_has_no_cadence(reason):
    with shown(gait(person=None, kind="none", why=reason)) as live:
        assert not any("steps" in text.get_text() for text in live.layers[0])
