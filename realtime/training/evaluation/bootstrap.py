"""Bootstrap: 95 % confidence intervals of a mean over frames.

Consecutive frames are correlated, so frames are not resampled individually.  If there are
enough clips, whole clips are resampled (Field & Welsh, "Bootstrapping clustered data", J. R.
Stat. Soc. B 69(3), 2007); otherwise blocks of consecutive frames (Künsch, Ann. Stat. 17(3),
1989), which wrap around at the end of a clip, so that every frame has equal weight
(Politis & Romano, "A circular block-resampling procedure for stationary data", in LePage &
Billard (eds), Exploring the Limits of Bootstrap, Wiley, 1992).

All means over the same frames use the same resamples, so differences between networks are paired.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...runtime.text import counted

Array = NDArray[np.floating[Any]]
Labels = NDArray[Any]

LEVEL = 0.95
RESAMPLES = 2000
FEWEST = 5  # clips or blocks required for an interval
_SEED = 1989
_NORMAL = NormalDist()


class Score(NamedTuple):
    """A mean and its confidence interval, NaN if there were too few clips or blocks."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Resampling:
    """How often each unit occurs in each resample: `weights` (1 + R, U); the first row contains
    every unit once.  `unit` (n,) is the unit of each value, `independent` the effective number
    of clips or blocks, `label` their description, such as "31 clips"."""

    weights: Array
    unit: NDArray[np.intp]
    independent: float
    label: str

    def means(self, values: Array) -> Array:
        """The mean of values (n,), ignoring NaN, followed by that of each resample: (1 + R,)."""
        finite = np.isfinite(values)
        units = self.weights.shape[1]
        sums = np.bincount(self.unit, np.where(finite, values, 0.0), units)
        counts = self.weights @ np.bincount(self.unit, finite, units)
        means: Array = np.divide(self.weights @ sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        return means

    def score(self, means: Array) -> Score:
        """The percentile interval of the result of `means`, or of a function of it.

        With few units the percentile interval is too narrow; it is widened by the ratio of
        Student's t to the normal distribution (Hesterberg, "What teachers should know about
        the bootstrap", Am. Stat. 69(4), 2015, expanded percentile intervals).
        """
        if self.independent < FEWEST or math.isnan(means[0]):
            return Score(float(means[0]), math.nan, math.nan)
        tail = expanded_tail(self.independent)
        low, high = np.nanquantile(means[1:], (tail, 1 - tail))
        return Score(float(means[0]), float(low), float(high))


def resample(clip: Labels, at: NDArray[np.integer[Any]], block: int) -> Resampling:
    """Resampling of values (n,) with frame numbers `at` (n,) in the clips `clip` (n,): whole clips
    if there are at least FEWEST, otherwise blocks of `block` consecutive frames within each clip.

    For clips of unequal length the effective number is smaller: (sum n)^2 / sum n^2 (Kish,
    Survey Sampling, 1965).
    """
    names, numbers, lengths = np.unique(clip, return_inverse=True, return_counts=True)
    effective = float(lengths.sum() ** 2 / (lengths**2).sum())
    if effective >= FEWEST:
        return Resampling(_clip_weights(len(names)), numbers, effective, counted(len(names), "clip"))
    frames, unit = np.unique(np.stack([numbers, at]), axis=1, return_inverse=True)
    rng = np.random.default_rng(_SEED)
    parts, blocks = [], 0
    for number in range(len(names)):
        in_clip = frames[1, frames[0] == number]
        span = int(in_clip[-1] - in_clip[0]) + 1
        blocks += max(1, round(span / block))
        parts.append(_block_weights(in_clip - in_clip[0], span, block, rng))
    return Resampling(np.concatenate(parts, 1), unit.reshape(-1), blocks, f"{blocks} blocks")


def expanded_tail(count: float) -> float:
    """Tail probability at each end of the expanded interval, for `count` independent units."""
    z = -_NORMAL.inv_cdf((1 - LEVEL) / 2)
    return _NORMAL.cdf(-math.sqrt(count / (count - 1)) * _student(z, count - 1))


def _student(z: float, freedom: float) -> float:
    """Student's t quantile from the normal quantile `z`: Abramowitz & Stegun 26.7.5; the error
    for FEWEST units is 0.3 %."""
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def _clip_weights(count: int) -> Array:
    """(1 + R, count): how often each of `count` units is drawn, with replacement."""
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return np.concatenate([np.ones((1, count)), drawn])


def _block_weights(frames: NDArray[np.integer[Any]], span: int, block: int, rng: np.random.Generator) -> Array:
    """(1 + R, len(frames)): how many of the drawn circular blocks contain each of the `frames`,
    which are numbers below `span`."""
    blocks = max(1, math.ceil(span / block))
    starts = rng.integers(span, size=(RESAMPLES, blocks))
    drawn = np.zeros((1 + RESAMPLES, span))
    drawn[0] = 1
    for offset in range(min(block, span)):
        np.add.at(drawn[1:], (np.arange(RESAMPLES)[:, None], (starts + offset) % span), 1)
    return drawn[:, frames]
