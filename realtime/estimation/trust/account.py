"""A running account of what was seen, in constant memory."""

from __future__ import annotations

import math
from collections import Counter
from itertools import accumulate

from .frame_quality import FrameQuality

_LONGEST_ABSENCE_S = 3.0  # after which somebody has left, and was not lost


class Histogram:
    """Numbers from `low` to `high` in bins of one width; those beyond count at the ends."""

    def __init__(self, low: float, high: float, bins: int) -> None:
        self._low, self._width = low, (high - low) / bins
        self._counts = [0] * bins
        self.count = 0

    def add(self, value: float) -> None:
        """Count a number; what is not finite is none."""
        if math.isfinite(value):
            place = int((value - self._low) / self._width)
            self._counts[min(max(place, 0), len(self._counts) - 1)] += 1
            self.count += 1

    def quantile(self, share: float) -> float:
        """The middle of the bin below which this share of the numbers lies; NaN without any."""
        if not self.count:
            return math.nan
        below = accumulate(self._counts)
        wanted = max(1.0, share * self.count)
        place = next(place for place, count in enumerate(below) if count >= wanted)
        return self._low + (place + 0.5) * self._width

    @property
    def median(self) -> float:
        """NaN without any number."""
        return self.quantile(0.5)


class Account:
    """Counts and distributions over estimates, to be added in order.

    `frames`: all; `valid`: those with a pose; `seen`: those in which a person was detected;
    `lost`: those between two of these, at most three seconds apart, `losses` how often that was;
    `looks` at how many people there are, `crowded`: those that found several, `most_people` in one of them;
    `outside`: frames by the part of the body that is outside the picture (feet, knees, head).
    Distributions: `height_px` (binary logarithm), `score`, `light`, `rate_hz` (binary logarithm),
    `towards_deg` and `right_deg`.
    """

    def __init__(self) -> None:
        self.frames = self.valid = self.seen = self.lost = self.losses = 0
        self.looks = self.crowded = self.most_people = 0
        self.outside: Counter[str] = Counter()
        self.height_px, self.rate_hz = Histogram(2, 13, 176), Histogram(-4, 10, 280)  # steps of 4 % and 3.5 %
        self.score, self.light = Histogram(0, 1, 50), Histogram(0, 256, 128)
        self.towards_deg, self.right_deg = Histogram(-180, 180, 360), Histogram(-180, 180, 360)
        self._unseen = 0  # frames since somebody was seen
        self._seen_s = self._newest_s = -math.inf

    def add(self, frame: FrameQuality) -> None:
        """Take in what the next estimate tells."""
        self.frames += 1
        self.valid += frame.valid
        step_s = frame.t_s - self._newest_s
        self._newest_s = frame.t_s
        if 0 < step_s < math.inf:
            self.rate_hz.add(-math.log2(step_s))
        if frame.light is not None:
            self.light.add(frame.light)
        if frame.people is not None:
            self.looks += 1
            self.crowded += frame.people > 1
            self.most_people = max(self.most_people, frame.people)
        if frame.seen:
            self._add_person(frame)
        else:
            self._unseen += 1

    def _add_person(self, frame: FrameQuality) -> None:
        if self.seen and self._unseen and frame.t_s - self._seen_s <= _LONGEST_ABSENCE_S:
            self.lost += self._unseen
            self.losses += 1
        self.seen, self._unseen, self._seen_s = self.seen + 1, 0, frame.t_s
        self.outside.update(frame.outside)
        if frame.height_px:
            self.height_px.add(math.log2(frame.height_px))
        if frame.score is not None:
            self.score.add(frame.score)
        if frame.lean is not None:
            self.towards_deg.add(frame.lean.towards_deg)
            self.right_deg.add(frame.lean.right_deg)
