"""Publishers, the process of a socket alone, and readers, on real sockets."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zmq
from support.example_estimates import estimate
from support.poses import ROOT

from realtime.skeleton import H36M17
from realtime.wire.publisher import Publisher
from realtime.wire.relay import BindOptions, SocketProcess
from realtime.wire.subscriber import PoseSubscriber

ANY_PORT = "tcp://127.0.0.1:*"
LINUX = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory and ports are read from /proc")


@contextlib.contextmanager
def publishing(address=ANY_PORT, **options):
    publisher = Publisher(address, **{"source": "demo", "skeleton": H36M17, "model": "causal-27", **options})
    try:
        yield publisher
    finally:
        publisher.close()


def publish_until(publisher, condition, limit_s=20.0, pause_s=0.002):
    """Publish poses until the condition holds; it must before the limit."""
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s, "the condition never came"
        publisher(estimate(publisher.seq))
        time.sleep(pause_s)


@contextlib.contextmanager
def connected(publisher, **options):
    """A subscriber that has read all that was published, and the last pose of it."""
    with PoseSubscriber(publisher.address, **options) as poses:
        last = None
        while last is None or last.seq < publisher.seq:
            pose = poses.poll(0.02)
            if pose is None:
                publisher(estimate(publisher.seq))
            last = pose or last
        yield poses, last


def read_all(publisher, poses, limit_s=20.0):
    """Read up to the newest pose that was published, and return it."""
    last, end_s = None, time.monotonic() + limit_s
    while last is None or last.seq < publisher.seq:
        assert time.monotonic() < end_s, "the newest pose never came"
        publisher._process.update()  # of many at once, what the channel took no more waits for the next call
        last = poses.poll(0.02) or last
    return last


@contextlib.contextmanager
def relay(address=ANY_PORT, **options):
    """The process of a socket, bound."""
    process = SocketProcess()
    try:
        process.bind(BindOptions(address, "welcome", **options))
        yield process
    finally:
        process.close()


@contextlib.contextmanager
def reader(address, *topics):
    """A bare socket that subscribes to poses, or to these topics."""
    subscriber = zmq.Context.instance().socket(zmq.SUB)
    for topic in topics or (b"pose3d ",):
        subscriber.subscribe(topic)
    subscriber.connect(address)
    try:
        yield subscriber
    finally:
        subscriber.close(linger=0)


def send_until(process, condition, limit_s=20.0):
    """Send messages through the process of a socket until the condition holds."""
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s, "the condition never came"
        process.send(b"pose3d {}")
        time.sleep(0.005)


def resident_bytes(pid="self"):
    """Memory of a process; 0 where it has ended."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def host_and_port(address):
    host, port = address.removeprefix("tcp://").split(":")
    return host, int(port)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def python(code, *words):
    """Code in a process of its own, which sees the project and tests/support; its output is piped."""
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    command = [sys.executable, "-c", code, *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}) as process:
        try:
            yield process
        finally:
            process.kill()
