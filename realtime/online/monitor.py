"""The account of a run, for the sinks once a second, and the summary at its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from ..estimation.camera_level import CameraLevel
from ..estimation.trust.account import Account
from ..estimation.trust.findings import MOST, findings, lines
from ..estimation.trust.frame_quality import frame_quality
from ..estimation.trust.recent import RecentAccount
from ..pose import Estimate, Finding
from ..runtime.text import counted
from ..runtime.timing import Durations, Rate, StageTimes
from ..stages import SourceStatus
from ..wire.message import Percentiles, StatusMessage, Window


class Monitor:
    """Counts and times of one run, in constant memory.  Estimates come from one thread, and another one may
    ask for the status; each stage's times are added by one thread at a time."""

    def __init__(
        self,
        window_want: int,
        dropped_before: int = 0,
        sinks: Iterable[str] = (),
        level: CameraLevel | None = None,
        *,
        delay_frames: int = 0,
        height_m: float | None = None,
    ) -> None:
        self.times = StageTimes("wait", "detect", "lift", *sinks)
        self.frames = 0
        self.people = 0  # frames with a valid pose
        self._latency = Durations()
        self._rate = Rate()
        self._newest: Estimate | None = None
        self._want = window_want
        self._dropped_before = dropped_before  # while the networks were loaded
        self._level = level or CameraLevel()
        self._given_deg = None if self._level.is_estimated else self._level.pitch_deg
        self._delay_frames, self._height_m = delay_frames, height_m
        self._whole, self._recent = Account(), RecentAccount()
        self._lock = threading.Lock()  # of all but `times`

    def add(self, estimate: Estimate, latency_ms: float) -> None:
        """Count an estimate that has just been published, `latency_ms` after its capture."""
        quality = frame_quality(estimate)
        with self._lock:
            self.frames += 1
            self.people += estimate.pose.valid
            self._newest = estimate
            self._latency.add(latency_ms)
            self._rate.tick(time.monotonic())
            self.times.add("detect", estimate.detect_ms)
            self.times.add("lift", estimate.lift_ms)
            self._whole.add(quality)
            self._recent.add(quality)

    @property
    def newest_index(self) -> int:
        """Frame number of the newest estimate, 0 before the first."""
        newest = self._newest
        return newest.pose.index if newest else 0

    def announce(self, estimate: Estimate) -> None:
        """Tell of an estimate that is of no pose: the camera has stopped, or a stage has failed or hangs."""
        with self._lock:
            self._newest = estimate

    def advice(self) -> list[Finding]:
        """What makes the poses of the last seconds less trustworthy, the most important first."""
        with self._lock:
            return findings(self._recent.account, self._given_deg)[:MOST] if self._recent.is_settled else []

    def status(self, source: SourceStatus, *, fault: str = "", **fields: Any) -> StatusMessage:
        """The current state; `fields` are those of the message that the sinks know."""
        with self._lock:
            newest = self._newest
            fps = self._rate.at(time.monotonic())
            latency_ms = Percentiles(*self._latency.percentiles(50, 95, 99)) if self._latency.count else None
        return StatusMessage(
            state=source.state,
            detail=source.detail,
            fps=fps,
            latency_ms=latency_ms,
            dropped=source.dropped - self._dropped_before,
            reconnects=source.reconnects,
            person=newest is not None and newest.keypoints is not None,
            valid=newest is not None and newest.pose.valid,
            reason=newest.pose.reason if newest else "warming_up",
            window=Window(newest.have if newest else 0, self._want),
            fault=fault,
            camera=self._camera(),
            advice=tuple(finding.text for finding in self.advice()),
            delay_frames=self._delay_frames,
            height_m=self._height_m,
            **{"recorded": 0, **fields},
        )

    def summary(self) -> str:
        """The summary at the end: frames, the camera's tilt where it is estimated, and the time in each stage."""
        seen = f"{counted(self.frames, 'frame')}, {self.people} with a person"
        return "\n".join([", ".join(filter(None, (seen, self._camera()))), self.times.table()])

    def _camera(self) -> str:
        return f"camera {self._level.now}" if self._level.is_estimated else ""

    def trust_lines(self) -> tuple[str, ...]:
        """How far to trust the poses of the whole run, for people."""
        return lines(self._whole, findings(self._whole, self._given_deg))
