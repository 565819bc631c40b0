"""Durations of stages and event rates, in constant memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

_RECENT = 512  # enough for a meaningful p99; 17 s at 30 fps


class Durations:
    """Durations in milliseconds: percentiles of the most recent 512, mean and maximum of all."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self.count = 0
        self.total_ms = 0.0
        self.max_ms = 0.0

    def add(self, ms: float) -> None:
        """Add one duration."""
        self._recent.append(ms)
        self.count += 1
        self.total_ms += ms
        self.max_ms = max(self.max_ms, ms)

    @property
    def mean_ms(self) -> float:
        """Mean of all durations, 0 if there are none."""
        return self.total_ms / self.count if self.count else 0.0

    def percentiles(self, *which: float) -> list[float]:
        """Percentiles (0..100) of the recent durations, zeros if there are none."""
        if not self._recent:
            return [0.0] * len(which)
        return [float(p) for p in np.percentile(self._recent, which)]


class Rate:
    """Events per second over the last `span_s`, or over the last two events where they are further apart."""

    def __init__(self, span_s: float = 2.0) -> None:
        self._span_s = span_s
        self._times_s: deque[float] = deque(maxlen=1000)

    def tick(self, t_s: float) -> None:
        """Add one event."""
        self._times_s.append(t_s)

    def at(self, t_s: float) -> float:
        """Events per second at the time `t_s`; 0 before the second event.  When events stop coming
        it sinks, as if the next one came just now."""
        while len(self._times_s) > 2 and t_s - self._times_s[0] > self._span_s:
            self._times_s.popleft()
        count = len(self._times_s)
        if count < 2:
            return 0.0
        first_s, newest_s = self._times_s[0], self._times_s[-1]
        return min((count - 1) / max(newest_s - first_s, 1e-9), count / max(t_s - first_s, 1e-9))


def rate_text(rate_hz: float) -> str:
    """A frame rate for people: 29.9 fps, 0.31 fps."""
    return f"{rate_hz:.{2 if 0 < rate_hz < 1 else 1}f} fps"


class StageTimes:
    """Durations by stage, in the given order; other stages follow."""

    def __init__(self, *order: str) -> None:
        self.stages = {stage: Durations() for stage in order}

    def add(self, stage: str, ms: float) -> None:
        """Add one duration of a stage."""
        self.of(stage).add(ms)

    def of(self, stage: str) -> Durations:
        """Those of a stage."""
        return self.stages.setdefault(stage, Durations())

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Measure the duration of the block."""
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            self.add(stage, (time.perf_counter_ns() - start) / 1e6)

    def table(self) -> str:
        """One line per stage: count, mean, recent median and 95th percentile, maximum."""
        lines = [f"{'stage':<10}{'count':>9}{'mean ms':>10}{'p50 ms':>10}{'p95 ms':>10}{'max ms':>10}"]
        for stage, d in self.stages.items():
            if not d.count:
                continue
            p50, p95 = d.percentiles(50, 95)
            lines.append(f"{stage:<10}{d.count:>9}{d.mean_ms:>10.2f}{p50:>10.2f}{p95:>10.2f}{d.max_ms:>10.2f}")
        return "\n".join(lines)
