"""A subscriber that stops costs the publisher neither time nor memory, and other readers no pose.

It is stopped for 20 s instead of 60: what waits for it is full within a second, after 3 s without an answer it is
dropped, and nothing is kept for it after that.
"""

import signal
import time

import numpy as np
import pytest
from support.example_estimates import estimate
from support.publishers import LINUX, connected, publish_until, publishing, python, read_all, resident_bytes

STOPPED_S, BEFORE_S = 20.0, 5.0
PERIOD_S = 0.005  # six times as fast as a camera
BATCH = 20  # at once, of the readers' 64
READING = """
import sys, zmq
reader = zmq.Context().socket(zmq.SUB)
reader.subscribe("")
reader.connect(sys.argv[1])
reader.recv()
print("here", flush=True)
while True:
    reader.recv()
"""
MB = 1 << 20


def publish_timed(publisher, poses, last_s):
    """How long each call took, ms; the poses are read meanwhile."""
    took_ms, end_s = [], time.monotonic() + last_s
    while time.monotonic() < end_s:
        one, start_s = estimate(publisher.seq), time.perf_counter()
        publisher(one)
        took_ms.append(1000 * (time.perf_counter() - start_s))
        poses.poll(0)
        time.sleep(PERIOD_S)
    return np.array(took_ms)


def publish_fast(publisher, poses, last_s):
    """As many poses as another reader can read, and the memory of this process and of the socket's at most, bytes."""
    most, end_s = np.zeros(2), time.monotonic() + last_s
    while time.monotonic() < end_s:
        for _ in range(BATCH):
            publisher(estimate(publisher.seq))
        read_all(publisher, poses)
        most = np.maximum(most, memory(publisher))
    return most


def memory(publisher):
    return resident_bytes(), resident_bytes(publisher._process._process.pid)


@LINUX
@pytest.mark.slow
def test_a_stopped_subscriber_costs_neither_time_nor_memory_nor_another_readers_poses(figure):
    with (
        publishing() as publisher,
        connected(publisher, newest=False) as (poses, _),
        python(READING, publisher.address) as reading,
    ):
        publish_until(publisher, lambda: publisher.subscribers == 2)
        reading.stdout.readline()
        while poses.poll(0.5):
            pass
        publish_fast(publisher, poses, 2)
        before_ms = publish_timed(publisher, poses, BEFORE_S)
        before = np.array(memory(publisher))
        reading.send_signal(signal.SIGSTOP)
        most = publish_fast(publisher, poses, 2.5)
        stopped_ms = publish_timed(publisher, poses, STOPPED_S - 2.5)
        grown_mb = (np.maximum(most, memory(publisher)) - before) / MB
        p99 = [np.percentile(ms, 99) for ms in (before_ms, stopped_ms)]
        figure(
            f"a call of the publisher: p99 {p99[0]:.2f} ms before, {p99[1]:.2f} ms while one was stopped; "
            f"memory {grown_mb[0]:+.1f} MB, of the socket's process {grown_mb[1]:+.1f} MB; {poses.lost} poses lost"
        )
        assert np.median(stopped_ms) < 2 * np.median(before_ms)
        assert max(grown_mb) < 2
        assert poses.lost == publisher.dropped == publisher.restarts == 0
