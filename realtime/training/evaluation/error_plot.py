"""A plot of a table of errors: a dot for each set of poses, a bar for its confidence interval."""

from __future__ import annotations

import math
from itertools import cycle
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from ...runtime.new_files import new_files
from ...viewer.plain_text import drawable, no_formulas
from ...viewer.theme import THEMES
from .bootstrap import Score
from .tables import ALL, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_THEME = THEMES["light"]
# Colour and marker distinguish the sets of poses; networks cycle through them.
_COLOURS = (_THEME.left, _THEME.right, _THEME.text, _THEME.accent, _THEME.faint)
_MARKERS = ("o", "s", "^", "D", "v")
_BASELINE = (_THEME.grid, "d")
_ROW_IN, _GAP_IN, _PANEL_IN, _MARGIN_IN = 0.13, 0.13, 2.2, 1.25
_UNITS = {"MPJVE": "mm per frame"}
_NO_SCORE = Score(math.nan, math.nan, math.nan)


def draw(table: Table, path: Path) -> None:
    """Write a new .png with a panel for each metric.  Raises RecordError."""
    figure = figure_of(table)
    with no_formulas(), new_files(path) as (part,):
        figure.savefig(part, format="png", dpi=150, facecolor=_THEME.background)


def figure_of(table: Table) -> Figure:
    """A figure of the rows of a table, groups from top to bottom in their order."""
    from matplotlib.figure import Figure

    with no_formulas():
        return _drawn_on(Figure(layout="constrained"), table)


def _drawn_on(figure: Figure, table: Table) -> Figure:
    groups = list(dict.fromkeys(row.group for row in table.rows))
    styles = _styles(table)
    metrics = list(table.rows[0].scores)
    height = _MARGIN_IN + len(groups) * (_GAP_IN + _ROW_IN * len(styles))
    figure.set_size_inches(1.7 + _PANEL_IN * len(metrics), height)
    panels = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
    for axes, metric in zip(panels, metrics, strict=True):
        for place, (poses, style) in enumerate(styles.items()):
            by_group = {row.group: row.scores[metric] for row in table.rows if row.poses == poses}
            scores = [by_group.get(group, _NO_SCORE) for group in groups]
            _draw_scores(axes, scores, poses, style, _offset(place, len(styles)))
        _style_axes(axes, metric, groups)
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside upper left",
        ncols=min(len(styles), 3),
        frameon=False,
        fontsize=9,
        labelcolor=_THEME.text,
    )
    figure.supxlabel(_note(table), x=0.01, ha="left", fontsize=7.5, color=_THEME.faint)
    return figure


def _styles(table: Table) -> dict[str, tuple[str, str]]:
    """Colour and marker of each set of poses."""
    names = list(dict.fromkeys(row.poses for row in table.rows if row.poses != table.baseline))
    styles = dict(zip(names, cycle(zip(_COLOURS, _MARKERS, strict=True)), strict=False))
    return styles if table.baseline is None else {**styles, table.baseline: _BASELINE}


def _offset(place: int, count: int) -> float:
    """Vertical offset of a set of poses within its group, whose height is 1."""
    pitch = _ROW_IN / (_GAP_IN + _ROW_IN * count)
    return (place - (count - 1) / 2) * pitch


def _draw_scores(axes: Axes, scores: list[Score], poses: str, style: tuple[str, str], offset: float) -> None:
    colour, marker = style
    at = np.arange(len(scores)) + offset
    value, low, high = np.array(scores).T
    axes.hlines(at, low, high, color=colour, linewidth=1.6, alpha=0.55)
    axes.plot(value, at, marker, color=colour, markersize=4.2, label=_label(poses))


def _label(name: str) -> str:
    """A name for the legend, which leaves out those that begin with an underscore."""
    label = drawable(name)
    return f" {label}" if label.startswith("_") else label


def _style_axes(axes: Axes, metric: str, groups: list[str]) -> None:
    """Set title, labels, grid and background; the error axis starts at 0."""
    axes.set_title(drawable(metric), fontsize=10, color=_THEME.text, loc="left")
    axes.set_xlabel(_UNITS.get(metric, "mm"), fontsize=8, color=_THEME.faint)
    axes.set_yticks(range(len(groups)), [drawable(group) for group in groups], fontsize=8.5, color=_THEME.text)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_facecolor(_THEME.background)
    axes.tick_params(length=0, labelsize=8, colors=_THEME.faint)
    axes.tick_params("y", labelsize=8.5, labelcolor=_THEME.text)
    axes.grid(axis="x", color=_THEME.grid, alpha=0.25, linewidth=0.8)
    axes.spines[:].set_visible(False)
    for band in range(0, len(groups), 2):
        axes.axhspan(band - 0.5, band + 0.5, color=_THEME.grid, alpha=0.08, linewidth=0)
    if ALL in groups:
        axes.axhline(groups.index(ALL) - 0.5, color=_THEME.grid, linewidth=0.8)


def _note(table: Table) -> str:
    how = "whole clips resampled, or blocks of one second if there are too few clips"
    text = f"{table.title}. Bars: 95 % confidence intervals, {how}."
    return "\n".join(wrap(drawable(text), 40 * len(table.rows[0].scores)))
