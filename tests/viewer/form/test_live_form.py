"""The live viewer with and without form messages on the socket."""

from __future__ import annotations

import contextlib
import time

import numpy as np
import pytest
import zmq
from support.example_analyses import form_fault, form_message, form_repetition
from support.viewer_scenes import message, nobody, wait_for

from realtime.viewer.app import Options
from realtime.viewer.blit import Blitter
from realtime.viewer.screen import open_offscreen
from realtime.wire.message import encode
from realtime.wire.subscriber import PoseSubscriber

POSE = message()


@contextlib.contextmanager
def shown(*analyses, pose=POSE):
    """A live scene that has received these messages and a pose."""
    socket = zmq.Context.instance().socket(zmq.XPUB)
    socket.linger = 0
    socket.bind("tcp://127.0.0.1:*")
    options = Options(connect=socket.last_endpoint.decode(), size=(400, 400), inset=False)
    with socket, PoseSubscriber(options.connect) as subscriber:
        assert socket.poll(5000)
        socket.recv()  # its subscription
        live = options.live(subscriber, open_offscreen(options.size))
        for one in (*analyses, pose):
            socket.send(encode(one))
        live.receive(wait_for(lambda: subscriber.poll(0.1)), time.monotonic())
        live.show(time.monotonic())
        Blitter(live.screen.canvas, *live.layers).update()
        yield live


def form(**changes):
    return form_message(form_repetition(5), form_fault(), t_capture_ns=POSE.t_capture_ns, phase="up", **changes)


def texts(live):
    return [text.get_text() for text in live.counter.artists if text.get_visible()]


def test_the_count_is_shown_where_it_is_published():
    with shown(form()) as live:
        assert texts(live) == ["5", "squat", "up", "Not deep\nenough."]
        with_form = live.screen.image()
    with shown() as live:
        assert texts(live) == []
        changed = np.nonzero((live.screen.image() != with_form).any(-1))
    assert changed[0].min() < 80
    assert changed[1].min() < 40


@pytest.mark.parametrize("reason", ["no_person", "stale_camera"])
def test_the_count_stays_while_nobody_is_there(reason):
    with shown(form(person=None), pose=nobody(reason, t_capture_ns=POSE.t_capture_ns)) as live:
        assert texts(live)[0] == "5"
