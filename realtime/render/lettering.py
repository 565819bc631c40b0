"""Text drawn on pictures, in the font that comes with matplotlib: OpenCV's own has no ° and no arrows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from ..pose import Image

LEFT, MIDDLE, RIGHT = 0.0, 0.5, 1.0  # where a text is held
_FILES = {True: "DejaVuSans-Bold.ttf", False: "DejaVuSans.ttf"}
_KEPT = 512  # texts: angles and seconds come again


class Lettering:
    """Draws texts of one size, whose lines are `height_px` high."""

    def __init__(self, size_px: float, *, bold: bool = False) -> None:
        import matplotlib as mpl  # late, so that --help does not need it

        path = Path(mpl.get_data_path()) / "fonts" / "ttf" / _FILES[bold]
        self._font = ImageFont.truetype(str(path), max(6, round(size_px)))
        ascent, descent = self._font.getmetrics()
        self.height_px = ascent + descent
        self._mask = lru_cache(_KEPT)(self._drawn)

    def width_px(self, text: str) -> int:
        """How wide a text is."""
        return int(np.ceil(self._font.getlength(text)))

    def draw(self, picture: Image, text: str, x: float, y: float, bgr: tuple[int, ...], held: float = LEFT) -> None:
        """Draw on a picture (H, W, 3) BGR; `y` is the top of the line, `x` the place at which it is `held`.  What is
        outside the picture is left out."""
        mask = self._mask(text)
        left, top = round(x - held * mask.shape[1]), round(y)
        rows = slice(max(0, top), min(picture.shape[0], top + mask.shape[0]))
        columns = slice(max(0, left), min(picture.shape[1], left + mask.shape[1]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        share = mask[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left, None]
        under = picture[rows, columns].astype(np.float32)
        picture[rows, columns] = under + share * (np.array(bgr, np.float32) - under)

    def wrapped(self, text: str, width_px: float, most: int) -> list[str]:
        """The text in lines of at most this width, by whole words; what does not fit into so many lines is left out."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.width_px(f"{lines[-1]} {word}") <= width_px:
                lines[-1] = f"{lines[-1]} {word}"
            elif len(lines) == most:
                lines[-1] += "…"
                break
            else:
                lines.append(word)
        return lines

    def _drawn(self, text: str) -> NDArray[Any]:
        """How much of each pixel (H, W) a text covers."""
        image = Pillow.new("L", (max(1, self.width_px(text)), self.height_px))
        ImageDraw.Draw(image).text((0, 0), text, fill=255, font=self._font)
        return np.asarray(image, np.float32) / 255
