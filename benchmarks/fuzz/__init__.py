"""Coverage-guided fuzzing of every parser that reads what comes from outside: `python -m benchmarks fuzz trc c3d
--minutes 10`.

A parser is given bytes that atheris (libFuzzer) changes so that new lines of it run.  Each has to be read, or refused
with an error of `realtime.errors` (`rule.py`), in seconds and in less than 1 GB.  The first input of each kind that is
not is made small and kept in build/fuzz/PARSER/found; those of earlier runs are in tests/reliability/inputs/found,
where a test reads each of them again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "fuzz"
PARTS = {
    "message": "what a subscriber gets from the socket",
    "npy": "joints.npy with its times and its metadata, opened, played and put away",
    "npz": "keypoints and motions in .npz",
    "pickle": "pickles of arrays, as in VideoPose3D's and PerfectRep's files",
    "weights": "networks: .bin, .pkl, .safetensors and the model card",
    "onnx-file": "networks in ONNX",
    "bvh": "BVH, ASF and AMC",
    "trc": "TRC",
    "mot": "MOT",
    "csv": "motion and RunningPose's joints in CSV",
    "c3d": "C3D",
    "json": "motion and the manifest of results in JSON",
    "fit3d": "Fit3D's joints, cameras and lists",
    "qualisys": "Qualisys' markers and calibrations",
    "toml": "settings, cameras and keys",
    "corpus": "corpus.toml, and corpora of others",
}
OPTIONS = ("minutes",)
_TIMEOUT_S, _MOST_MB = 10, 1024
_ENDED = 0  # libFuzzer's exit code when its time is over; anything else: one input ended the process


def main(chosen: list[str] | None = None, minutes: str = "1") -> None:
    if find_spec("atheris") is None:
        print("this needs atheris: pip install -e '.[fuzz]'")
        return
    broken = sum(_fuzz(parser, float(minutes) * 60) for parser in chosen or PARTS)
    if broken:
        sys.exit(1)


def _fuzz(parser: str, seconds: float) -> int:
    """How many kinds of inputs broke the rule; prints one line, and one for each of them."""
    folder = WORK / parser
    shutil.rmtree(folder / "found", ignore_errors=True)
    for name in ("corpus", "found"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    surroundings = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}  # what begins it is the tests'
    began_s, runs = time.monotonic(), 0
    with (folder / "log").open("w") as log:
        while (left_s := int(began_s + seconds - time.monotonic())) > 0:
            limits = [f"-max_total_time={left_s}", f"-timeout={_TIMEOUT_S}", f"-rss_limit_mb={_MOST_MB}"]
            words = [sys.executable, "-m", "benchmarks.fuzz.worker", parser, str(folder), *limits]
            done = subprocess.run(words, cwd=ROOT, env=surroundings, stdout=log, stderr=subprocess.STDOUT, check=False)
            runs += 1
            if done.returncode == _ENDED or (runs > 3 and time.monotonic() - began_s < runs):
                break
    found = sorted((folder / "found").iterdir())
    tried, took_s = _executions(folder / "log"), time.monotonic() - began_s
    print(f"{parser}: {took_s:.0f} s, {tried} inputs, {len(found)} kinds of them broke the rule", flush=True)
    for path in found:
        print(f"    {path.relative_to(ROOT)}", flush=True)
    return len(found)


def _executions(log: Path) -> int:
    """How many inputs all runs in a log of libFuzzer's have tried."""
    counts = [int(number) for number in re.findall(r"^#(\d+)\t", log.read_text("utf-8", "replace"), re.MULTILINE)]
    return sum(count for count, after in zip(counts, [*counts[1:], 0], strict=True) if after < count)
