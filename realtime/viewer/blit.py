"""Blitting: redraw only the artists that have changed.

A full matplotlib draw of a 3D scene spends most of its time on static content.  A `Blitter`
saves the background without the animated artists once, then restores it and draws those
artists over it.  The artists form layers, rarely changing ones (text, which is slow to draw)
at the bottom; a copy is kept under each layer, and drawing starts at the lowest layer with a
stale artist.

Pixels are copied only where artists were and are: to and from the copies box by box, and to the
window in one box, because transferring pixels is the most expensive step there.

The copies are taken in the `draw_event` at the end of every full draw.  Rotation, zoom, resize
and a theme change all trigger a full draw, which renews the copies, so interaction keeps
working (matplotlib#8162).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import DrawEvent, ResizeEvent
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (H, W, 4) RGBA, top row first
Area = tuple[slice, slice]  # rows and columns of it

MARGIN_PX = 3  # line caps and antialiasing extend beyond the reported extents


class Blitter:
    """Layers of artists over a saved background, on an Agg canvas.

    All artists must be `animated`, so that a full draw omits them, and above everything
    else.  Call it from the window's thread only.
    """

    def __init__(self, canvas: Any, *layers: Sequence[Artist]) -> None:
        self.backgrounds_taken = 0
        self._canvas = canvas
        self._layers = layers
        self._below: list[Pixels] = []  # the image under each layer
        self._drawn: list[list[Area]] = [[] for _ in layers]  # where each layer's artists were drawn
        canvas.mpl_connect("draw_event", self._save_background)
        canvas.mpl_connect("resize_event", self._discard_background)

    def update(self) -> bool:
        """Redraw the stale artists.  Returns False if none has changed and nothing was drawn."""
        if not self._below:
            self._canvas.draw()
            return True
        stale = [i for i, layer in enumerate(self._layers) if any(artist.stale for artist in layer)]
        if not stale:
            return False
        left = self._areas_from(stale[0])
        _copy(self._below[stale[0]], self._pixels(), left)
        self._draw_from(stale[0])
        areas = left + self._areas_from(stale[0])
        if areas:
            self._canvas.blit(self._box(areas))
        return True

    def _save_background(self, _event: DrawEvent) -> None:
        """After a full draw: save its image, then draw the layers over it."""
        self.backgrounds_taken += 1
        background = self._pixels()
        self._below = [background.copy() for _ in self._layers]
        self._drawn = [[] for _ in self._layers]
        self._draw_from(0)

    def _discard_background(self, _event: ResizeEvent) -> None:
        """The canvas size has changed: the saved images no longer fit."""
        self._below = []

    def _draw_from(self, first: int) -> None:
        """Draw the layers from `first` up over the saved image below them."""
        pixels, renderer = self._pixels(), self._canvas.renderer
        changed: list[Area] = []
        for i, layer in enumerate(self._layers[first:], first):
            _copy(pixels, self._below[i], changed)
            boxes = [_draw(artist, renderer) for artist in layer if artist.get_visible()]
            areas = [_area(box, pixels) for box in boxes if box.width > 0]
            changed += self._drawn[i] + areas
            self._drawn[i] = areas
            for artist in layer:
                artist.stale = False

    def _areas_from(self, first: int) -> list[Area]:
        return list(chain.from_iterable(self._drawn[first:]))

    def _pixels(self) -> Pixels:
        """The canvas itself, not a copy."""
        return np.asarray(self._canvas.buffer_rgba())

    def _box(self, areas: Sequence[Area]) -> Bbox:
        """The box around some areas, in the canvas' pixels."""
        height = len(self._below[0])
        rows, columns = zip(*areas, strict=True)
        left, right = min(c.start for c in columns), max(c.stop for c in columns)
        return Bbox([[left, height - max(r.stop for r in rows)], [right, height - min(r.start for r in rows)]])


def _draw(artist: Artist, renderer: Any) -> Bbox:
    """Draw one artist and return its bounding box."""
    if hasattr(artist, "do_3d_projection"):  # a 3D artist: project it from the current viewpoint
        artist.do_3d_projection()
    artist.draw(renderer)
    return artist.get_window_extent(renderer)


def _area(box: Bbox, pixels: Pixels) -> Area:
    """The pixels of a box, with a margin."""
    height, width = pixels.shape[:2]
    left, bottom, right, top = map(float, box.extents)
    return _range(height - top, height - bottom, height), _range(left, right, width)


def _range(first: float, last: float, end: int) -> slice:
    first, last = (min(max(0.0, x), end) for x in (first - MARGIN_PX, last + MARGIN_PX))
    return slice(math.floor(first), math.ceil(last))


def _copy(source: Pixels, target: Pixels, areas: Iterable[Area]) -> None:
    for area in areas:
        target[area] = source[area]
