"""The table of a soak: its figures, what each may be, and whether it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .samples import MB, Poses, Sample, poses_in, said_file, samples_in, turns_in

_HOUR_S, _MINUTE_S = 3600.0, 60.0
_WARM_UP_S = 300.0  # of each start; of a short soak a quarter
_MOST_MB_H, _MOST_RATIO = 1.0, 1.1
_ALL = 0.97  # of the time


@dataclass(frozen=True)
class Figure:
    """What was measured, and what was `promised` ('' for nothing) and whether it was `kept`."""

    name: str
    value: str
    kept: bool = True
    promised: str = ""

    def __str__(self) -> str:
        verdict = f"{'pass' if self.kept else 'FAIL'} ({self.promised})" if self.promised else ""
        return f"{self.name:42s} {self.value:34s} {verdict}".rstrip()


def figures(folder: Path, wanted_s: float) -> Iterator[Figure]:
    """All that a soak of `wanted_s` has measured so far."""
    samples, poses = list(samples_in(folder)), poses_in(folder)
    if not samples or not len(poses):
        yield Figure("samples", "none", kept=False, promised="the program runs")
        return
    measured_s, warm_up_s = samples[-1].t_s, min(_WARM_UP_S, wanted_s / 4)
    yield Figure("minutes", f"{measured_s / 60:.1f} of {wanted_s / 60:g}", measured_s > _ALL * wanted_s, "all")
    loads = [one.load for one in samples]
    yield Figure("load of the machine", f"mean {np.mean(loads):.1f}, most {max(loads):.1f}")
    yield from _of_poses(folder, poses, measured_s)
    yield from _of_latency(poses, samples, warm_up_s)
    for process in ("program", "socket", "reader"):
        own = _warm([one for one in samples if one.process == process], warm_up_s)
        if len(own) > 2:
            yield from _of_process(process, own)
    size = samples[-1].recorded_bytes
    yield Figure("recording", f"{size / MB:.1f} MB, {size / len(poses):.0f} bytes a pose")


def _of_poses(folder: Path, poses: Poses, measured_s: float) -> Iterator[Figure]:
    lost = 0
    for turn in np.unique(poses["turn"]):
        seq = poses["seq"][poses["turn"] == turn].astype(np.int64)
        lost += int((np.diff(seq) - 1).sum())
    yield Figure("poses received", f"{len(poses)}, {len(poses) / measured_s:.2f} a second")
    yield Figure("poses lost, by gaps in seq", str(lost), lost == 0, "0")
    files = [said_file(folder, turn) for turn in range(1, turns_in(folder) + 1)]
    said = [json.loads(file.read_text()) for file in files if file.exists()]
    for name, what in (("malformed", "malformed messages"), ("restarts", "sessions that ended by themselves")):
        count = sum(one[name] for one in said)
        yield Figure(what, str(count), count == 0, "0")
    yield Figure("frames that the program has dropped", str(sum(one["dropped"] for one in said)))


def _of_latency(poses: Poses, samples: list[Sample], warm_up_s: float) -> Iterator[Figure]:
    """From capture to the reader.  It is that of the machine too: so its load is told beside it."""
    measured_s = samples[-1].t_s
    p50, p99 = np.percentile(poses["latency_ms"], (50, 99))
    yield Figure("latency, p50 and p99", f"{p50:.1f} ms, {p99:.1f} ms")
    for name, length_s in (("minute", _MINUTE_S), ("hour", _HOUR_S)):
        if warm_up_s + 2 * length_s > measured_s:
            continue
        begins_s = warm_up_s, measured_s - length_s
        parts = [(begin_s, begin_s + length_s) for begin_s in begins_s]
        (p50, first), (p50_last, last) = (_percentiles_ms(poses, *part) for part in parts)
        load, load_last = (_load(samples, *part) for part in parts)
        yield Figure(f"p50 of the first and last {name}", f"{p50:.1f} ms, {p50_last:.1f} ms")
        value = f"{first:.1f} ms, {last:.1f} ms, load {load:.1f}, {load_last:.1f}"
        kept = last <= _MOST_RATIO * first
        yield Figure(f"p99 of the first and last {name}", value, kept, f"ratio at most {_MOST_RATIO:g}")


def _percentiles_ms(poses: Poses, begin_s: float, end_s: float) -> tuple[float, float]:
    """p50 and p99."""
    inside = (poses["t_s"] >= begin_s) & (poses["t_s"] < end_s)
    p50, p99 = np.percentile(poses["latency_ms"][inside], (50, 99)) if inside.any() else (np.nan, np.nan)
    return float(p50), float(p99)


def _load(samples: list[Sample], begin_s: float, end_s: float) -> float:
    return float(np.mean([one.load for one in samples if begin_s <= one.t_s < end_s] or [np.nan]))


def _warm(samples: list[Sample], warm_up_s: float) -> list[Sample]:
    """Those after the warm-up of each start."""
    begins_s: dict[int, float] = {}
    for one in samples:
        begins_s.setdefault(one.turn, one.t_s)
    return [one for one in samples if one.t_s >= begins_s[one.turn] + warm_up_s]


def _of_process(process: str, samples: list[Sample]) -> Iterator[Figure]:
    slope, error = slope_mb_h(samples)
    most = max(one.rss_mb for one in samples)
    value = f"{slope:+.2f} ± {error:.2f} MB/h, most {most:.1f} MB"
    yield Figure(f"{process}: memory", value, slope - error < _MOST_MB_H, f"below {_MOST_MB_H:g} MB/h")
    for what in ("descriptors", "threads"):
        counts = [getattr(one, what) for one in samples]
        value = str(counts[0]) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
        # Not one number: a film's decoder ends its threads and starts new ones whenever the film begins again.
        half = len(counts) // 2
        yield Figure(f"{process}: {what}", value, max(counts[half:]) <= max(counts[:half]), "no growth")


def slope_mb_h(samples: list[Sample]) -> tuple[float, float]:
    """Growth of resident memory, MB/h, and twice its standard error: least squares over all starts of
    the program, each with a level of its own."""
    hours, rss_mb = [], []
    for turn in {one.turn for one in samples}:
        own = np.array([(one.t_s / _HOUR_S, one.rss_mb) for one in samples if one.turn == turn])
        centred = own - own.mean(0)
        hours.append(centred[:, 0])
        rss_mb.append(centred[:, 1])
    x, y = np.concatenate(hours), np.concatenate(rss_mb)
    spread = float(x @ x)
    slope = float(x @ y) / spread
    rest = y - slope * x
    return slope, 2 * float(np.sqrt(float(rest @ rest) / max(1, len(x) - 2) / spread))
