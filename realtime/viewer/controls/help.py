"""The help overlay: the keys that work in this window, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from ..theme import Theme

HINT = "h: help"
HINT_S = 10.0  # shown at the start for so long
_LARGEST_PT = 10.5
_LINE = 1.75  # of the font size
_COLUMNS = 34  # width of the panel in font sizes, for windows that are narrow
_GAP, _PADDING = 2.2, 1.6  # between the columns and around them, font sizes
_ALPHA = 0.94


class _Panel(Artist):
    """Two columns of text on a panel in the middle of the figure."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.set_figure(figure)
        self.set_animated(True)
        self.set_visible(False)
        options: Any = {"va": "top", "linespacing": _LINE / 1.2, "parse_math": False, "transform": IdentityTransform()}
        self._columns = [Text(**options), Text(**options)]
        self._back = FancyBboxPatch((0, 0), 1, 1, transform=IdentityTransform(), linewidth=1.0)
        for part in (*self._columns, self._back):
            part.set_figure(figure)
        self._box = Bbox.null()

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Set the lines, each in two columns."""
        texts = ["\n".join(column) for column in zip(*rows, strict=True)]
        if texts != [column.get_text() for column in self._columns]:
            for column, text in zip(self._columns, texts, strict=True):
                column.set_text(text)
            self.stale = True

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self._back.set(facecolor=theme.background, edgecolor=theme.grid, alpha=_ALPHA)
        for column, colour in zip(self._columns, (theme.accent, theme.text), strict=True):
            column.set_color(colour)

    def draw(self, renderer: Any) -> None:
        """Draw the panel, as large as its text."""
        if not self.get_visible():
            return
        figure = self.get_figure()
        assert figure is not None
        self._lay_out(renderer, *figure.bbox.size, figure.dpi)
        for part in (self._back, *self._columns):
            part.draw(renderer)

    def _lay_out(self, renderer: Any, width: float, height: float, dpi: float) -> None:
        lines = self._columns[0].get_text().count("\n") + 1
        font_px = min(_LARGEST_PT * dpi / 72, width / _COLUMNS, height / (_LINE * lines + 2 * _PADDING))
        for column in self._columns:
            column.set_fontsize(font_px * 72 / dpi)
        wide = [column.get_window_extent(renderer).width for column in self._columns]
        tall = max(column.get_window_extent(renderer).height for column in self._columns)
        size = np.array([sum(wide) + _GAP * font_px, tall])
        left, bottom = (np.array([width, height]) - size) / 2
        self._columns[0].set_position((left, bottom + tall))
        self._columns[1].set_position((left + wide[0] + _GAP * font_px, bottom + tall))
        pad = _PADDING * font_px
        self._box = Bbox.from_bounds(left - pad, bottom - pad, *(size + 2 * pad))
        self._back.set_bounds(self._box.bounds)
        self._back.set_boxstyle("round", pad=0, rounding_size=0.8 * font_px)

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's signature
        """Bounding box as last drawn, pixels."""
        return self._box


class Help:
    """The overlay, hidden at first, and a hint of its key, which goes after a while.

    `note` says what else there is to tell, '' for nothing.  The scene begins above the fraction
    `bottom` of the figure's height.
    """

    def __init__(
        self, figure: Figure, theme: Theme, note: Callable[[], str] = str, *, bottom: float = 0.0, hint: bool = True
    ) -> None:
        self.panel = _Panel(figure)
        figure.add_artist(self.panel)
        self.hint = figure.text(0.5, 0.030 + bottom, HINT, fontsize=9.5, ha="center", va="bottom", animated=True)
        self.hint.set_visible(hint)
        self._rows: list[tuple[str, str]] = []
        self._note = note
        self._hint_until_s: float | None = None
        self.apply_theme(theme)

    @property
    def is_open(self) -> bool:
        """Whether the overlay is shown."""
        return bool(self.panel.get_visible())

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Set the keys and what they do."""
        self._rows = list(rows)

    def toggle(self) -> None:
        """Show the overlay, or hide it; either way the hint has been understood."""
        self.panel.set_visible(not self.is_open)
        self.hint.set_visible(False)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours; needs a full draw."""
        self.panel.apply_theme(theme)
        self.hint.set_color(theme.faint)

    def show(self, now_s: float) -> None:
        """Update the artists for the next draw."""
        if self._hint_until_s is None:
            self._hint_until_s = now_s + HINT_S
        if now_s > self._hint_until_s and self.hint.get_visible():
            self.hint.set_visible(False)
        if self.is_open:
            note = self._note()
            self.panel.set_rows([*self._rows, ("", note)] if note else self._rows)
