"""Repetitions that are counted while nobody trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..text_table import text_table
from .counting import CountedSet


def ghost_table(told: Mapping[str, Sequence[CountedSet]]) -> str:
    """By what the counter was told and by what was done: how many repetitions were counted, in how many minutes."""
    kinds = list(dict.fromkeys(one.truth.kind for sets in told.values() for one in sets))
    rows = []
    for exercise, sets in told.items():
        ghosts = {kind: sum(len(one.told) for one in sets if one.truth.kind == kind) for kind in kinds}
        rows.append((exercise, *(str(ghosts[kind]) for kind in kinds), str(sum(ghosts.values()))))
    sets = next(iter(told.values()), ())
    minutes = [sum(one.truth.duration_s for one in sets if one.truth.kind == kind) / 60 for kind in kinds]
    heads = ("counted as", *kinds, "together")
    length = ("minutes", *(f"{value:.1f}" for value in minutes), f"{sum(minutes):.1f}")
    return text_table(heads, [length, *rows])
