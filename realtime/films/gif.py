"""Pictures into a gif that is no larger than it needs to be."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..pose import Image
from .files import told

Wide = NDArray[np.int16]  # colours that can be subtracted

_log = logging.getLogger(__name__)

_STEP_MS = 10  # a gif counts in hundredths of a second
_SHORTEST_MS = 20  # browsers slow down anything faster
_FRAMES = 1800  # a minute at 30 fps; all are held in memory

_COLOURS = 256
_SAME = 6  # of 255: a smaller change, as a video's compression makes, is none
_FAR = 32  # of 255: a pixel this far from its own colour is wrong ...
_FAR_SHARE = 0.002  # ... and so many of them want other colours


class Gif:
    """A looping gif.  It is written on `close`, whole or not at all; until then its
    pictures are in memory, so that it takes no more than 1800."""

    def __init__(self, path: Path, fps: float) -> None:
        self._path = path
        self._frame_ms = 1000 / fps
        self._pictures: list[Any] = []
        self._times_s: list[float] = []
        self._part = path.with_name(path.name + ".part")
        self._colours = _Colours()
        self.frames = 0
        self._is_full = False
        with told(path):  # now, not after a minute of recording
            self._part.touch()

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at a time; times rise.  What is too many is left out."""
        if self.frames >= _FRAMES:
            self._tell_full()
            return
        self._pictures.append(self._colours(image[..., :3]))
        self._times_s.append(t_s)
        self.frames += 1

    def _tell_full(self) -> None:
        if not self._is_full:
            self._is_full = True
            _log.warning("%s is full with %d pictures: record an .mp4 for more", self._path, self.frames)

    def close(self) -> None:
        """Write the file; may be called twice."""
        try:
            if self._pictures:
                with told(self._path):
                    self._save()
        finally:
            self._part.unlink(missing_ok=True)
            self._pictures = []

    def _save(self) -> None:
        first, *rest = self._pictures
        first.save(self._part, "GIF", save_all=True, append_images=rest, loop=0, duration=self._durations_ms())
        self._part.replace(self._path)

    def _durations_ms(self) -> list[int]:
        ends_s = [*self._times_s[1:], self._times_s[-1] + self._frame_ms / 1000]
        ticks = np.round(np.array([self._times_s[0], *ends_s]) * 1000 / _STEP_MS).astype(int)
        durations_ms: list[int] = np.maximum(np.diff(ticks) * _STEP_MS, _SHORTEST_MS).tolist()
        return durations_ms


class _Colours:
    """Pictures in few colours, the same ones for as long as they do.

    What has not changed since the picture before takes no space in a gif, so pixels keep
    their colour until they differ visibly: a video takes a third of what it would with
    the best colours for each picture.  Later pictures are scaled to the first one's size.
    """

    def __init__(self) -> None:
        self._palette: Any = None
        self._shown: Wide | None = None  # the picture before, in its true colours

    def __call__(self, image: Image) -> Any:
        """(H, W, 3) RGB → a picture of Pillow's with a palette."""
        from PIL import Image as Pillow

        self._shown = true = self._steadied(image)
        picture = Pillow.fromarray(true.astype(np.uint8))
        if self._palette is not None:
            painted = picture.quantize(palette=self._palette, dither=Pillow.Dither.NONE)
            if np.mean(_differ(np.asarray(painted.convert("RGB")), true, _FAR)) < _FAR_SHARE:
                return painted
        self._palette = picture.quantize(_COLOURS)
        return picture.quantize(palette=self._palette, dither=Pillow.Dither.NONE)  # as the next ones will be

    def _steadied(self, image: Image) -> Wide:
        """The picture, with what is as good as before as it was before."""
        if self._shown is None:
            return image.astype(np.int16)
        if image.shape != self._shown.shape:
            image = _resized(image, self._shown.shape)
        return np.where(_differ(image, self._shown, _SAME)[..., None], image, self._shown)


def _differ(image: Image, other: Wide, by: int) -> NDArray[np.bool_]:
    """Which pixels (H, W) differ by more, in any colour."""
    differ: NDArray[np.bool_] = (np.abs(image - other) > by).any(-1)
    return differ


def _resized(image: Image, shape: tuple[int, ...]) -> Image:
    from PIL import Image as Pillow

    height, width, _ = shape
    return np.asarray(Pillow.fromarray(np.ascontiguousarray(image)).resize((width, height)))
