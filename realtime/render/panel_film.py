"""Panels into films (mp4, gif) and single pictures (png)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from ..films.files import save_png, told
from ..films.film import Film, open_film
from ..pose import OK, WARMING_UP, Image, Pose2D, Pose3D
from ..runtime import optional
from ..runtime.new_files import refuse_existing
from .panels import Panels

GIF_WIDTH_PX, GIF_HZ, GIF_S = 800, 15.0, 30.0
_EARLY_S = 1e-3  # stamps of steady videos are rounded

_log = logging.getLogger(__name__)


class PanelFilm:
    """A video beside its reconstruction, drawn once and written to every one of `paths`.

    `size_wh` is the video's size, `fps` about its rate; every frame is shown at its own
    time, counted from the first one's.  A path ends in .mp4 (H.264, without sound) or .gif
    (at most 800 px wide, 15 pictures a second, the first 30 s).

    A file bears its name once it is complete.  An mp4 that was cut off, even by a kill, can
    be played under the name it has till then: walk.part.mp4.  A gif is held in memory and
    is whole or not there.

    Raises UsageError for another ending, RecordError for what cannot be written or is there
    already.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        size_wh: tuple[int, int],
        fps: float,
        *,
        turning: bool = False,
        theme: str = "dark",
    ) -> None:
        self._panels = Panels(size_wh, turning=turning, theme=theme)
        self._start_s: float | None = None
        with ExitStack() as held:
            self._films = [held.enter_context(closing(_open(path, max(1.0, fps)))) for path in paths]
            self._held = held.pop_all()

    def write(self, image: Image, keypoints: Pose2D | None, pose: Pose3D, t_s: float) -> None:
        """Add a frame `image` (H, W, 3) BGR with its keypoints and its joints; times rise."""
        if self._start_s is None:
            self._start_s = t_s
        picture = self._panels.draw(image, keypoints, pose, t_s - self._start_s)
        for film in self._films:
            film.write(picture, t_s - self._start_s)

    def close(self) -> None:
        """Complete the files, each even if another one fails; may be called twice."""
        self._held.close()


def panel_picture(path: Path, image: Image, keypoints: Pose2D | None, pose: Pose3D, *, theme: str = "dark") -> None:
    """One frame as a PNG, whole or not there.  Raises RecordError, also where it is already."""
    refuse_existing([path])
    if pose.reason == WARMING_UP:  # as a single picture's window always is
        pose = replace(pose, reason=OK)
    panels = Panels((image.shape[1], image.shape[0]), theme=theme)
    save_png(panels.draw(image, keypoints, pose, 0.0), path)


def _open(path: Path, fps: float) -> Film:
    refuse_existing([path])
    kinds: dict[str, Callable[[Path, float], Film]] = {".mp4": _NamedAtEnd, ".gif": _SmallGif}
    return kinds.get(path.suffix.lower(), open_film)(path, fps)


class _NamedAtEnd:
    """A film that has another name until it is complete."""

    def __init__(self, path: Path, fps: float) -> None:
        self._path, self._part = path, path.with_suffix(".part" + path.suffix)
        self._film = open_film(self._part, fps)
        self._whole = True
        self.frames = 0

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at a time; times rise."""
        self._whole = False
        self._film.write(image, t_s)
        self._whole = True
        self.frames += 1

    def close(self) -> None:
        """Complete the file; may be called twice."""
        self._film.close()
        if self._whole and self._part.exists():
            refuse_existing([self._path])  # somebody may have been quicker
            with told(self._path):
                self._part.rename(self._path)


class _SmallGif:
    """A gif of few, small pictures."""

    def __init__(self, path: Path, fps: float) -> None:
        self._cv2 = optional.opencv("a gif")
        self._path = path
        self._film = open_film(path, min(fps, GIF_HZ))
        self._due_s = 0.0
        self._is_full = False
        self.frames = 0

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at a time, unless it comes too early or too late."""
        if t_s >= GIF_S:
            self._tell_full()
        elif t_s >= self._due_s - _EARLY_S:
            self._due_s = max(self._due_s + 1 / GIF_HZ, t_s)
            self._film.write(self._shrunk(image), t_s)
            self.frames += 1

    def close(self) -> None:
        """Write the file; may be called twice."""
        self._film.close()

    def _shrunk(self, image: Image) -> Image:
        height, width = image.shape[:2]
        if width <= GIF_WIDTH_PX:
            return image
        size_wh = GIF_WIDTH_PX, round(height * GIF_WIDTH_PX / width)
        shrunk: Image = self._cv2.resize(image, size_wh, interpolation=self._cv2.INTER_AREA)
        return shrunk

    def _tell_full(self) -> None:
        if not self._is_full:
            self._is_full = True
            _log.warning("%s holds the first %g s: write an .mp4 for more", self._path, GIF_S)
