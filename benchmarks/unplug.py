"""A camera that is unplugged ten times while it is read: how soon that is told, and how soon it is read again.

`--source 0` guides somebody through ten unpluggings of a real camera.  Without it a stream stands in for the camera,
served by a process that is killed and started again.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from realtime.sources import Request, open_source
from realtime.sources.cameras.nodes import node_of
from realtime.sources.request import camera_number
from realtime.stages import STREAMING, Source

ROUNDS = 10
OPTIONS = ("source",)
OFF_S = 2.0  # of the stand-in
TOLD_S, BACK_S = 2.0, 3.0  # what is promised
PATIENCE_S = 120.0  # for a person, or for a busy machine
TESTS = Path(__file__).parents[1] / "tests"


class Hand(Protocol):
    """What unplugs the camera and plugs it in."""

    def unplug(self) -> None: ...

    def plug_in(self) -> None: ...

    def is_plugged_in(self) -> bool:
        """Whether the camera could be opened now; from then on the time until the next frame counts."""


@dataclass(frozen=True)
class Round:
    """From the last frame to the report of the loss, from the camera's return to the next frame, s, and the
    capture threads before and after."""

    told_s: float
    back_s: float
    threads: tuple[int, int]

    @property
    def is_kept(self) -> bool:
        """Whether all is as it is promised."""
        return self.told_s <= TOLD_S and self.back_s <= BACK_S and self.threads[0] == self.threads[1]


def main(source: str = "") -> None:
    logging.getLogger("realtime.sources").setLevel(logging.ERROR)  # the lines below say the same
    if not source:
        print(f"no --source: a stream stands in, whose server is killed and started again {ROUNDS} times")
        with ServedStream() as stream:
            done = unplugged(stream.url, stream)
    else:
        done = unplugged(source, Person(source))
    kept = sum(one.is_kept for one in done)
    print(f"{kept} of {len(done)}: told within {TOLD_S:g} s, back within {BACK_S:g} s, as many threads as before")
    if kept < len(done):
        raise SystemExit(1)


def unplugged(where: str, hand: Hand, rounds: int = ROUNDS) -> list[Round]:
    """Open a source and unplug it again and again; prints a line for each time."""
    source = open_source(Request(where))
    try:
        done = []
        for number in range(1, rounds + 1):
            print(f"{number:2d} of {rounds}", end="  ", flush=True)
            done.append(one_round(source, hand))
            print(f"told {done[-1].told_s:.1f} s after the last frame, back {done[-1].back_s:.1f} s after its return")
        return done
    finally:
        source.close()


def one_round(source: Source, hand: Hand) -> Round:
    """The camera streams, is unplugged, is told as lost, is plugged in, and streams."""
    reader = Reader(source)
    reader.read_until(lambda: reader.has_read, "it streams")
    before = capture_threads()
    hand.unplug()
    reader.read_until(lambda: source.status().state != STREAMING, "its loss is told")
    told_s = time.monotonic() - reader.last_s
    hand.plug_in()
    reader.has_read = False
    reader.read_until(hand.is_plugged_in, "it is plugged in again")
    there_s = time.monotonic()
    reader.read_until(lambda: reader.has_read, "it streams again")
    return Round(told_s, max(0.0, reader.last_s - there_s), (before, capture_threads()))


@dataclass
class Reader:
    """Reads a source, and notes when its last frame came."""

    source: Source
    has_read: bool = False
    last_s: float = field(default_factory=time.monotonic)

    def read_until(self, condition: Callable[[], bool], what: str) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end_s:
                raise SystemExit(f"not within {PATIENCE_S:g} s: {what} ({self.source.status().detail})")
            if self.source.read(0.02) is not None:
                self.has_read, self.last_s = True, time.monotonic()


def capture_threads() -> int:
    """How many threads read cameras."""
    return sum(one.name.startswith(("capture ", "AsyncCamera")) for one in threading.enumerate())


class Person:
    """Somebody at the machine.  On Linux the camera's device file tells when it is there again."""

    def __init__(self, source: str) -> None:
        number = camera_number(source)
        self._node = None if number is None else node_of(number)

    def unplug(self) -> None:
        print("pull the camera's plug …", end=" ", flush=True)

    def plug_in(self) -> None:
        print("plug it in again …", end=" ", flush=True)

    def is_plugged_in(self) -> bool:
        return self._node is None or self._node.exists()


class ServedStream:
    """An MJPEG stream of a process of its own, which is killed and started again."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}/video"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._start()
        end_s = time.monotonic() + PATIENCE_S
        while not self.is_plugged_in() and time.monotonic() < end_s:
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def unplug(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def plug_in(self) -> None:
        time.sleep(OFF_S)
        self._start()

    def is_plugged_in(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _start(self) -> None:
        words = [sys.executable, "-m", "support.network_camera", str(self._port)]
        self._process = subprocess.Popen(words, env=os.environ | {"PYTHONPATH": str(TESTS)})
