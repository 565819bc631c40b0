"""Panels into films (mp4, gif) and single images (png)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from ..films.files import save_png
from ..films.film import Film, open_film
from ..pose import OK, WARMING_UP, Image, Pose2D, Pose3D
from ..runtime import optional
from ..runtime.new_files import refuse_existing
from .panels import Panels

_log = logging.getLogger(__name__)

GIF_WIDTH_PX, GIF_HZ, GIF_S = 800, 15.0, 30.0
_TOLERANCE_S = 1e-3  # rounding of the timestamps of constant-rate videos


class PanelFilm:
    """A video side by side with its reconstruction, drawn once and written to all `paths`.

    `size_wh` is the video's size in pixels, `fps` its approximate frame rate; every frame keeps
    its own timestamp, relative to the first.  A path ends in .mp4 (H.264, no audio) or .gif
    (at most 800 px wide, 15 fps, the first 30 s).

    A file gets its name when it is complete.  An interrupted mp4, even after a kill, remains
    playable under its temporary name: walk.part.mp4.  A gif is kept in memory and written at the end.

    Raises UsageError for another file extension, RecordError if a file cannot be written or
    already exists; with `on_fault`, which is called with the path and the fault instead, the
    other films go on.  `note` is told what a file does not contain.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        size_wh: tuple[int, int],
        fps: float,
        *,
        turning: bool = False,
        theme: str = "dark",
        on_fault: Callable[[Path, Exception], None] | None = None,
        note: Callable[[str], None] = _log.warning,
    ) -> None:
        self._panels = Panels(size_wh, turning=turning, theme=theme)
        self._start_s: float | None = None
        self._on_fault = on_fault
        self._films: dict[Path, Film] = {}
        with ExitStack() as held:
            held.callback(self.close)
            for path in paths:
                with self._faults(path):
                    self._films[path] = _open(path, max(1.0, fps), note)
            held.pop_all()

    def write(self, image: Image, keypoints: Pose2D | None, pose: Pose3D, t_s: float) -> None:
        """Add a frame `image` (H, W, 3) BGR with its keypoints and 3D pose; `t_s` must increase."""
        if self._start_s is None:
            self._start_s = t_s
        if not self._films:
            return
        picture = self._panels.draw(image, keypoints, pose, t_s - self._start_s)
        for path, film in list(self._films.items()):
            with self._faults(path):
                film.write(picture, t_s - self._start_s)

    def close(self) -> None:
        """Complete the files, each even if another fails; may be called twice."""
        with ExitStack() as held:
            for path, film in list(self._films.items()):
                held.enter_context(self._faults(path))
                held.callback(film.close)

    @contextmanager
    def _faults(self, path: Path) -> Iterator[None]:
        """With `on_fault`, a fault of the block ends this film, and no other."""
        try:
            yield
        except Exception as fault:
            if self._on_fault is None:
                raise
            if (film := self._films.pop(path, None)) is not None:
                with suppress(Exception):  # it has failed already
                    film.close()
            self._on_fault(path, fault)


def panel_picture(
    path: Path,
    image: Image,
    keypoints: Pose2D | None,
    pose: Pose3D,
    *,
    size_wh: tuple[int, int] | None = None,
    theme: str = "dark",
) -> None:
    """Write one frame as a PNG, atomically; `size_wh`: that of the picture, if `image` is a smaller copy.
    Raises RecordError, also if the file exists."""
    refuse_existing([path])
    if pose.reason == WARMING_UP:  # the window of a single image is never full
        pose = replace(pose, reason=OK)
    panels = Panels(size_wh or (image.shape[1], image.shape[0]), theme=theme)
    save_png(panels.draw(image, keypoints, pose, 0.0), path)


def _open(path: Path, fps: float, note: Callable[[str], None]) -> Film:
    refuse_existing([path])  # not by --force, which these films do not have
    if path.suffix.lower() == ".gif":
        return _SmallGif(path, fps, note)
    return open_film(path, fps, staged=True)


class _SmallGif:
    """A gif with limited size, frame rate and duration."""

    def __init__(self, path: Path, fps: float, note: Callable[[str], None]) -> None:
        self._note = note
        self._cv2 = optional.opencv("a gif")
        self._path = path
        self._film = open_film(path, min(fps, GIF_HZ), staged=True)
        self._due_s = 0.0
        self._full_warned = False
        self.frames = 0

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture (H, W, 4) RGBA at time `t_s`; skip it above 15 fps or after 30 s."""
        if t_s >= GIF_S:
            self._warn_full()
        elif t_s >= self._due_s - _TOLERANCE_S:
            self._due_s = max(self._due_s + 1 / GIF_HZ, t_s)
            self._film.write(self._resize(image), t_s)
            self.frames += 1

    def close(self) -> None:
        """Write the file; may be called twice."""
        self._film.close()

    def _resize(self, image: Image) -> Image:
        height, width = image.shape[:2]
        if width <= GIF_WIDTH_PX:
            return image
        size_wh = GIF_WIDTH_PX, round(height * GIF_WIDTH_PX / width)
        resized: Image = self._cv2.resize(image, size_wh, interpolation=self._cv2.INTER_AREA)
        return resized

    def _warn_full(self) -> None:
        if not self._full_warned:
            self._full_warned = True
            self._note(f"{self._path} contains only the first {GIF_S:g} s: write an .mp4 for the whole video")
