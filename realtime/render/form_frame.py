"""One frame of the film of a set: the picture, the angles at its joints, and below it a band with the counter.

::

    ┌──────────────────────────────┐
    │           picture            │
    │        118° ⟋  ⟍ 121°        │
    │  what is wrong, while it is  │
    ├──────────────────────────────┤
    │  7   up              ╱╲  ╱╲  │
    │      ↓ 1.4 s ↑ 0.6 s ╱  ╲╱   │
    └──────────────────────────────┘

All sizes follow the film's width, so that a phone held upright shows texts as large as its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..motion import Floats
from ..pose import Image
from ..runtime import optional
from ..viewer.theme import THEMES
from .lettering import MIDDLE, Lettering
from .overlay import bgr

LARGEST_PX, SMALLEST_PX = 1280, 480  # sides of the picture in the film
_UNITS = 100, 140  # the width of a film is so many units, upright and lying
_BAND, _MARGIN = 21, 2.5  # heights and widths in units
_COUNT, _PHASE, _TEXT, _ANGLE, _FAULT = 17.0, 6.0, 4.2, 4.4, 4.0
_COUNT_WIDTH, _TEXT_WIDTH = 24, 46
_SHADE = 0.55  # of the picture behind a text
_FAULT_LINES = 2
_THEME = THEMES["dark"]


@dataclass(frozen=True, eq=False)
class FormFrame:
    """What a frame tells.  `count` of repetitions so far, the `phase` in a word, the `tempo` in a few; `angles`: texts
    by the side and the place (x, y) in shares of the picture; `fault`: a sentence; `recent`: the signal (N,) of the
    last seconds from 0 (at rest) to 1, NaN where it is not known."""

    count: int
    phase: str
    tempo: str
    recent: Floats
    angles: Mapping[str, tuple[str, tuple[float, float]]]
    fault: str = ""


class FormFrames:
    """Draws the frames of one film, whose pictures are `size_wh` px."""

    def __init__(self, size_wh: tuple[int, int]) -> None:
        self._cv2 = optional.opencv("a film")
        zoom = _zoom(size_wh)
        self.picture_wh = _even(size_wh[0] * zoom), _even(size_wh[1] * zoom)
        width, height = self.picture_wh
        self._unit = width / _UNITS[width > height]
        self._band_px = _even(_BAND * self._unit)
        self._canvas = np.empty((height + self._band_px, width, 3), np.uint8)
        bold = {"bold": True}
        self._count, self._phase = Lettering(_COUNT * self._unit, **bold), Lettering(_PHASE * self._unit, **bold)
        self._text, self._angle = Lettering(_TEXT * self._unit), Lettering(_ANGLE * self._unit, **bold)
        self._fault = Lettering(_FAULT * self._unit, **bold)

    def fitted(self, image: Image) -> Image:
        """A picture (H, W, 3) BGR in the size of the film's, to be drawn on; the next call overwrites it."""
        width, height = self.picture_wh
        shrinks = width < image.shape[1]
        how = self._cv2.INTER_AREA if shrinks else self._cv2.INTER_LINEAR
        view = self._canvas[:height]
        view[:] = self._cv2.resize(np.ascontiguousarray(image), (width, height), interpolation=how)
        return view

    def complete(self, frame: FormFrame) -> Image:
        """The film's frame (H, W, 4) RGBA: the picture that was fitted last, with all that is told."""
        picture = self._canvas[: self.picture_wh[1]]
        middle = float(np.mean([place[0] for _, place in frame.angles.values()])) if frame.angles else 0.0
        for side, (text, place) in frame.angles.items():
            self._draw_angle(picture, text, place, side, to_right=place[0] > middle)
        if frame.fault:
            self._draw_fault(picture, frame.fault)
        self._draw_band(self._canvas[self.picture_wh[1] :], frame)
        rgba: Image = self._cv2.cvtColor(self._canvas, self._cv2.COLOR_BGR2RGBA)
        return rgba

    def _draw_angle(self, picture: Image, text: str, place: tuple[float, float], side: str, *, to_right: bool) -> None:
        """A text on a dark ground beside a place, in the colour of the side."""
        pad, gap = 0.8 * self._unit, 2.2 * self._unit
        width, height = self._angle.width_px(text) + 2 * pad, self._angle.height_px + pad
        x, y = place[0] * picture.shape[1], place[1] * picture.shape[0]
        left = min(max(0.0, x + gap if to_right else x - gap - width), picture.shape[1] - width)
        top = min(max(0.0, y - height / 2), picture.shape[0] - height)
        _shade(picture, left, top, width, height)
        self._angle.draw(picture, text, left + pad, top + pad / 2, bgr(_THEME.side(side)))

    def _draw_fault(self, picture: Image, sentence: str) -> None:
        margin = _MARGIN * self._unit
        lines = self._fault.wrapped(sentence, picture.shape[1] - 2 * margin, _FAULT_LINES)
        height = len(lines) * self._fault.height_px + margin
        _shade(picture, 0, picture.shape[0] - height, picture.shape[1], height)
        for place, line in enumerate(lines):
            top = picture.shape[0] - height + margin / 2 + place * self._fault.height_px
            self._fault.draw(picture, line, margin, top, bgr(_THEME.accent))

    def _draw_band(self, band: Image, frame: FormFrame) -> None:
        unit, margin = self._unit, _MARGIN * self._unit
        band[:] = bgr(_THEME.background)
        middle = margin + _COUNT_WIDTH * unit / 2
        top = (band.shape[0] - self._count.height_px) / 2
        self._count.draw(band, str(frame.count), middle, top, bgr(_THEME.text), MIDDLE)
        left = 2 * margin + _COUNT_WIDTH * unit
        free = band.shape[0] - self._phase.height_px - self._text.height_px
        self._phase.draw(band, frame.phase, left, free / 2, bgr(_THEME.accent))
        self._text.draw(band, frame.tempo, left, free / 2 + self._phase.height_px, bgr(_THEME.text))
        self._draw_recent(band, frame.recent)

    def _draw_recent(self, band: Image, recent: Floats) -> None:
        """The signal of the last seconds, with a dot at its newest value."""
        known = np.flatnonzero(np.isfinite(recent))
        if len(known) < 2:
            return
        margin = _MARGIN * self._unit
        left, right = 2 * margin + (_COUNT_WIDTH + _TEXT_WIDTH) * self._unit, band.shape[1] - margin
        x = left + (right - left) * known / (len(recent) - 1)
        y = margin + (band.shape[0] - 2 * margin) * np.clip(recent[known], 0, 1)  # down is down
        points = np.round(np.stack([x, y], -1) * 16).astype(np.int32)
        thick = max(1, round(0.5 * self._unit))
        for run in np.split(points, np.flatnonzero(np.diff(known) > 1) + 1):
            self._cv2.polylines(band, [run], False, bgr(_THEME.faint), thick, self._cv2.LINE_AA, 4)
        if known[-1] == len(recent) - 1:
            centre = int(points[-1, 0]), int(points[-1, 1])
            self._cv2.circle(band, centre, round(16 * self._unit), bgr(_THEME.accent), -1, self._cv2.LINE_AA, 4)


def _shade(picture: Image, left: float, top: float, width: float, height: float) -> None:
    """Darken a part of a picture."""
    part = picture[round(top) : round(top + height), round(left) : round(left + width)]
    part[:] = part * (1 - _SHADE)


def _zoom(size_wh: tuple[int, int]) -> float:
    """By how much pictures of this size are enlarged or shrunk."""
    return min(LARGEST_PX / max(size_wh), max(1.0, SMALLEST_PX / size_wh[0]))


def _even(side: float) -> int:
    return max(2, 2 * round(side / 2))
