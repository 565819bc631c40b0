"""Blitting: redraw only the artists that have changed.

A full matplotlib draw of a 3D scene spends most of its time on static content.  A `Blitter`
saves the background without the animated artists once, then restores it and draws those
artists over it.  The artists form layers, rarely changing ones (text, which is slow to draw)
at the bottom; a copy is saved under each layer, and drawing starts at the lowest layer with a
stale artist.

Only the bounding box of the old and new artists is sent to the window, because transferring
pixels is the most expensive step there.

The copies are taken in the `draw_event` at the end of every full draw.  Rotation, zoom, resize
and a theme change all trigger a full draw, which renews the copies, so interaction keeps
working (matplotlib#8162).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import DrawEvent, ResizeEvent
from matplotlib.transforms import Bbox

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
        self._below: list[Any] = []  # the saved image under each layer
        self._drawn_boxes: list[list[Bbox]] = [[] for _ in layers]  # where each layer's artists were drawn
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
        left = self._boxes(stale[0])
        self._restore(self._below[stale[0]], left)
        self._draw_from(stale[0])
        boxes = left + self._boxes(stale[0])
        if boxes:
            self._canvas.blit(Bbox.union(boxes).padded(MARGIN_PX))
        return True

    def _save_background(self, _event: DrawEvent) -> None:
        """After a full draw: save its image, then draw the layers over it."""
        self.backgrounds_taken += 1
        self._below = [self._copy()]
        self._draw_from(0)

    def _discard_background(self, _event: ResizeEvent) -> None:
        """The canvas size has changed: the saved images no longer fit."""
        self._below = []

    def _draw_from(self, first: int) -> None:
        """Draw the layers from `first` up over the saved image below them."""
        del self._below[first + 1 :]
        for i, layer in enumerate(self._layers[first:], first):
            if i > first:
                self._below.append(self._copy())
            boxes = [self._draw(artist) for artist in layer if artist.get_visible()]
            self._drawn_boxes[i] = [box for box in boxes if box.width > 0]
            for artist in layer:
                artist.stale = False

    def _restore(self, saved: Any, boxes: Sequence[Bbox]) -> None:
        """Bring back the saved image where something was drawn over it."""
        if not boxes:
            return
        (left, bottom), (right, top) = Bbox.union(boxes).padded(MARGIN_PX).get_points()
        width, height = self._canvas.figure.bbox.size
        left, right = np.clip((left, right), 0, width)
        # Agg counts rows from the top.
        above, below = np.clip((height - top, height - bottom), 0, height)
        self._canvas.restore_region(saved, bbox=(left, above, np.ceil(right), np.ceil(below)), xy=(0, 0))

    def _boxes(self, first: int) -> list[Bbox]:
        return list(itertools.chain.from_iterable(self._drawn_boxes[first:]))

    def _copy(self) -> Any:
        return self._canvas.copy_from_bbox(self._canvas.figure.bbox)

    def _draw(self, artist: Artist) -> Bbox:
        """Draw one artist and return its bounding box."""
        if hasattr(artist, "do_3d_projection"):  # a 3D artist: project it from the current viewpoint
            artist.do_3d_projection()
        self._canvas.figure.draw_artist(artist)
        return artist.get_window_extent(self._canvas.renderer)
