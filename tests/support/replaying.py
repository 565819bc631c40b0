"""The whole program on the bundled clip, with keypoints from a file, so that it needs little of the machine."""

import contextlib
import subprocess
import sys

from support.poses import ROOT
from support.publishers import free_port

from benchmarks.memory import CLIP_FRAMES, CLIP_WH, keypoint_file


@contextlib.contextmanager
def replaying(folder, *flags, address=None):
    """run.py at 30 frames a second, its words in `folder`/log.txt; gives the process and its address."""
    address = address or f"tcp://127.0.0.1:{free_port()}"
    points = keypoint_file(folder / "sway.npz", CLIP_FRAMES, CLIP_WH)
    words = ["--source", "demo", "--detector", "replay", "--keypoints", points, "--out", folder / "out", *flags]
    command = [sys.executable, ROOT / "run.py", "--bind", address, *map(str, words)]
    with (folder / "log.txt").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield process, address
        finally:
            process.kill()
