"""A subscriber that keeps up, in a process of its own: `python -m benchmarks.soak.reader ADDRESS FOLDER TURN ZERO_S`.

It appends a `samples.POSE` for each pose, and leaves what the publisher last said of itself when it is told to end.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

import numpy as np

from realtime.wire.subscriber import PoseSubscriber

from .samples import POSE, POSES, cut_torn_row, said_file

_FLUSH_EVERY_S = 1.0


def read(address: str, folder: Path, turn: int, zero_s: float) -> None:
    """Until SIGTERM.  Times count from `zero_s` of the monotonic clock, which is that of all processes."""
    flush_due_s = 0.0
    cut_torn_row(folder / POSES)
    with (folder / POSES).open("ab") as rows, PoseSubscriber(address, newest=False) as poses:
        try:
            while True:
                pose = poses.poll(_FLUSH_EVERY_S)
                now_ns = time.monotonic_ns()
                if pose is not None:
                    latency_ms = (now_ns - pose.t_capture_ns) / 1e6
                    row = turn, pose.seq, now_ns / 1e9 - zero_s, latency_ms, pose.lag_ms.total
                    rows.write(np.array(row, POSE).tobytes())
                if now_ns / 1e9 >= flush_due_s:
                    flush_due_s = now_ns / 1e9 + _FLUSH_EVERY_S
                    rows.flush()
        except SystemExit:
            dropped = poses.status.dropped if poses.status else 0
            said = {"lost": poses.lost, "malformed": poses.malformed, "restarts": poses.restarts, "dropped": dropped}
            said_file(folder, turn).write_text(json.dumps(said))


def _end(*_: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    read(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
