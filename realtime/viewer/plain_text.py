"""Texts that matplotlib draws as they are.

Names and reasons come from files and from the network.  matplotlib would read what stands
between two dollar signs as a formula, and raise where it is none; it warns of characters that
its font lacks, in every frame, and a font's library refuses half of a surrogate pair.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text

from ..runtime.text import printable

LONGEST = 160  # characters of a line; more does not fit on a screen
REFERENCE_IN = 8.0  # the sizes of texts are meant for a figure of this size: 800 px, or 1600 px of a dense screen
_SCALES = 0.75, 2.0
_EM_SHARE = 0.6  # mean width of a character
_FILLED = 0.94  # of the width by the longest line
_SMALLEST_PT = 5.0
_MISSING = "\N{WHITE SQUARE}"


@lru_cache(maxsize=64)
def drawable(text: str) -> str:
    """A text of any origin as it is drawn: without control characters, each line cut to `LONGEST`
    characters, and with squares for those that matplotlib's font lacks."""
    lines = map(printable, text[: 8 * LONGEST].split("\n"))
    short = (line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in lines)
    return "\n".join("".join(c if _has_glyph(c) else _MISSING for c in line) for line in short)


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    return bool(get_font(findfont(FontProperties())).get_char_index(ord(character)))


def no_formulas() -> AbstractContextManager[None]:
    """Texts created within, also by matplotlib itself, are never parsed.  Their characters are the
    caller's: see `drawable`."""
    return mpl.rc_context({"text.parse_math": False, "text.usetex": False})


class PlainText(Text):
    """A text that is never parsed, and whose characters can all be drawn."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "parse_math": False, "usetex": False})

    def set_text(self, s: Any) -> None:
        """Set the text, of any origin."""
        super().set_text(drawable(str(s)))


class FittedText(PlainText):
    """A plain text whose size follows that of the figure, and that is never wider.

    `size_pt` is for a figure of 8 inches, or is multiplied by `scale`; `after_em` moves it to the
    right by that many times its size.
    """

    def __init__(
        self,
        x: float,
        y: float,
        size_pt: float,
        *,
        scale: float | None = None,
        after_em: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(x, y, "", fontsize=size_pt, **options)
        self._size_pt, self._scale, self._after_em, self._x_share = size_pt, scale, after_em, x

    def draw(self, renderer: Any) -> None:
        """Draw at the size that fits the figure as it is now."""
        figure: Any = self.get_figure()
        width_px = figure.bbox.width
        scale = self._scale or min(max(_SCALES[0], min(figure.get_size_inches()) / REFERENCE_IN), _SCALES[1])
        longest = max(1, *map(len, self.get_text().split("\n")))
        fitting_pt = _FILLED * width_px * 72 / figure.dpi / (_EM_SHARE * longest)
        size_pt = max(_SMALLEST_PT, min(self._size_pt * scale, fitting_pt))
        if size_pt != self.get_fontsize():
            self.set_fontsize(size_pt)
        if self._after_em:
            self.set_x(self._x_share + self._after_em * size_pt * figure.dpi / 72 / width_px)
        super().draw(renderer)


class PlainFigure(Figure):
    """A figure whose texts are plain."""

    def text(self, x: float, y: float, s: str, fontdict: Any = None, **options: Any) -> Text:
        """Add a PlainText at a position in shares of the figure."""
        text = PlainText(x, y, s, transform=self.transFigure, **{**(fontdict or {}), **options})
        self.add_artist(text)
        return text
