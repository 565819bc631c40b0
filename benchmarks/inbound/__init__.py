"""The inbound side of the publishing socket, fuzzed: strangers who say anything, while a reader counts its poses.

    python -m benchmarks inbound --minutes 10
    python -m benchmarks inbound --minutes 10 --seed 7

What must hold: the socket's process goes on (floods of subscriptions end it: that is `flood`), a reader that keeps up
loses no pose, memory stays bounded, and the publisher's calls take as long as before.  Linux only: memory is read
from /proc.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.flood import MB, children, socket_bytes
from realtime.pose import NO_PERSON, Estimate, absent
from realtime.skeleton import H36M17
from realtime.wire.publisher import Publisher
from realtime.wire.relay import SocketProcess
from realtime.wire.subscriber import PoseSubscriber

OPTIONS = ("minutes", "seed")
ROOT = Path(__file__).parents[2]
_PERIOD_S = 0.01
_BEFORE_S = 5.0
_SETTLE_S = 1.0


@dataclass
class Outcome:
    """What the strangers did to the publisher.  Times of its calls in ms, memory of the socket's process in MB."""

    poses: int = 0
    lost: int = 0
    restarts: int = 0
    refused: int = 0
    cut: int = 0
    before_mb: float = 0.0
    most_mb: float = 0.0
    before_ms: list[float] = field(default_factory=list)
    during_ms: list[float] = field(default_factory=list)
    strangers: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        before, during = (np.percentile(ms, 99) for ms in (self.before_ms, self.during_ms))
        return (
            f"{sum(self.strangers.values())} strangers, {self.refused} refused, {self.cut} cut off: "
            f"{self.lost} of {self.poses} poses lost, {self.restarts} restarts; "
            f"the socket's process {self.before_mb:.0f} MB before, {self.most_mb:.0f} MB at most; "
            f"a call of the publisher, p99 {before:.2f} ms before, {during:.2f} ms meanwhile"
        )


def main(minutes: str = "10", seed: str = "1") -> None:
    told = attacked(float(minutes) * 60, int(seed))
    for kind, count in sorted(told.strangers.items()):
        print(f"{kind:18s} {count:7d}")
    print(told)
    if told.lost or told.restarts:
        sys.exit(1)


def attacked(seconds: float, seed: int) -> Outcome:
    """A publisher with a reader that keeps up, attacked for so long by strangers whom the seed decides."""
    done = Outcome()
    process = SocketProcess()
    publisher = Publisher("tcp://127.0.0.1:*", source="demo", skeleton=H36M17, model="m", process=process)
    try:
        with PoseSubscriber(publisher.address, newest=False) as poses:
            _publish(publisher, poses, lambda: publisher.seq < 20 or publisher.subscribers < 1)
            done.before_ms = _publish(publisher, poses, _lasts(min(_BEFORE_S, seconds / 3)))
            done.before_mb = done.most_mb = _memory_mb()
            first = publisher.seq
            with _attacker(publisher.address, seed) as attacker:
                going_on = _lasts(seconds)

                def goes_on() -> bool:
                    done.most_mb = max(done.most_mb, _memory_mb())
                    return going_on() and attacker.poll() is None

                done.during_ms = _publish(publisher, poses, goes_on)
                said, _ = attacker.communicate()
                done.strangers = json.loads(said)
            _publish(publisher, poses, _lasts(_SETTLE_S))
            done.poses, done.lost = publisher.seq - first, poses.lost + _missing(publisher, poses)
        done.restarts, done.refused, done.cut = process.restarts, process.state.refused, process.state.cut
    finally:
        publisher.close()
    return done


def _lasts(seconds: float) -> Callable[[], bool]:
    end_s = time.monotonic() + seconds
    return lambda: time.monotonic() < end_s


def _publish(publisher: Publisher, poses: PoseSubscriber, goes_on: Callable[[], bool]) -> list[float]:
    """How long each call of the publisher took, ms; the reader reads meanwhile."""
    took_ms = []
    while goes_on():
        start_s = time.perf_counter()
        publisher(_estimate(publisher.seq))
        took_ms.append(1000 * (time.perf_counter() - start_s))
        while poses.poll(0):
            pass
        time.sleep(_PERIOD_S)
    return took_ms


def _estimate(index: int) -> Estimate:
    now_ns = time.monotonic_ns()
    return Estimate(absent(NO_PERSON, H36M17, index, now_ns, time.time_ns()), None, 0, 27, 1.0, 1.0, now_ns)


def _missing(publisher: Publisher, poses: PoseSubscriber) -> int:
    """Of the last poses, those that never came."""
    publisher(_estimate(publisher.seq))
    newest = None
    while pose := poses.poll(1):
        newest = pose.seq
    return 0 if newest == publisher.seq else 1


def _memory_mb() -> float:
    return max(map(socket_bytes, children()), default=0) / MB


def _attacker(address: str, seed: int) -> subprocess.Popen[str]:
    host, port = address.removeprefix("tcp://").split(":")
    words = [sys.executable, "-m", "benchmarks.inbound.attacker", host, port, str(seed)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(words, cwd=ROOT, text=True, **pipes)
