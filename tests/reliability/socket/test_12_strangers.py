"""Random bytes, other protocols and connections that never say a word lose no message of a reader that keeps up.

Connections of which one end has vanished without a word, as by a pulled cable, are played by such that never speak:
to the program they are the same.  What else can be said to the socket: test_12_inbound.py.
"""

import contextlib
import random
import socket
import time
from pathlib import Path

import pytest
from support.example_estimates import estimate
from support.publishers import (
    LINUX,
    connected,
    host_and_port,
    publish_until,
    publishing,
    read_all,
    relay,
    resident_bytes,
)
from support.strangers import GREETING, READY

SAID = {
    "100 kB of random bytes": random.Random(1).randbytes(100_000),
    "HTTP": b"GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a browser\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + random.Random(2).randbytes(200),
    "the greeting alone": GREETING,
    "half a greeting": GREETING[:20],
    "a frame of 2^62 bytes": GREETING + READY + b"\x02" + (1 << 62).to_bytes(8, "big"),
}
HALF_OPEN = 100
LONG_FRAME = 60 << 20


def say(address, words):
    with socket.create_connection(host_and_port(address), timeout=20) as stranger, contextlib.suppress(OSError):
        stranger.sendall(words)
        stranger.settimeout(0.05)
        stranger.recv(100)


@pytest.mark.parametrize("name", SAID)
def test_a_stranger_loses_nobody_a_message(figure, name):
    with publishing() as publisher, connected(publisher, newest=False) as (poses, first):
        for _ in range(20):
            say(publisher.address, SAID[name])
            for _ in range(5):
                publisher(estimate(publisher.seq))
            last = read_all(publisher, poses)
        figure(f"{name}, 20 times: {poses.lost} of {last.seq - first.seq} poses lost, {publisher.restarts} restarts")
        assert poses.lost == publisher.dropped == publisher.restarts == 0


def descriptors(publisher):
    return len(list(Path(f"/proc/{publisher._process._process.pid}/fd").iterdir()))


@LINUX
@pytest.mark.slow
def test_connections_that_never_speak_are_closed_and_lose_nobody_a_message(figure):
    with (
        contextlib.ExitStack() as held,
        publishing() as publisher,
        connected(publisher, newest=False) as (poses, first),
    ):
        before, start_s = descriptors(publisher), time.monotonic()
        where = host_and_port(publisher.address)
        silent = [held.enter_context(socket.create_connection(where)) for _ in range(HALF_OPEN)]
        for stranger in silent[::2]:
            stranger.sendall(GREETING[:11])
        publish_until(publisher, lambda: descriptors(publisher) >= before + HALF_OPEN)
        # 5 s after the last word; while they are there, readers go on.
        publish_until(publisher, lambda: poses.poll(0) and descriptors(publisher) <= before, pause_s=0.01)
        closed_s = time.monotonic() - start_s
        publisher(estimate(publisher.seq))
        last = read_all(publisher, poses)
        figure(
            f"{HALF_OPEN} half-open connections, closed after {closed_s:.1f} s: "
            f"{poses.lost} of {last.seq - first.seq} poses lost"
        )
        assert poses.lost == publisher.dropped == publisher.restarts == 0


def test_refusals_are_told_in_good_grammar(caplog):
    with publishing() as publisher:
        for told in (1, 2):
            say(publisher.address, SAID["HTTP"])
            publish_until(publisher, lambda told=told: publisher.refused == told)
            publisher._refused_due_s = 0.0  # the minute is over
            publisher(estimate())
    said = [record.message.partition(" at ")[0] for record in caplog.records]
    assert said == ["1 connection was refused", "2 connections were refused"]


def test_a_frame_longer_than_any_subscription_never_gets_in():
    """Which ends the connection, and costs no memory."""
    sent = 0
    with relay() as process, socket.create_connection(host_and_port(process.state.address), timeout=20) as stranger:
        before = resident_bytes(process._process.pid)
        stranger.sendall(GREETING + READY + b"\x02" + (2 * LONG_FRAME).to_bytes(8, "big") + b"\x01")
        with contextlib.suppress(OSError):  # it is cut off
            while sent < LONG_FRAME:
                sent += stranger.send(bytes(1 << 16))
        assert sent < LONG_FRAME
        assert resident_bytes(process._process.pid) - before < LONG_FRAME // 2
        assert process.restarts == 0
