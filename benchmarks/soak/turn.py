"""One start of the program in a soak, with its reader, watched until the minutes are over."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from realtime.sources.demo import clip_path
from realtime.wire.subscriber import PoseSubscriber

from .samples import append, children_of, sample, turns_in

ROOT = Path(__file__).parents[2]
KEYPOINTS, RECORDING, LOG = "clip_2d.npz", "out", "program.log"
_MOST_EVERY_S = 10.0
_SAMPLES = 60  # at least, of a short soak
_START_S, _END_S = 60.0, 30.0


def keypoints_of_the_clip(folder: Path) -> None:
    """Find the keypoints of the bundled clip once."""
    clip = shutil.copy(clip_path(), folder / "clip.mp4")
    words = ["lift", clip, "--out", str(folder / "keypoints"), "--write", "2d"]
    subprocess.run([sys.executable, "-m", "realtime", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    shutil.copy(next((folder / "keypoints").rglob("*_2d.npz")), folder / KEYPOINTS)


class Turn:
    """The program and its reader from `begun_s` to `wanted_s` of the measured time."""

    def __init__(self, folder: Path, begun_s: float, wanted_s: float) -> None:
        self._folder = folder.resolve()
        self._begun_s, self._wanted_s = begun_s, wanted_s
        self._number = turns_in(folder) + 1
        self._every_s = min(_MOST_EVERY_S, wanted_s / _SAMPLES)

    def run(self) -> bool:
        """False where it was interrupted, or a process has ended before its time."""
        address = f"tcp://127.0.0.1:{_free_port()}"
        with (self._folder / LOG).open("ab") as log:
            program = self._start(["run.py", *self._flags(address)], log)
            try:
                _await_publisher(address)
                zero_s = time.monotonic() - self._begun_s
                words = map(str, (address, self._folder, self._number, zero_s))
                reader = self._start(["-m", "benchmarks.soak.reader", *words], log)
                try:
                    return self._watch({"program": program, "reader": reader}, zero_s)
                finally:
                    _end(program, signal.SIGINT)
                    time.sleep(1)  # for the last poses to arrive
                    _end(reader, signal.SIGTERM)
            finally:
                _end(program, signal.SIGINT)

    def _flags(self, address: str) -> list[str]:
        flags = {"source": "demo", "detector": "replay", "keypoints": self._folder / KEYPOINTS}
        flags |= {"bind": address, "out": self._folder / RECORDING}
        return [word for name, value in flags.items() for word in (f"--{name}", str(value))]

    def _start(self, words: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches this process only, which ends the others one after the other.
        guard = [found, "--pdeathsig", "INT"] if (found := shutil.which("setpriv")) else []
        command = [*guard, sys.executable, *words]
        return subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=log, stderr=log)

    def _watch(self, processes: dict[str, subprocess.Popen[bytes]], zero_s: float) -> bool:
        due_s = self._begun_s + self._every_s
        try:
            while due_s <= self._wanted_s + self._every_s / 2:
                time.sleep(max(0.0, zero_s + due_s - time.monotonic()))
                self._sample(processes, time.monotonic() - zero_s)
                if any(process.poll() is not None for process in processes.values()):
                    return False
                due_s += self._every_s
        except KeyboardInterrupt:
            return False
        return True

    def _sample(self, processes: dict[str, subprocess.Popen[bytes]], t_s: float) -> None:
        recorded = sum(path.stat().st_size for path in (self._folder / RECORDING).rglob("*") if path.is_file())
        pids = [(name, process.pid) for name, process in processes.items()]
        pids += [("socket", child) for child in children_of(processes["program"].pid)]
        taken = [sample(self._number, t_s, name, pid, recorded) for name, pid in pids]
        append(self._folder, [one for one in taken if one is not None])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_publisher(address: str) -> None:
    with PoseSubscriber(address) as poses:
        if poses.poll(_START_S) is None:
            sys.exit("the program publishes nothing: see program.log")


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
