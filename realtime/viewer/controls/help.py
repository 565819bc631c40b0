"""The help overlay: the keys that work in this window, and what they do."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from ..plain_text import REFERENCE_IN, FittedText, PlainText
from ..theme import Theme

Rows = list[tuple[str, str]]  # a key, and what it does

HINT = "h: help"
HINT_S = 10.0  # shown at the start for so long
_LARGEST_PT = 10.5
# In font sizes: the height of a row, the distance between the columns, and that around them.
_ROW, _GAP, _PADDING = 1.75, 2.2, 1.6
_FILLED = 0.98  # of the figure at most


class _Panel(Artist):
    """Rows of two texts on a panel in the middle of the figure."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.set_figure(figure)
        self.set_animated(True)
        self.set_visible(False)
        self._rows: Rows = []
        self._texts: list[tuple[Text, Text]] = []
        self._colours = "", ""
        self._back = FancyBboxPatch((0, 0), 1, 1, transform=IdentityTransform(), linewidth=1.0)
        self._back.set_figure(figure)
        self._box = Bbox.null()
        self._laid_out: tuple[float, float, float] | None = None  # the size and resolution that it is laid out for

    def set_rows(self, rows: Rows) -> None:
        """Set what is listed."""
        if rows != self._rows:
            self._rows = rows
            self._texts = [(self._text(key, 0), self._text(what, 1)) for key, what in rows]
            self._laid_out = None
            self.stale = True

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self._back.set(facecolor=theme.background, edgecolor=theme.grid)
        self._colours = theme.accent, theme.text
        for row in self._texts:
            for text, colour in zip(row, self._colours, strict=True):
                text.set_color(colour)

    def _text(self, content: str, column: int) -> Text:
        text = PlainText(0, 0, content, va="baseline", color=self._colours[column])
        text.set_transform(IdentityTransform())
        figure = self.get_figure()
        assert figure is not None
        text.set_figure(figure)
        return text

    def draw(self, renderer: Any) -> None:
        """Draw the panel, as large as its text."""
        if not self.get_visible():
            return
        figure = self.get_figure()
        assert figure is not None
        laid_out = (*figure.bbox.size, figure.dpi)
        if self._laid_out != laid_out:
            self._laid_out = laid_out
            self._lay_out(renderer, *laid_out)
        for part in (self._back, *itertools.chain(*self._texts)):
            part.draw(renderer)

    def _lay_out(self, renderer: Any, width: float, height: float, dpi: float) -> None:
        """Place everything, in the largest letters that fit the figure."""
        font_px = _LARGEST_PT * dpi / 72 * max(1.0, min(width, height) / dpi / REFERENCE_IN)
        rows_em = _ROW * len(self._texts) + 2 * _PADDING
        around_em = _GAP + 2 * _PADDING
        columns_em = sum(self._widths_px(renderer, font_px, dpi)) / font_px
        font_px = min(font_px, _FILLED * width / (columns_em + around_em), _FILLED * height / rows_em)
        widths_px = self._widths_px(renderer, font_px, dpi)
        size = sum(widths_px) + around_em * font_px, rows_em * font_px
        self._box = Bbox.from_bounds((width - size[0]) / 2, (height - size[1]) / 2, *size)
        self._back.set_bounds(self._box.bounds)
        self._back.set_boxstyle("round", pad=0, rounding_size=0.8 * font_px)
        x = self._box.x0 + _PADDING * font_px
        for i, (key, what) in enumerate(self._texts, 1):
            y = self._box.y1 - (_PADDING + _ROW * i - 0.5) * font_px
            key.set_position((x, y))
            what.set_position((x + widths_px[0] + _GAP * font_px, y))

    def _widths_px(self, renderer: Any, font_px: float, dpi: float) -> list[float]:
        """Set the size of all texts; the widths of the two columns."""
        for text in itertools.chain(*self._texts):
            text.set_fontsize(font_px * 72 / dpi)
        columns = zip(*self._texts, strict=True)
        return [max(text.get_window_extent(renderer).width for text in column) for column in columns]

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
        self.hint = FittedText(0.5, 0.030 + bottom, 9.5, ha="center", va="bottom", transform=figure.transFigure)
        self.hint.set(text=HINT, visible=hint, animated=True)
        figure.add_artist(self.hint)
        self._rows: Rows = []
        self._note = note
        self._hint_until_s: float | None = None
        self.apply_theme(theme)

    @property
    def is_open(self) -> bool:
        """Whether the overlay is shown."""
        return bool(self.panel.get_visible())

    def set_rows(self, rows: Rows) -> None:
        """Set the keys and what they do."""
        self._rows = rows

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
