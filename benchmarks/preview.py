"""What the camera's picture costs: frames per second of the whole program while a reader in another
process asks for it, against the same reader without.

They take turns, the whole clip each, as fast as it goes, so that a busy machine slows both.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.stages import Program, program
from benchmarks.throughput import decoded, print_ratios, whole_s

ROUNDS = 12
WANTED = 0.98
_DEADLINE_S = 20.0

_READER = """
import sys
from realtime.wire.subscriber import PoseSubscriber
with PoseSubscriber(sys.argv[1], preview=sys.argv[2] == "True") as poses:
    shown = None
    while True:
        poses.poll(1.0)
        if poses.preview is not None and poses.preview is not shown:
            shown = poses.preview
            shown.picture()
"""


@contextmanager
def reading(whole: Program, preview: bool) -> Iterator[None]:
    """A reader in another process, connected."""
    command = [sys.executable, "-c", _READER, whole.publish.address, str(preview)]
    with subprocess.Popen(command) as reader:
        try:
            end_s = time.monotonic() + _DEADLINE_S
            while (whole.publish.subscribers, whole.publish.previews) != (1, int(preview)):
                if time.monotonic() > end_s:
                    raise TimeoutError("the reader does not connect")
                whole.report()
                time.sleep(0.01)  # the publisher tells of a reader only when asked
            yield
        finally:
            reader.kill()


def one_turn(preview: bool) -> tuple[float, float]:
    """Seconds of the program for the clip, by the clock and of the processor's time."""
    with program("--source", "demo", "--every-frame", "--detector", "blazepose") as whole, reading(whole, preview):
        start_s = time.process_time()
        return whole_s(whole), time.process_time() - start_s


def main() -> None:
    frames = len(decoded())
    turns = []
    for i in range(ROUNDS):
        took = {preview: one_turn(preview) for preview in sorted((True, False), reverse=bool(i % 2))}
        turns.append([(with_it, without) for with_it, without in zip(took[True], took[False], strict=True)])
    for clock, pairs in zip(("by the clock", "by processor time"), zip(*turns, strict=True), strict=True):
        print_ratios(f"with the camera's picture, {clock}", pairs, frames, "without", WANTED)
