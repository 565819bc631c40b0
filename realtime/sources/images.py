"""Images as a source: one image file, or a folder of images in natural order.

Every picture counts, those of animations and stacks too.  A picture of an animation is shown as
long as its file says, any other for one interval of the frame rate.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Generator
from itertools import chain
from pathlib import Path

from ..errors import SourceError
from ..formats.recorded_video import is_recording
from ..motion import ASSUMED_FPS
from ..stages import Source
from .clip import Picture
from .image_file import decoded
from .paced import play
from .request import IMAGE_SUFFIXES, Request

log = logging.getLogger("realtime.sources")


class ImageFiles:
    """Reads images at `fps`, None to assume a frame rate where one is needed, and to log that.

    Raises SourceError if there are none.
    """

    def __init__(self, path: Path, fps: float | None) -> None:
        self._files = image_files(path) if path.is_dir() else [path]
        self._fps = fps
        self.name = path.name or str(path)
        self.broken = 0

    def pictures(self) -> Generator[Picture, None, None]:
        """Each readable picture; a damaged one is counted and leaves a gap in time.

        Raises SourceError at the end if none was readable; other errors as for `image_file.decoded`.
        """
        self.broken, readable = 0, 0
        time_ms: float = 0
        shown_ms: float | None = 0  # the picture before
        for image, duration_ms in chain.from_iterable(map(decoded, self._files)):
            time_ms += self._interval_ms() if shown_ms is None else shown_ms
            shown_ms = duration_ms
            if image is None:
                self.broken += 1
            else:
                readable += 1
                yield image, round(time_ms * 1e6)
        if not readable:
            raise SourceError(self._all_broken())

    def _interval_ms(self) -> float:
        if self._fps is None:
            self._fps = ASSUMED_FPS
            log.info("no frame rate given: assuming %g fps (--fps)", ASSUMED_FPS)
        return 1000 / self._fps

    def _all_broken(self) -> str:
        if self.broken == 1:
            return f"{self._files[0].name} is not a readable image"
        return f"none of the {self.broken} images in {self.name} can be read"


def image_files(folder: Path) -> list[Path]:
    """The image files in a folder, frame_2 before frame_10.

    Raises SourceError if there are none or the folder cannot be read.
    """
    try:
        files = [
            file
            for file in folder.iterdir()
            # Hidden ones are not pictures: macOS puts a ._IMG.jpg beside every IMG.jpg on other systems' disks.
            if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".") and file.is_file()
        ]
    except OSError as fault:
        raise SourceError(f"the folder {str(folder)!r} cannot be read ({fault.strerror})") from fault
    if not files:
        if is_recording(folder):
            raise SourceError(f"{str(folder)!r} is a recording without its video; run with --save-video to keep it")
        others = sorted((file for file in folder.iterdir() if not file.name.startswith(".")), key=natural_order)
        if not others:
            raise SourceError(f"the folder {str(folder)!r} is empty")
        known = " ".join(sorted(IMAGE_SUFFIXES))
        raise SourceError(
            f"there are no images in {str(folder)!r}, only others such as {others[0].name}; supported are {known}"
        )
    return sorted(files, key=natural_order)


def natural_order(file: Path) -> list[tuple[int, int, str]]:
    """Sort key that compares digits as numbers and the rest case-insensitively."""
    pieces = re.split(r"([0-9]+)", file.name)
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold()) for piece in pieces]


def open_source(request: Request) -> Source:
    """An image, an animation, a stack or a folder of images; `request.fps` for those without durations."""
    path = Path(request.where).expanduser()
    reader = ImageFiles(path, request.fps)
    return play(reader, realtime=bool(request.realtime), loop=bool(request.loop))
