"""Two sources at once do not mix: each reader gets the poses of its own, all of them in order.

The list wants topics of their own.  Here each run has a socket of its own, so that a reader of one need not know of
the other; who reads both on one connection tells them apart by `session` and `source`.  The same address twice is
refused (tests/wire/test_publisher.py).
"""

import contextlib

import numpy as np
import pytest
import zmq
from support.example_estimates import estimate
from support.publishers import publish_until, publishing, read_all

from realtime.wire.message import PoseMessage, decode
from realtime.wire.subscriber import PoseSubscriber

BATCH = 20  # at once, of the readers' 64


@pytest.mark.parametrize("poses", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_two_sources_at_once_do_not_mix(figure, poses):
    with contextlib.ExitStack() as held:
        left, right = (held.enter_context(publishing(source=name)) for name in ("left", "right"))
        readers = [held.enter_context(PoseSubscriber(one.address, newest=False)) for one in (left, right)]
        both = held.enter_context(zmq.Context.instance().socket(zmq.SUB))
        both.linger, both.rcvhwm = 0, 0
        both.subscribe("pose3d ")
        for one in (left, right):
            both.connect(one.address)
            publish_until(one, lambda one=one: one.subscribers == 2)
        for one, own in zip((left, right), readers, strict=True):
            read_all(one, own)
        before = left.seq, right.seq
        heard = {left.session: [], right.session: []}
        wrong = 0
        for _ in range(poses // 2 // BATCH):
            for one, own, value in ((left, readers[0], -1.0), (right, readers[1], 1.0)):
                begun = one.seq
                for _ in range(BATCH):
                    publish(one, value)
                wrong += sum(not is_of(pose, one, value) for pose in poses_up_to(one, own, begun))
            while both.poll(0):
                take(both.recv(), heard)
        while min(len(heard[one.session]) and heard[one.session][-1] - one.seq for one in (left, right)) < 0:
            assert both.poll(5000)
            take(both.recv(), heard)
        for one, own, first in zip((left, right), readers, before, strict=True):
            assert one.seq - first == poses // 2
            assert own.lost == own.restarts == 0
            numbers = heard[one.session]
            assert numbers == list(range(numbers[0], one.seq + 1))
            assert numbers[0] <= first + 1
        figure(f"{poses} poses of two sources: {wrong} at the wrong reader, 0 lost, also by who reads both")
        assert wrong == 0


def publish(publisher, value):
    publisher(estimate(publisher.seq, value=value))


def poses_up_to(publisher, poses, begun):
    """The poses after number `begun`, up to the newest that was published."""
    while begun < publisher.seq:
        publisher._process.update()
        pose = poses.poll(5)
        assert pose.seq == begun + 1
        begun = pose.seq
        yield pose


def is_of(pose, publisher, value):
    own = (pose.session, pose.source) == (publisher.session, publisher._source)
    return own and np.all(pose.joints == value)


def take(frame, heard):
    message = decode(frame)
    if isinstance(message, PoseMessage):
        heard[message.session].append(message.seq)
