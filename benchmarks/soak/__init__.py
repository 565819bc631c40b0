"""The whole program for hours, as a user starts it: memory, descriptors, threads, latency, lost poses.

    python -m benchmarks soak --minutes 10             ten minutes, into the folder soak
    python -m benchmarks soak --minutes 480 --out DIR  eight hours
    python -m benchmarks soak --resume DIR             goes on where that was interrupted

`run.py` plays the bundled clip again and again at 30 frames a second, with the keypoints that were found in
it before, so that the machine is not busy; a reader in another process takes every pose.  After an
interruption (Ctrl-C, a power cut) what was measured is in the folder, and the minutes that are missing are
added by a new start of the program.  Linux only: the processes are read from /proc.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .figures import figures
from .samples import measured_s
from .turn import LOG, Turn, keypoints_of_the_clip

OPTIONS = ("minutes", "out", "resume")
_PLAN = "soak.json"


def main(minutes: str = "60", out: str = "soak", resume: str = "") -> None:
    folder = Path(resume or out)
    plan = folder / _PLAN
    if not resume:
        if plan.exists():
            sys.exit(f"{folder} holds a soak already: go on with --resume {folder}, or give another --out")
        folder.mkdir(parents=True, exist_ok=True)
        keypoints_of_the_clip(folder)
        plan.write_text(json.dumps({"minutes": float(minutes)}))
    elif not plan.exists():
        sys.exit(f"{folder} holds no soak to go on with")
    wanted_s = json.loads(plan.read_text())["minutes"] * 60
    begun_s = measured_s(folder)
    if begun_s < wanted_s:
        print(f"{wanted_s / 60:g} minutes from {begun_s / 60:.1f} on, into {folder}", flush=True)
        if not Turn(folder, begun_s, wanted_s).run():
            print(f"interrupted (see {folder / LOG}): `python -m benchmarks soak --resume {folder}` goes on")
    told = list(figures(folder, wanted_s))
    print("\n".join(map(str, told)))
    if not all(figure.kept for figure in told):
        sys.exit(1)
