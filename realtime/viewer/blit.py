"""Redraw only what has changed.

matplotlib's full draw of a 3D scene spends its time on what never changes.  A `Blitter`
copies the picture without the changing artists once, and from then on puts that copy back
and draws those artists over it.  They lie in layers, the seldom changed ones (words, which
are slow to draw) below; the copy is kept after every layer, and drawing starts at the
lowest one that holds a stale artist.

Only the rectangle that held or holds such an artist goes to the window, since handing
pixels over is what costs most there.

The copies are taken in the `draw_event` that ends every full draw.  Rotation, zoom, resize
and a change of theme all ask matplotlib for a full draw, so each of them renews the
copies, and interaction keeps working (matplotlib#8162).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backend_bases import DrawEvent, ResizeEvent
from matplotlib.transforms import Bbox

MARGIN_PX = 3  # lines and antialiasing reach beyond what artists say of themselves


class Blitter:
    """Layers of artists over a background that is kept, on a canvas of the Agg kind.

    All artists must be `animated`, so that a full draw leaves them out, and lie above
    everything else.  All calls come from the thread of the window.
    """

    def __init__(self, canvas: Any, *layers: Sequence[Artist]) -> None:
        self.backgrounds_taken = 0
        self._canvas = canvas
        self._layers = layers
        self._below: list[Any] = []  # the picture under each layer
        self._held: list[list[Bbox]] = [[] for _ in layers]  # where each layer's artists were drawn
        canvas.mpl_connect("draw_event", self._retake)
        canvas.mpl_connect("resize_event", self._forget)

    def update(self) -> bool:
        """Show the artists as they are now.  False if none has changed: nothing is done."""
        if not self._below:
            self._canvas.draw()
            return True
        stale = [i for i, layer in enumerate(self._layers) if any(artist.stale for artist in layer)]
        if not stale:
            return False
        left = self._boxes(stale[0])
        self._canvas.restore_region(self._below[stale[0]])
        self._draw_from(stale[0])
        boxes = left + self._boxes(stale[0])
        if boxes:
            self._canvas.blit(Bbox.union(boxes).padded(MARGIN_PX))
        return True

    def _retake(self, _event: DrawEvent) -> None:
        """A full draw has ended: keep its picture, then finish it."""
        self.backgrounds_taken += 1
        self._below = [self._copy()]
        self._draw_from(0)

    def _forget(self, _event: ResizeEvent) -> None:
        """The canvas has another size: what is kept does not fit it."""
        self._below = []

    def _draw_from(self, first: int) -> None:
        """Draw the layers from `first` up on the picture under it."""
        del self._below[first + 1 :]
        for i, layer in enumerate(self._layers[first:], first):
            if i > first:
                self._below.append(self._copy())
            boxes = [self._draw(artist) for artist in layer if artist.get_visible()]
            self._held[i] = [box for box in boxes if box.width > 0]
            for artist in layer:
                artist.stale = False

    def _boxes(self, first: int) -> list[Bbox]:
        return list(itertools.chain.from_iterable(self._held[first:]))

    def _copy(self) -> Any:
        return self._canvas.copy_from_bbox(self._canvas.figure.bbox)

    def _draw(self, artist: Artist) -> Bbox:
        """Draw it, and say where."""
        if hasattr(artist, "do_3d_projection"):  # 3D: place it as the eye stands now
            artist.do_3d_projection()
        self._canvas.figure.draw_artist(artist)
        return artist.get_window_extent(self._canvas.renderer)
