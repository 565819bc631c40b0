"""What a soak writes down: a line for each process every few seconds, and a row for each pose."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import numpy as np

SAMPLES, POSES = "samples.csv", "poses.bin"
# `turn` counts the starts of the program; `t_s` is measured time, in which interruptions take none.  Latency is from
# capture to the reader, lag from capture to publication.
POSE = np.dtype([("turn", "<u2"), ("seq", "<u8"), ("t_s", "<f8"), ("latency_ms", "<f4"), ("lag_ms", "<f4")])
Poses = np.ndarray[Any, np.dtype[np.void]]
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MB = 1 << 20


class Sample(NamedTuple):
    """A process at an instant, the load of the machine (how many programs want a core), the size of the recording."""

    turn: int
    t_s: float
    process: str
    rss_mb: float
    cpu_s: float
    descriptors: int
    threads: int
    load: float
    recorded_bytes: int


def sample(turn: int, t_s: float, process: str, pid: int, recorded_bytes: int) -> Sample | None:
    """The process now; None where it has ended."""
    about = Path(f"/proc/{pid}")
    with suppress(OSError):
        words = (about / "stat").read_text().rpartition(")")[2].split()
        pages = int((about / "statm").read_text().split()[1])
        descriptors = len(list((about / "fd").iterdir()))
        cpu_s = (int(words[11]) + int(words[12])) / _TICKS
        rss_mb = round(pages * _PAGE_BYTES / MB, 3)
        load = os.getloadavg()[0]
        return Sample(turn, round(t_s, 2), process, rss_mb, cpu_s, descriptors, int(words[17]), load, recorded_bytes)
    return None


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def append(folder: Path, samples: list[Sample]) -> None:
    """Write them down at once."""
    path = folder / SAMPLES
    header = [] if path.exists() else [Sample._fields]
    with path.open("a", newline="") as file:
        csv.writer(file).writerows([*header, *samples])


def samples_in(folder: Path) -> Iterator[Sample]:
    """All samples; a line that a power cut has torn is left out."""
    path, types = folder / SAMPLES, get_type_hints(Sample).values()
    if not path.exists():
        return
    with path.open(newline="") as file:
        for row in csv.reader(file):
            with suppress(ValueError):  # the header is no sample either
                values: list[Any] = [kind(text) for kind, text in zip(types, row, strict=True)]
                yield Sample(*values)


def measured_s(folder: Path) -> float:
    """Seconds measured so far."""
    return max((one.t_s for one in samples_in(folder)), default=0.0)


def cut_torn_row(path: Path) -> None:
    """Let the file of poses end with a whole row, after a power cut."""
    if path.exists():
        os.truncate(path, path.stat().st_size // POSE.itemsize * POSE.itemsize)


def poses_in(folder: Path) -> Poses:
    """Rows of POSE, in the order of their arrival."""
    path = folder / POSES
    data = path.read_bytes() if path.exists() else b""
    return np.frombuffer(data[: len(data) // POSE.itemsize * POSE.itemsize], POSE)


def said_file(folder: Path, turn: int) -> Path:
    """What the reader says at the end of a turn."""
    return folder / f"reader_{turn}.json"


def turns_in(folder: Path) -> int:
    """How often the program was started."""
    return max((one.turn for one in samples_in(folder)), default=0)
