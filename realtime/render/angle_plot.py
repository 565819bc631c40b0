"""Joint angles over time as a picture: a panel for each joint, left and right in their colours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from ..kinematics.angles import joint_angles_deg
from ..motion import Floats, Motion3D
from ..runtime.new_files import new_files
from ..viewer.plain_text import drawable, no_formulas
from ..viewer.theme import THEMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_THEME = THEMES["light"]
_WIDTH_IN, _PANEL_IN, _MARGIN_IN, _DPI = 7.2, 2.0, 1.1, 150  # 1080 pixels wide, as a phone shows them
_TITLE_PT, _TEXT_PT = 15, 11.5
_ABOUT_X, _PAD_PT = 0.13, 6  # what is said of a panel stands beside its title
_LONGEST = 56  # characters of the title
_LEAST_SPAN_DEG = 30.0  # of a panel, so that noise does not look like motion


@dataclass(frozen=True)
class _Line:
    angle: str
    label: str
    colour: str
    style: str = "-"


@dataclass(frozen=True)
class _Panel:
    title: str
    about: str
    lines: tuple[_Line, ...]


def _both_sides(title: str, angle: str, about: str) -> _Panel:
    sides = (("left", _THEME.left), ("right", _THEME.right))
    return _Panel(title, about, tuple(_Line(f"{angle}_{side[0]}", side, colour) for side, colour in sides))


_PANELS = (
    _both_sides("Hip", "hip_flexion", "thigh forward is up"),
    _both_sides("Knee", "knee_angle", "0 is straight, bent is up"),
    _both_sides("Ankle", "ankle_angle", "0 is square, toes up is up"),
    _both_sides("Elbow", "elbow_flex", "0 is straight, bent is up"),
    _Panel(
        "Trunk",
        "0 is upright",
        (
            _Line("trunk_lean", "forward", _THEME.text),
            _Line("trunk_side_lean", "to the right", _THEME.faint, "--"),
        ),
    ),
)


def draw_angles(path: Path, motion: Motion3D) -> None:
    """Write a new .png of a motion of several frames.  Raises RecordError."""
    figure = figure_of(motion)
    with no_formulas(), new_files(path) as (part,):
        figure.savefig(part, format="png", dpi=_DPI, facecolor=_THEME.background)


def figure_of(motion: Motion3D) -> Figure:
    """A panel for each joint that the skeleton has angles of, over the time in seconds."""
    from matplotlib.figure import Figure

    angles = joint_angles_deg(motion.joints.astype(np.float64), motion.skeleton)
    panels = [panel for panel in _PANELS if panel.lines[0].angle in angles]
    with no_formulas():
        figure = Figure((_WIDTH_IN, _MARGIN_IN + _PANEL_IN * len(panels)), layout="constrained")
        figure.suptitle(
            shorten(
                drawable(f"Joint angles of {motion.source}" if motion.source else "Joint angles"),
                _LONGEST,
                placeholder=" …",
            ),
            x=0.02,
            ha="left",
            fontsize=_TITLE_PT,
            color=_THEME.text,
        )
        for panel, axes in zip(panels, figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0], strict=True):
            _draw(axes, panel, motion.times_s, angles)
        axes.set_xlabel("time, s", fontsize=_TEXT_PT, color=_THEME.text)
    return figure


def _draw(axes: Axes, panel: _Panel, times_s: Floats, angles: dict[str, Floats]) -> None:
    for line in panel.lines:
        axes.plot(times_s, angles[line.angle], line.style, color=line.colour, linewidth=2, label=line.label)
    axes.set_title(panel.title, fontsize=_TITLE_PT, color=_THEME.text, loc="left", pad=_PAD_PT)
    axes.annotate(
        panel.about,
        (_ABOUT_X, 1),
        (0, _PAD_PT),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=_TEXT_PT,
        color=_THEME.faint,
    )
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=2,
        frameon=False,
        fontsize=_TEXT_PT,
        labelcolor=_THEME.text,
        handlelength=1.4,
        borderaxespad=0.2,
    )
    low, high = axes.get_ylim()
    missing = max(0.0, _LEAST_SPAN_DEG - (high - low)) / 2
    axes.set_ylim(low - missing, high + missing)
    axes.margins(x=0)
    axes.yaxis.set_major_formatter("{x:.0f}°")
    axes.tick_params(length=0, labelsize=_TEXT_PT, colors=_THEME.text)
    axes.grid(color=_THEME.grid, alpha=0.3, linewidth=0.8)
    axes.axhline(0, color=_THEME.grid, linewidth=1)
    axes.set_facecolor(_THEME.background)
    axes.spines[:].set_visible(False)
