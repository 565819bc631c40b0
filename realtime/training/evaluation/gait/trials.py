"""Whole trials of straight walking and running, at the rate that they were captured with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ....motion import Floats
from ...mocap.corpora import CORPORA, unbroken
from ...mocap.corpus import Corpus
from ...mocap.people import HELD_OUT
from ..captured import Captured

WALK, RUN = "walk", "run"

# Per corpus: which files are walks or runs over level ground (any of these texts in the path), or, where the name
# does not say it, all that move on.  DeepMimic's have 30 Hz and no feet: for loops only.
_FILES = {
    "cmu-expmap_chaneyddtt": ("/walking", "/running"),
    "cmu-amc_cyun9601": ("02_01", "02_02", "02_03"),
    "cmu-deepmimic_arpspoof-jump": ("/02_", "/06_", "/07_", "/08_", "/09_", "/10_", "/16_", "/49_", "/127_"),
    "running-qualisys_tifx04": ("Tindra",),
}
_SAME_AS = ("train/walking/walking_1.",)  # 02_01 of cmu-amc
_TRUE_FEET_HZ = 100.0  # slower corpora have no feet, and a frame is longer than the error that is looked for
_LEAST_SPEED_M_S = 0.6
_RUNNING_M_S = 2.0
_STRAIGHT = 0.95  # of the way, from its start to its end
_LEAST_S = 1.0
_SPEED_OVER_S = 0.4


@dataclass(frozen=True, eq=False)
class Trial(Captured):
    """One walk or run; `direction`: of progress, for who stays in place on a treadmill."""

    @cached_property
    def forward(self) -> Floats:
        """Unit direction (3,) of progress, horizontal."""
        if self.direction is not None:
            return self.direction
        way = (self.pelvis[-1] - self.pelvis[0]) * (1, 1, 0)
        direction: Floats = way / np.linalg.norm(way)
        return direction

    @cached_property
    def speed_m_s(self) -> Floats:
        """Horizontal speed (T,) of the pelvis over 0.4 s around each frame."""
        reach = max(1, round(_SPEED_OVER_S * self.rate_hz / 2))
        number = np.arange(len(self))
        low, high = np.maximum(number - reach, 0), np.minimum(number + reach, len(self) - 1)
        step = np.linalg.norm((self.pelvis[high] - self.pelvis[low])[:, :2], axis=1)
        speed: Floats = step / ((high - low) / self.rate_hz)
        return speed

    @property
    def kind(self) -> str:
        """WALK or RUN, by the speed that is exceeded a quarter of the time (a sprint starts slowly): no trial is near
        2 m/s."""
        return RUN if np.quantile(self.speed_m_s, 0.75) > _RUNNING_M_S else WALK


def trials(data: Path, *, true_feet: bool = True) -> list[Trial]:
    """All straight walks and runs of the corpora in `data`; with `true_feet` only those whose feet were
    captured, at a rate that tells when they touch the floor."""
    found = []
    for corpus in CORPORA:
        if corpus.folder in _FILES and (data / corpus.folder).is_dir():
            found += [trial for trial in _read(corpus, data / corpus.folder) if not true_feet or has_true_feet(trial)]
    return found


def has_true_feet(trial: Trial) -> bool:
    """Whether the feet were captured, at a rate that tells when they touch the floor."""
    return trial.rate_hz >= _TRUE_FEET_HZ


def _read(corpus: Corpus, folder: Path) -> Iterator[Trial]:
    for path, points, rate_hz in corpus.read(folder):
        relative = path.relative_to(folder)
        name = f"/{relative.as_posix()}"
        if not any(part in name for part in _FILES[corpus.folder]) or any(same in name for same in _SAME_AS):
            continue
        # The first frame of an expmap trial is a pose at the origin: the longest piece without a jump.
        piece = max(unbroken(points), key=len, default=points[:0])
        if len(piece) >= _LEAST_S * rate_hz:
            person = corpus.subject(relative)
            trial = Trial(name[1:], person, person in HELD_OUT, np.asarray(piece, np.float64), rate_hz)
            if _is_straight(trial):
                yield trial


def _is_straight(trial: Trial) -> bool:
    """Whether the person goes on, and straight on."""
    way = np.linalg.norm((trial.pelvis[-1] - trial.pelvis[0])[:2])
    knots = trial.pelvis[:: max(1, round(trial.rate_hz / 10)), :2]
    length = np.linalg.norm(np.diff(knots, axis=0), axis=1).sum()
    return bool(way > _STRAIGHT * length and way > _LEAST_SPEED_M_S * len(trial) / trial.rate_hz)
