"""How sure a mean over frames is: 95 % intervals by resampling.

A frame resembles the one before it, so frames are not resampled one by one.  Whole clips are,
where there are enough of them (Field & Welsh, "Bootstrapping clustered data", J. R. Stat. Soc. B
69(3), 2007).  Of few clips it is blocks of consecutive frames (Künsch, Ann. Stat. 17(3), 1989),
which go on at a clip's start when they reach its end, so that every frame counts alike
(Politis & Romano, "A circular block-resampling procedure for stationary data", in LePage &
Billard (eds), Exploring the Limits of Bootstrap, Wiley, 1992).

Every mean of the same frames is resampled alike: differences of networks are paired.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Labels = NDArray[Any]

LEVEL = 0.95
RESAMPLES = 2000
FEWEST = 5  # clips or blocks; of fewer nothing is said
_SEED = 1989
_NORMAL = NormalDist()


class Score(NamedTuple):
    """A mean and its interval, which is NaN where there were too few frames."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Resampling:
    """How often each unit is in each resample: `weights` (1 + R, U), the first row with every
    unit once.  `unit` (n,) tells of each value which unit it belongs to.  `independent` is how
    many clips or blocks there are, `by` what they are: "clips" or "blocks"."""

    weights: Array
    unit: NDArray[np.intp]
    independent: float
    label: str

    def means(self, values: Array) -> Array:
        """The mean of values (n,) without their NaN, then that of each resample: (1 + R,)."""
        known = np.isfinite(values)
        units = self.weights.shape[1]
        sums = np.bincount(self.unit, np.where(known, values, 0.0), units)
        counts = self.weights @ np.bincount(self.unit, known, units)
        means: Array = np.divide(self.weights @ sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        return means

    def score(self, means: Array) -> Score:
        """Percentiles of what `means` answered, or of something computed from it.

        The percentile interval of few units is too narrow; it is widened as Student's
        distribution is wider than the normal one (Hesterberg, "What teachers should know
        about the bootstrap", Am. Stat. 69(4), 2015, expanded percentile intervals).
        """
        if self.independent < FEWEST:
            return Score(float(means[0]), math.nan, math.nan)
        tail = expanded_tail(self.independent)
        low, high = np.nanquantile(means[1:], (tail, 1 - tail))
        return Score(float(means[0]), float(low), float(high))


def resample(clip: Labels, at: NDArray[np.integer[Any]], block: int) -> Resampling:
    """For values (n,) of the frames `at` (n,) of the clips `clip` (n,): whole clips where there
    are FEWEST of them, otherwise blocks of `block` consecutive frames within each.

    Clips of unequal length are worth fewer: (sum n)^2 / sum n^2 (Kish, Survey Sampling, 1965).
    """
    names, numbers, lengths = np.unique(clip, return_inverse=True, return_counts=True)
    worth = float(lengths.sum() ** 2 / (lengths**2).sum())
    if worth >= FEWEST:
        return Resampling(_whole(len(names)), numbers, worth, f"{len(names)} clips")
    frames, unit = np.unique(np.stack([numbers, at]), axis=1, return_inverse=True)
    rng = np.random.default_rng(_SEED)
    parts, blocks = [], 0
    for number in range(len(names)):
        own = frames[1, frames[0] == number]
        span = int(own[-1] - own[0]) + 1
        blocks += max(1, round(span / block))
        parts.append(_circular(own - own[0], span, block, rng))
    return Resampling(np.concatenate(parts, 1), unit.reshape(-1), blocks, f"{blocks} blocks")


def expanded_tail(count: float) -> float:
    """Share of resamples to leave out at each end, of `count` independent units."""
    z = -_NORMAL.inv_cdf((1 - LEVEL) / 2)
    return _NORMAL.cdf(-math.sqrt(count / (count - 1)) * _student(z, count - 1))


def _student(z: float, freedom: float) -> float:
    """Student's quantile from the normal one: Abramowitz & Stegun 26.7.5; for FEWEST units it
    is 0.3 % off."""
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def _whole(count: int) -> Array:
    """(1 + R, count): units drawn with replacement, as many as there are."""
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return np.concatenate([np.ones((1, count)), drawn])


def _circular(frames: NDArray[np.integer[Any]], span: int, block: int, rng: np.random.Generator) -> Array:
    """(1 + R, len(frames)): how many of the drawn blocks hold each of the `frames`, which are
    numbers below `span`."""
    blocks = max(1, math.ceil(span / block))
    starts = rng.integers(span, size=(RESAMPLES, blocks))
    drawn = np.zeros((1 + RESAMPLES, span))
    drawn[0] = 1
    for offset in range(min(block, span)):
        np.add.at(drawn[1:], (np.arange(RESAMPLES)[:, None], (starts + offset) % span), 1)
    return drawn[:, frames]
