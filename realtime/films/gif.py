"""Animated GIFs with a steady palette, which keeps the files small."""

from __future__ import annotations

import io
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..pose import Image
from ..runtime.text import counted
from .files import film_errors

Wide = NDArray[np.int16]  # signed, so that colours can be subtracted

_log = logging.getLogger(__name__)

_STEP_MS = 10  # GIF delays are in hundredths of a second
_SHORTEST_MS = 20  # browsers slow down shorter delays
_FRAMES = 1800  # a minute at 30 fps; all are kept in memory

_COLOURS = 256
_SAME = 6  # of 255: smaller changes are treated as compression noise
_FAR = 32  # of 255: a pixel whose palette colour is this far off is wrong ...
_FAR_SHARE = 0.002  # ... and this fraction of wrong pixels requires a new palette


class Gif:
    """A looping gif.  It is written as a whole on `close`, and left empty if the disk is full; until
    then its pictures are kept in memory, so at most 1800 are accepted.  `name`: what
    it will be called when it is complete."""

    def __init__(self, path: Path, fps: float, name: Path) -> None:
        self._path, self._name = path, name
        self._frame_ms = 1000 / fps
        self._pictures: list[Any] = []
        self._times_s: list[float] = []
        self._colours = _Colours()
        self.frames = 0
        self._full_warned = False

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at time `t_s`, which must increase; ignored once full."""
        if self.frames >= _FRAMES:
            self._warn_full()
            return
        self._pictures.append(self._colours(image[..., :3]))
        self._times_s.append(t_s)
        self.frames += 1

    def _warn_full(self) -> None:
        if not self._full_warned:
            self._full_warned = True
            _log.warning("%s is full (%s): record an .mp4 for longer films", self._name, counted(self.frames, "frame"))

    def close(self) -> None:
        """Write the file; may be called twice."""
        try:
            if self._pictures:
                with film_errors(self._path):
                    self._save()
        finally:
            self._pictures = []

    def _save(self) -> None:
        first, *rest = self._pictures
        data = io.BytesIO()
        first.save(data, "GIF", save_all=True, append_images=rest, loop=0, duration=self._durations_ms())
        try:
            self._path.write_bytes(data.getbuffer())  # not replaced: `FilmFile` has it open, which Windows minds
        except OSError:
            with suppress(OSError):
                self._path.write_bytes(b"")
            raise

    def _durations_ms(self) -> list[int]:
        ends_s = [*self._times_s[1:], self._times_s[-1] + self._frame_ms / 1000]
        ticks = np.round(np.array([self._times_s[0], *ends_s]) * 1000 / _STEP_MS).astype(int)
        durations_ms: list[int] = np.maximum(np.diff(ticks) * _STEP_MS, _SHORTEST_MS).tolist()
        return durations_ms


class _Colours:
    """Reduces pictures to a palette, which is kept as long as it fits.

    Unchanged pixels take no space in a gif, so pixels keep their colour until they differ
    visibly: a video takes a third of the size it would have with an optimal palette per
    picture.  Later pictures are scaled to the first one's size.
    """

    def __init__(self) -> None:
        self._palette: Any = None
        self._previous: Wide | None = None  # the previous picture in full colour

    def __call__(self, image: Image) -> Any:
        """(H, W, 3) RGB → a Pillow image with a palette."""
        from PIL import Image as Pillow

        self._previous = true = self._without_noise(image)
        picture = Pillow.fromarray(true.astype(np.uint8))
        if self._palette is not None:
            painted = picture.quantize(palette=self._palette, dither=Pillow.Dither.NONE)
            if np.mean(_differ(np.asarray(painted.convert("RGB")), true, _FAR)) < _FAR_SHARE:
                return painted
        self._palette = picture.quantize(_COLOURS)
        return picture.quantize(palette=self._palette, dither=Pillow.Dither.NONE)  # like the following ones

    def _without_noise(self, image: Image) -> Wide:
        """The picture with nearly unchanged pixels replaced by their previous colour."""
        if self._previous is None:
            return image.astype(np.int16)
        if image.shape != self._previous.shape:
            image = _resized(image, self._previous.shape)
        return np.where(_differ(image, self._previous, _SAME)[..., None], image, self._previous)


def _differ(image: Image, other: Wide, by: int) -> NDArray[np.bool_]:
    """Mask (H, W) of the pixels that differ by more than `by` in any channel."""
    differ: NDArray[np.bool_] = (np.abs(image - other) > by).any(-1)
    return differ


def _resized(image: Image, shape: tuple[int, ...]) -> Image:
    from PIL import Image as Pillow

    height, width, _ = shape
    return np.asarray(Pillow.fromarray(np.ascontiguousarray(image)).resize((width, height)))
