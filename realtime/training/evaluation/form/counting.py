"""How well repetitions are counted: the number of each set, and where each repetition starts and ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ....motion import Floats
from ..bootstrap import Score
from ..intervals import interval, shown
from ..text_table import text_table
from .lifted_sets import LiftedSet
from .sets import Mark

Key = TypeVar("Key")


@dataclass(frozen=True)
class Told:
    """A repetition that was found: its start, turn and end, and when it was known; NaN in a recording."""

    start_s: float
    bottom_s: float
    end_s: float
    known_s: float = np.nan


@dataclass(frozen=True, eq=False)
class CountedSet:
    """What was found in a set, beside its truth, and of which exercise it was taken to be."""

    truth: LiftedSet
    told: tuple[Told, ...]
    exercise: str = ""

    @property
    def off(self) -> int:
        """Counted less true."""
        return len(self.told) - self.truth.count

    @property
    def pairs(self) -> list[tuple[Mark, Told]]:
        """True repetitions with the found one that overlaps them most: each at most once."""
        overlaps = [
            (min(mark.end_s, told.end_s) - max(mark.start_s, told.start_s), row, column)
            for row, mark in enumerate(self.truth.marks)
            for column, told in enumerate(self.told)
        ]
        rows, columns, found = set(), set(), []
        for overlap_s, row, column in sorted(overlaps, reverse=True):
            if overlap_s > 0 and row not in rows and column not in columns:
                rows.add(row)
                columns.add(column)
                found.append((self.truth.marks[row], self.told[column]))
        return found


def exact_percent(sets: Sequence[CountedSet]) -> float:
    """Of sets whose number is right."""
    return 100 * float(np.mean([one.off == 0 for one in sets])) if sets else np.nan


def off_by_one_percent(sets: Sequence[CountedSet]) -> float:
    """Of sets whose number is right or off by one ("OBO" in publications)."""
    return 100 * float(np.mean([abs(one.off) <= 1 for one in sets])) if sets else np.nan


def relative_mae(sets: Sequence[CountedSet]) -> float:
    """Mean of the errors of the number, each as a share of the true one."""
    return float(np.mean([abs(one.off) / one.truth.count for one in sets])) if sets else np.nan


def count_table(groups: Mapping[str, Sequence[CountedSet]], first: str = "") -> str:
    """For each group how many sets and repetitions there are and how well they are counted, with intervals over
    people."""
    heads = (first, "sets", "reps", "exact %", "off by <= 1 %", "relative MAE", "too many", "too few")
    rows = []
    for name, sets in groups.items():
        rows.append(
            (
                name,
                str(len(sets)),
                str(sum(one.truth.count for one in sets)),
                shown(over_people(sets, exact_percent), 1),
                shown(over_people(sets, off_by_one_percent), 1),
                shown(over_people(sets, relative_mae), 3),
                str(sum(one.off > 0 for one in sets)),
                str(sum(one.off < 0 for one in sets)),
            )
        )
    return text_table(heads, rows)


def over_people(sets: Sequence[CountedSet], statistic: Callable[[Sequence[CountedSet]], float]) -> Score:
    """A statistic of sets and its interval, by resampling people."""
    people = [list(of) for of in grouped(sets, lambda one: one.truth.person).values()]
    return interval(people, lambda some: statistic([one for of in some for one in of]))


def grouped(sets: Iterable[CountedSet], key: Callable[[CountedSet], Key]) -> dict[Key, list[CountedSet]]:
    """Sets by a key, in the order in which keys come first."""
    found: dict[Key, list[CountedSet]] = {}
    for one in sets:
        found.setdefault(key(one), []).append(one)
    return found


# Errors of boundaries: from a repetition and its found one, seconds.
BOUNDARIES: dict[str, Callable[[Mark, Told], float]] = {
    "start": lambda mark, told: told.start_s - mark.start_s,
    "turn": lambda mark, told: told.bottom_s - mark.bottom_s,
    "end": lambda mark, told: told.end_s - mark.end_s,
    "start, as cut": lambda mark, told: told.start_s - mark.first_s,
    "end, as cut": lambda mark, told: told.end_s - mark.last_s,
}


def boundary_errors_s(sets: Iterable[CountedSet], boundary: str) -> Floats:
    """Found less true time (n,) of one of BOUNDARIES."""
    return np.array([BOUNDARIES[boundary](mark, told) for one in sets for mark, told in one.pairs])


def delays_s(sets: Iterable[CountedSet]) -> tuple[Floats, Floats]:
    """When repetitions were known, after their true end (n,) and after the end that was found (n,)."""
    pairs = [pair for one in sets for pair in one.pairs if np.isfinite(pair[1].known_s)]
    after_true = np.array([told.known_s - mark.end_s for mark, told in pairs])
    return after_true, np.array([told.known_s - told.end_s for _, told in pairs])


def boundary_table(groups: Mapping[str, Sequence[CountedSet]], rate_hz: float, limit_frames: float) -> str:
    """Of each group and boundary, in frames: the bias, the median of the error without its sign, what 95 % are below,
    and how many percent are within the limit; live also how late repetitions are known."""
    heads = ("", "", "reps", "bias", "median |e|", "95 %", f"within {limit_frames:g} %")
    rows = []
    for name, sets in groups.items():
        errors = {boundary: boundary_errors_s(sets, boundary) for boundary in BOUNDARIES}
        late, after = delays_s(sets)
        errors |= {"known, after the end": late, "known, after the end it found": after}
        rows += [_error_row(name, what, rate_hz * off, limit_frames) for what, off in errors.items() if len(off)]
    return text_table(heads, rows, labels=2)


def _error_row(name: str, what: str, frames: Floats, limit: float) -> tuple[str, ...]:
    size = np.abs(frames)
    median, most = np.median(size), np.quantile(size, 0.95)
    inside = 100 * np.mean(size <= limit)
    return name, what, str(len(frames)), f"{np.median(frames):+.1f}", f"{median:.1f}", f"{most:.1f}", f"{inside:.1f}"


def confusion_table(sets: Sequence[CountedSet]) -> str:
    """Of which exercise sets were taken to be: rows are what was done."""
    done = grouped(sets, lambda one: one.truth.exercise)
    taken = list(dict.fromkeys([*done, *(one.exercise for one in sets)]))
    rows = []
    for exercise, some in done.items():
        counts = [sum(one.exercise == other for one in some) for other in taken]
        rows.append((exercise, *(str(count) if count else "." for count in counts)))
    return text_table(("done \\ taken for", *taken), rows)
