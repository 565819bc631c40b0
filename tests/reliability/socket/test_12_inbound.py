"""Whatever is said to the socket, a reader that keeps up loses no pose, and the publisher neither time nor memory.

Nine kinds of strangers (benchmarks/inbound/words.py), many at a time, whom a seed decides; `python -m benchmarks
inbound` does it for longer.  Floods, which end the socket's process, are in tests/wire/test_relay.py.
"""

import random

import pytest
from support.publishers import LINUX

from benchmarks.inbound import attacked
from benchmarks.inbound.words import HANDSHAKE, KINDS

MOST_MB = 20


@LINUX
@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.timeout(300)
def test_strangers_lose_nobody_a_pose(figure, seconds):
    done = attacked(seconds, seed=seconds)
    figure(f"{seconds} s: {done}")
    assert done.lost == done.restarts == 0
    assert done.most_mb - done.before_mb < MOST_MB
    assert set(done.strangers) == set(KINDS)


def test_the_same_seed_says_the_same():
    said = [[KINDS[kind](random.Random(3)) for kind in KINDS] for _ in range(2)]
    assert said[0] == said[1]
    assert said[0][list(KINDS).index("subscriptions")].startswith(HANDSHAKE)
