"""The counter: repetitions in digits that can be read from three metres, and what belongs to them."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from ..plain_text import PlainText
from ..theme import Theme
from .form_view import Board

# Shares of the figure's smaller side: sizes of letters, and how far their tops are below the counter's.
_LEFT, _TOP = 0.03, 0.845  # of the figure: beside the person, below the details
_COUNT, _EXERCISE, _PHASE, _LINES = (0.24, 0.0), (0.038, 0.235), (0.055, 0.278), (0.026, 0.352)
_FAULT, _RIGHT, _FAULT_TOP = 0.036, 0.69, 0.57  # beside the person, below the camera's picture
_SMALLEST_PX = 9.0
_EM_SHARE, _EM_SHARE_SMALL = 0.62, 0.5  # mean width of a character, bold and not
_FILLED = 0.29  # of the width by a line
_MOST_LINES = 8
_DIGITS = 2  # more are smaller


class _Words(PlainText):
    """A text whose size, and whose distance from an anchor in the figure, are shares of the figure's smaller side."""

    def __init__(self, figure: Figure, x: float, y: float, size: float, down: float = 0.0, **options: Any) -> None:
        options = {"ha": "left", "va": "top", "animated": True, "visible": False, **options}
        super().__init__(x, y, "", transform=figure.transFigure, **options)
        self.size = size
        self._anchor, self._down = y, down
        figure.add_artist(self)

    def draw(self, renderer: Any) -> None:
        """Draw where it belongs in the figure as it is now."""
        figure: Any = self.get_figure()
        smaller = min(figure.bbox.size)
        self.set_fontsize(max(_SMALLEST_PX, self.size * smaller) * 72 / figure.dpi)
        self.set_y(self._anchor - self._down * smaller / figure.bbox.height)
        super().draw(renderer)


class Counter:
    """Count, exercise and phase, and lines about the newest repetition, on the left; the newest fault on the
    right."""

    def __init__(self, figure: Figure, theme: Theme) -> None:
        self._figure = figure
        self._count = _Words(figure, _LEFT, _TOP, *_COUNT, fontweight="bold")
        self._exercise = _Words(figure, _LEFT, _TOP, *_EXERCISE)
        self._phase = _Words(figure, _LEFT, _TOP, *_PHASE, fontweight="bold")
        self._lines = _Words(figure, _LEFT, _TOP, *_LINES, linespacing=1.45)
        self._fault = _Words(figure, _RIGHT, _FAULT_TOP, _FAULT, fontweight="bold", linespacing=1.3)
        self._shown: tuple[Any, ...] = ()
        self.apply_theme(theme)

    @property
    def artists(self) -> tuple[Artist, ...]:
        """What `show` updates."""
        return self._count, self._exercise, self._phase, self._lines, self._fault

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        colours = {self._count: theme.text, self._exercise: theme.text, self._phase: theme.accent}
        for text, colour in {**colours, self._lines: theme.faint, self._fault: theme.accent}.items():
            text.set_color(colour)

    def show(self, board: Board | None) -> None:
        """Update for the next draw; None hides it."""
        shown = board, *self._figure.bbox.size
        if shown == self._shown:
            return
        self._shown = shown
        self._count.size = _COUNT[0] * min(1.0, _DIGITS / len(board.count)) if board else _COUNT[0]
        words = ("",) * 5 if board is None else _words(board, *self._figure.bbox.size)
        for text, content in zip(
            (self._count, self._exercise, self._phase, self._lines, self._fault), words, strict=True
        ):
            text.set_text(content)
            text.set_visible(bool(content))


def _words(board: Board, width: float, height: float) -> tuple[str, ...]:
    def wrapped(text: str, size: float, em_share: float) -> str:
        letter_px = max(_SMALLEST_PX, size * min(width, height)) * em_share
        columns = max(10, int(_FILLED * width / letter_px))
        return textwrap.fill(text, columns, max_lines=_MOST_LINES, placeholder=" …")

    lines = "\n".join(wrapped(line, _LINES[0], _EM_SHARE_SMALL) for line in board.lines)
    return board.count, board.exercise, board.phase, lines, wrapped(board.fault, _FAULT, _EM_SHARE)
