"""A strip at the bottom of the figure: when each foot was on the ground in the last seconds, and whether it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox, IdentityTransform

from ..plain_text import FittedText
from ..theme import Theme
from ..view import Floats
from .gait_view import SPAN_S, Footfalls

# Of the figure: where the strip begins and ends, the middle of its lower row, and half a row.
_LEFT, _RIGHT, _BOTTOM, _HALF = 0.36, 0.70, 0.066, 0.010  # above the hint on keys
_LABEL_Y = 0.112
_ROWS = {"left": 1, "right": 0}  # from below
_ROW_STEP = 2.6  # half rows
_TRACK_ALPHA, _NOT_KNOWN_ALPHA = 0.30, 0.10
_DOT = 1.25  # half rows: the radius of the sign of a foot, and its distance from the strip
_LABEL, _LABEL_PT = f"feet on the ground, {SPAN_S:g} s", 8.0
_CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 25)), np.sin(np.linspace(0, 2 * np.pi, 25))], 1)


class FootfallStrip(PolyCollection):
    """Two rows of three seconds, the left foot above, now at the right end; a dot beside a row is filled while the
    foot is on the ground, as far as that is known."""

    def __init__(self, figure: Figure, theme: Theme) -> None:
        super().__init__([], animated=True, transform=IdentityTransform(), linewidths=1.2)
        self._figure, self._theme, self._box = figure, theme, Bbox.null()
        self._shown: tuple[Any, ...] | None = None
        # Apart, since a text is slow to draw and this one never changes.
        self.label = FittedText(_LEFT, _LABEL_Y, _LABEL_PT, transform=figure.transFigure, animated=True)
        self.label.set_text(_LABEL)
        for artist in (self, self.label):
            artist.set_visible(False)
            figure.add_artist(artist)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self._theme = theme
        self.label.set_color(theme.faint)

    def show(self, footfalls: Footfalls | None) -> None:
        """Update for the next draw; None hides it."""
        shown = footfalls, self._theme, *self._figure.bbox.size
        if shown == self._shown:
            return
        self._shown = shown
        for artist in (self, self.label):
            artist.set_visible(footfalls is not None)
        if footfalls is None:
            return
        shapes, fills, edges = zip(*_shapes(footfalls, self._theme, *self._figure.bbox.size), strict=True)
        self.set_verts(shapes)
        self.set_facecolor(fills)
        self.set_edgecolor(edges)
        corners = np.concatenate(shapes)
        self._box = Bbox([corners.min(0) - 1, corners.max(0) + 1])
        self.stale = True

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box, pixels."""
        return self._box


_Shape = tuple[Floats, Any, Any]  # outline in pixels, its fill, its edge


def _shapes(footfalls: Footfalls, theme: Theme, width: float, height: float) -> list[_Shape]:
    left, right, half = _LEFT * width, _RIGHT * width, max(_HALF * min(width, height), 2.5)
    clear = to_rgba(theme.background, 0)
    shapes: list[_Shape] = []
    for side, row in _ROWS.items():
        middle = _BOTTOM * height + row * _ROW_STEP * half

        def bar(start_s: float, end_s: float, middle: float = middle) -> Floats:
            first, last = (right + (right - left) * t_s / SPAN_S for t_s in (start_s, end_s))
            low, high = middle - half, middle + half
            return np.array([(first, low), (last, low), (last, high), (first, high)])

        colour = theme.side(side)
        shapes.append((bar(-SPAN_S, footfalls.known_s), to_rgba(theme.grid, _TRACK_ALPHA), clear))
        shapes.append((bar(footfalls.known_s, 0), to_rgba(theme.grid, _NOT_KNOWN_ALPHA), clear))
        shapes += [(bar(*span), to_rgba(colour), clear) for span in footfalls.spans[side]]
        dot = (right + 2 * _DOT * half, middle) + _DOT * half * 0.8 * _CIRCLE
        on_ground = footfalls.contact[side]
        if on_ground is not None:
            shapes.append((dot, to_rgba(colour) if on_ground else clear, to_rgba(colour)))
    return shapes
