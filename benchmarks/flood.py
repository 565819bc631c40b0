"""What a reader costs that floods the publishing socket with subscriptions.

The whole program under the flood, and beside the same flood on a bare XPUB socket in another process,
take turns, so that a busy machine slows both.  Linux only: memory is read from /proc.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stages import Program, program
from benchmarks.throughput import decoded
from realtime.pose import Estimate
from realtime.wire.keys import create_keys
from realtime.wire.publisher import Publisher

ROUNDS = 3
ATTACKER = Path(__file__).parents[1] / "tests" / "support" / "flooding_reader.py"
MB = 1 << 20
# A socket as it comes, which reads its subscriptions and sends 30 messages a second.
BARE = """
import sys, zmq, zmq.auth
bare = zmq.Context().socket(zmq.XPUB)
if len(sys.argv) > 1:
    bare.curve_server, bare.curve_secretkey = 1, zmq.auth.load_certificate(sys.argv[1])[1]
bare.bind("tcp://127.0.0.1:*")
print(bare.last_endpoint.decode(), flush=True)
while True:
    bare.send(b"pose3d " + bytes(1500))
    for _ in range(1000):
        if not bare.poll(33):
            break
        bare.recv()
"""
FLOODS = {"no flood": 0, "topics of 60 bytes": 60, "topics of 4,000 bytes": 4000, "480 bytes, with a key": 480}


@dataclass
class Turn:
    """The program through the demo clip: seconds, the largest memory of its child processes, the longest
    call of the publisher, and how long closing took."""

    took_s: float = 0.0
    child_bytes: int = 0
    send_s: float = 0.0
    close_s: float = 0.0
    restarts: int = 0


def main() -> None:
    frames = len(decoded())
    for name, topic_bytes in FLOODS.items():
        with tempfile.TemporaryDirectory() as folder:
            keys = create_keys(Path(folder) / "publisher") if "key" in name else None
            turns = [(turn(topic_bytes, keys, bare=False), turn(topic_bytes, keys, bare=True)) for _ in range(ROUNDS)]
        print_turns(name, frames, turns)


def turn(topic_bytes: int, keys: tuple[Path, Path] | None, *, bare: bool) -> Turn:
    """One turn, with the attack on the program or, `bare`, on another process."""
    done = Turn()
    flags = ("--source", "demo", "--every-frame", "--detector", "blazepose")
    with ExitStack() as attack:
        with program(*flags, *(("--curve-key", str(keys[1])) if keys else ())) as whole:
            address = attack.enter_context(bare_socket(keys)) if bare else whole.publish.address
            if topic_bytes:
                attack.enter_context(attacker(address, topic_bytes, keys))
                time.sleep(0.5)  # the flood begins; on a bare socket nothing tells when it has
            with watched(done):
                run(whole, done)
            start_s = time.perf_counter()
        done.close_s = time.perf_counter() - start_s
    return done


def run(whole: Program, done: Turn) -> None:
    """The clip, with the publisher's calls timed."""
    # It stands in for the sink inside the loop only, which calls it and asks nothing else of it.
    whole.sinks["publish"] = timed = TimedPublisher(whole.publish)  # type: ignore[assignment]
    start_s = time.perf_counter()
    whole.loop()
    done.took_s = time.perf_counter() - start_s
    done.send_s = timed.longest_s
    done.restarts = whole.publish.restarts


class TimedPublisher:
    """A publisher and the longest of its calls."""

    def __init__(self, publish: Publisher) -> None:
        self.longest_s = 0.0
        self._publish = publish

    def __call__(self, estimate: Estimate) -> None:
        start_s = time.perf_counter()
        self._publish(estimate)
        self.longest_s = max(self.longest_s, time.perf_counter() - start_s)


@contextmanager
def bare_socket(keys: tuple[Path, Path] | None) -> Iterator[str]:
    """The address of a socket in another process."""
    with subprocess.Popen([sys.executable, "-c", BARE, *map(str, (keys or ())[1:])], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.kill()


@contextmanager
def attacker(address: str, topic_bytes: int, keys: tuple[Path, Path] | None) -> Iterator[None]:
    """A process that floods the address."""
    host, port = address.removeprefix("tcp://").split(":")
    public = [str(keys[0])] if keys else []
    with subprocess.Popen([sys.executable, str(ATTACKER), host, port, str(topic_bytes), *public]) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def watched(done: Turn) -> Iterator[None]:
    """Note the largest memory of the socket's process."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            done.child_bytes = max(done.child_bytes, *map(socket_bytes, children()), 0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def children() -> list[str]:
    """The process numbers of the children of this process."""
    found: list[str] = []
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            found += (thread / "children").read_text().split()
    return found


def socket_bytes(number: str) -> int:
    """Resident memory of a process; 0 where it is not the socket's or has ended."""
    with suppress(OSError):
        if b"socket_process" in Path(f"/proc/{number}/cmdline").read_bytes():
            return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def print_turns(name: str, frames: int, turns: list[tuple[Turn, Turn]]) -> None:
    """Print the rates and their ratio, and what else the flood costs."""
    ours, bare = zip(*turns, strict=True)
    rates = [frames / statistics.median(turn.took_s for turn in side) for side in (ours, bare)]
    ratio = statistics.median(theirs.took_s / mine.took_s for mine, theirs in turns)
    print(f"{name}: {rates[0]:.1f} fps, beside a bare socket {rates[1]:.1f} fps; ratio {ratio:.2f}  (wanted: 1)")
    most_mb = max(turn.child_bytes for turn in ours) / MB
    longest_ms, close_s = max(turn.send_s for turn in ours) * 1e3, max(turn.close_s for turn in ours)
    print(f"  the socket's process: at most {most_mb:.0f} MB, {sum(turn.restarts for turn in ours)} restarts", end="  ")
    print(f"(wanted: < 300); longest call {longest_ms:.0f} ms, closing {close_s:.2f} s", flush=True)
