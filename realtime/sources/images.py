"""Images as a source: one image file, or a folder of images in natural order."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator
from pathlib import Path

import numpy as np

from ..errors import SourceError
from ..formats.recorded_video import is_recording
from ..pose import Image, bgr_image
from ..runtime import optional
from ..stages import Source
from .clip import Picture
from .paced import play
from .request import IMAGE_SUFFIXES, Request

log = logging.getLogger("realtime.sources")

DEFAULT_FPS = 30.0  # image files have no timestamps; a camera's usual rate is assumed


class ImageFiles:
    """Reads images at a fixed frame rate.  Raises SourceError if there are none."""

    def __init__(self, path: Path, fps: float) -> None:
        self._cv2 = optional.opencv("reading images")
        self._files = image_files(path) if path.is_dir() else [path]
        self._step_ns = 1e9 / fps
        self.name = path.name or str(path)
        self.broken = 0

    def pictures(self) -> Generator[Picture, None, None]:
        """Each readable image; a damaged one is counted and leaves a gap in time.

        Raises SourceError at the end if none was readable.
        """
        self.broken = 0
        for number, file in enumerate(self._files):
            image = self._read(file)
            if image is None:
                self.broken += 1
            else:
                yield image, round(number * self._step_ns)
        if self.broken == len(self._files):
            raise SourceError(self._all_broken())

    def _all_broken(self) -> str:
        if self.broken == 1:
            return f"{self._files[0].name} is not a readable image"
        return f"none of the {self.broken} images in {self.name} can be read"

    def _read(self, file: Path) -> Image | None:
        # Not imread: on Windows it cannot open file names outside the system's code page.
        try:
            content = np.fromfile(file, np.uint8)
            image = self._cv2.imdecode(content, self._cv2.IMREAD_COLOR) if content.size else None
        except OSError as fault:
            raise SourceError(f"{file.name} cannot be read ({fault.strerror})") from fault
        except self._cv2.error:
            return None
        return None if image is None else bgr_image(image)


def image_files(folder: Path) -> list[Path]:
    """The image files in a folder, frame_2 before frame_10.

    Raises SourceError if there are none or the folder cannot be read.
    """
    try:
        files = [file for file in folder.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES and file.is_file()]
    except OSError as fault:
        raise SourceError(f"the folder {str(folder)!r} cannot be read ({fault.strerror})") from fault
    if not files:
        if is_recording(folder):
            raise SourceError(f"{str(folder)!r} is a recording without its video; run with --save-video to keep it")
        known = " ".join(sorted(IMAGE_SUFFIXES))
        raise SourceError(f"there are no images in {str(folder)!r}; supported are {known}")
    return sorted(files, key=natural_order)


def natural_order(file: Path) -> list[tuple[int, int, str]]:
    """Sort key that compares digits as numbers and the rest case-insensitively."""
    pieces = re.split(r"([0-9]+)", file.name)
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold()) for piece in pieces]


def open_source(request: Request) -> Source:
    """An image or a folder of images at `request.fps` (30 if not given)."""
    path = Path(request.where).expanduser()
    reader = ImageFiles(path, request.fps or DEFAULT_FPS)
    if request.fps is None and path.is_dir():
        log.info("no frame rate given: assuming %g fps (--fps)", DEFAULT_FPS)
    return play(reader, realtime=bool(request.realtime), loop=bool(request.loop))
