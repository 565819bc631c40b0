"""Subscribers that join and leave, in order or by being cut off, cost another reader no pose.

For 20 s instead of 60, but twenty times as often as once a second; and now and then many poses come at once, as
after a stall of the camera or of the machine.
"""

import random
import time

import pytest
import zmq
from support.example_estimates import estimate
from support.publishers import connected, publish_until, publishing, read_all
from support.strangers import Stranger

from realtime.wire.relay import FIFO
from realtime.wire.subscriber import PoseSubscriber

LASTS_S, READERS, PERIOD_S = 20.0, 50, 0.01
AT_ONCE = FIFO // 2


class Bare:
    """A subscriber by the library alone, to some topics."""

    def __init__(self, address, dice):
        self._socket = zmq.Context.instance().socket(zmq.SUB)
        for topic in dice.sample(["", "pose3d ", "status ", "p", "preview ", "nothing"], 2):
            self._socket.subscribe(topic)
        self._socket.connect(address)

    def close(self):
        self._socket.close(linger=0)


def joined(address, dice):
    kind = dice.randrange(3)
    if kind == 0:
        return PoseSubscriber(address, newest=dice.random() < 0.5, preview=dice.random() < 0.3)
    if kind == 1:
        return Bare(address, dice)
    stranger = Stranger(address)
    stranger.say(b"\x01pose3d ")
    return stranger


@pytest.mark.slow
def test_readers_that_come_and_go_cost_another_reader_nothing(figure):
    with publishing() as publisher, connected(publisher, newest=False) as (reference, first):
        dice, readers, joins = random.Random(1), [], 0
        end_s = time.monotonic() + LASTS_S
        while time.monotonic() < end_s:
            if len(readers) < READERS and dice.random() < 0.55:
                readers.append(joined(publisher.address, dice))
                joins += 1
            elif readers:
                readers.pop(dice.randrange(len(readers))).close()
            for _ in range(AT_ONCE if dice.random() < 0.02 else 1):
                publisher(estimate(publisher.seq))
            read_all(publisher, reference)
            time.sleep(PERIOD_S)
        poses = publisher.seq - first.seq
        figure(f"{joins} joined and left, at most {READERS} at a time: {reference.lost} of {poses} poses lost")
        assert joins > READERS
        assert reference.lost == publisher.dropped == publisher.restarts == 0
        for reader in readers:
            reader.close()
        publish_until(publisher, lambda: publisher.subscribers == 1)
