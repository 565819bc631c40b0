"""Correct against incorrect repetitions: what a score, or a classifier over measures, says of people that it was not
learned on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....motion import Floats
from ..bootstrap import Score
from ..intervals import interval

_RIDGE = 20.0  # of weights of standardised measures, as a count of repetitions
_STEPS = 25  # of Newton's method; 6 are enough


@dataclass(frozen=True)
class Judged:
    """A repetition of a person, whether it was done well, and its measures by name (of the whole body or the working
    side; those that could not be measured are not there)."""

    person: str
    exercise: str
    view: str
    correct: bool
    measures: Mapping[str, float]


Judge = Callable[[Sequence[Judged]], Callable[[Judged], float]]  # learned on some: how good each other one is


def values_left_out(everyone: Sequence[Judged], judge: Judge, examples: Sequence[Judged] = ()) -> Floats:
    """How good each repetition is (n,), by what was learned on the other people; NaN where it cannot be told.
    `examples`: other repetitions to learn from, such as those by markers."""
    found = np.full(len(everyone), np.nan)
    people = np.array([one.person for one in everyone])
    for person in dict.fromkeys(people.tolist()):
        learned = judge([one for one in examples or everyone if one.person != person])
        for row in np.flatnonzero(people == person).tolist():
            found[row] = learned(everyone[row])
    return found


def auc(values: Floats, correct: NDArray[np.bool_]) -> float:
    """The share of pairs, a correct and an incorrect one, in which the correct one has the higher value (ties count
    half): the area under the ROC curve, by the Mann-Whitney statistic.  NaN where either is missing."""
    known = np.isfinite(values)
    good, bad = values[known & correct], values[known & ~correct]
    if not len(good) or not len(bad):
        return np.nan
    ranks = np.searchsorted(np.sort(bad), good, "left") + np.searchsorted(np.sort(bad), good, "right")
    return float(ranks.mean() / 2 / len(bad))


def auc_over_people(everyone: Sequence[Judged], values: Floats) -> Score:
    """The AUC of all repetitions together, with an interval over people."""
    correct = np.array([one.correct for one in everyone])
    return interval(_rows(everyone), lambda some: auc(values[np.concatenate(some)], correct[np.concatenate(some)]))


def auc_within_people(everyone: Sequence[Judged], values: Floats) -> Score:
    """The mean of the AUC of each person's repetitions among themselves, with an interval over people."""
    correct = np.array([one.correct for one in everyone])
    each = [auc(values[rows], correct[rows]) for rows in _rows(everyone)]
    known = [value for value in each if np.isfinite(value)]
    return interval(known, lambda some: float(np.mean(some)) if some else np.nan)


def _rows(everyone: Sequence[Judged]) -> list[NDArray[np.intp]]:
    people = np.array([one.person for one in everyone])
    return [np.flatnonzero(people == person) for person in dict.fromkeys(people.tolist())]


def logistic(without: Sequence[str] = ()) -> Judge:
    """Logistic regression over all measures but some, standardised, with a ridge; one that is missing has the median.

    It knows more than the score, which is a sum of parts that people can read: what is lost by that."""

    def learn(some: Sequence[Judged]) -> Callable[[Judged], float]:
        keys = sorted({key for one in some for key in one.measures} - set(without))
        table = np.array([[one.measures.get(key, np.nan) for key in keys] for one in some])
        kept = np.isfinite(table).mean(0) > 0.5
        keys, table = [key for key, use in zip(keys, kept, strict=True) if use], table[:, kept]
        middle = np.nanmedian(table, axis=0)
        spread = np.nanstd(table, axis=0) + 1e-9
        weights = _weights((np.where(np.isfinite(table), table, middle) - middle) / spread, some)

        def value(one: Judged) -> float:
            its = np.array([one.measures.get(key, np.nan) for key in keys])
            return float((np.where(np.isfinite(its), its, middle) - middle) / spread @ weights[1:] + weights[0])

        return value

    return learn


def _weights(table: Floats, some: Sequence[Judged]) -> Floats:
    """Of logistic regression, by Newton's method; the first is the constant."""
    wanted = np.array([one.correct for one in some], float)
    inputs = np.concatenate([np.ones((len(table), 1)), table], 1)
    ridge = _RIDGE * np.eye(inputs.shape[1])
    ridge[0, 0] = 1e-6
    weights = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (wanted - share) - ridge @ weights
        curve = (inputs * (share * (1 - share))[:, None]).T @ inputs + ridge
        weights = weights + np.linalg.solve(curve, slope)
    return weights
