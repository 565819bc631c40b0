"""Seconds from the start of Python to the first pose of the demo clip, in a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 7
SCRIPT = "import realtime; print(next(realtime.live('demo')).valid, flush=True)"


def main() -> None:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            valid = process.stdout.readline().strip()
            times.append(time.perf_counter() - start)
        if valid != "True":
            raise SystemExit("there was no pose")
    print(f"first pose after {statistics.median(times):.2f} s (fastest {min(times):.2f})  (wanted: at most 0.6)")
