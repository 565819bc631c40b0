"""One image file through Pillow: every picture in it, upright, as 8-bit BGR.

A file may contain several pictures, one after the other: the frames of an animation (GIF, WebP, PNG,
AVIF), or the pages of a TIFF.  Other formats contain views of one scene beside the picture that
every program shows, such as a depth map; only that picture is read.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingLibrary, PoseError, SourceError
from ..pose import Image, bgr_image
from ..runtime import optional
from ..runtime.hints import pip
from .signatures import AVIF, HEIF, image_format
from .streams.container import MAX_PIXELS

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

# A BGR image, None if it is damaged; how long it is shown in ms, None if the file does not say.
Decoded = tuple[Image | None, float | None]

# No others: some of Pillow's decoders start programs (EPS), or read other files.
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "DIB", "GIF", "PPM", "JPEG2000", "MPO")
_SEVERAL_IN_TIME = ("AVIF", "GIF", "PNG", "TIFF", "WEBP")

_ORIENTATION = 0x0112  # EXIF and TIFF tag
_SUBFILE_TYPE = 0x00FE  # TIFF tag
_REDUCED_OR_MASK = 1 | 4  # thumbnails and transparency masks among the pages of a TIFF

# What makes a picture upright, by its orientation.  1 is upright; 2, 4, 5 and 7 are mirrored.
_TURNS: dict[int, Callable[[Image], Image]] = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, -1),
    7: lambda image: image[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}

log = logging.getLogger("realtime.sources")


def decoded(path: Path) -> Iterator[Decoded]:
    """The pictures of a file, in order.  A damaged one has no image; a file that is no image, or is
    truncated before its first picture, yields one damaged picture.

    Raises SourceError if the file cannot be opened, is larger than 8192x8192 px, or has 32-bit
    pixels; MissingLibrary for HEIF without pillow-heif.
    """
    try:
        file = path.open("rb")
    except OSError as fault:
        raise SourceError(f"{path.name} cannot be read ({fault.strerror})") from fault
    with file:
        picture = _opened(file, path.name)
        if picture is None:
            yield None, None
            return
        with picture:
            if _is_sequence(picture):
                yield from _sequence(picture, path.name)
            else:
                _note_other_pictures(picture, path.name)
                yield _upright(picture, path.name), None


def contains_several(path: Path) -> bool:
    """Whether a file is an animation or a stack; False if it cannot be read."""
    try:
        with path.open("rb") as file:
            picture = _opened(file, path.name)
            return picture is not None and _is_sequence(picture)
    except (OSError, PoseError):
        return False


def _opened(file: IO[bytes], name: str) -> ImageFile | None:
    """The file with its header read, None if it is not a readable image."""
    pillow = _pillow()
    known = image_format(file.read(64))
    file.seek(0)
    if known == HEIF:
        optional.load("pillow_heif", name, pip("pillow-heif")).register_heif_opener()
    elif known == AVIF and not _reads_avif():
        raise SourceError(f"{name} needs a Pillow with AVIF: {pip('--upgrade pillow')}")
    try:
        return pillow.open(file, formats=(known,) if known in (HEIF, AVIF) else _FORMATS)  # type: ignore[no-any-return]
    except pillow.DecompressionBombError as fault:
        raise SourceError(f"{name} exceeds the limit of 8192x8192 px") from fault
    except Exception:  # noqa: BLE001 - a damaged header can raise any exception in a decoder
        return None


def _pillow() -> Any:
    """`PIL.Image` with its warnings about damaged metadata and large images disabled."""
    from PIL import Image as Pillow

    warnings.filterwarnings("ignore", module=r"PIL\.")
    return Pillow


def _reads_avif() -> bool:
    from PIL import features

    return bool(features.check("avif"))


def _note_other_pictures(picture: ImageFile, name: str) -> None:
    if picture.format == HEIF and (pictures := getattr(picture, "n_frames", 1)) > 1:
        log.info("%s contains %d pictures; only the primary one is read", name, pictures)


def _is_sequence(picture: ImageFile) -> bool:
    return picture.format in _SEVERAL_IN_TIME and getattr(picture, "is_animated", False)


def _sequence(picture: ImageFile, name: str) -> Iterator[Decoded]:
    """The frames of an animation or the pages of a stack, until one cannot be found."""
    # The first picture of an animated PNG may be for programs that cannot show the others.
    for index in count(int(bool(picture.info.get("default_image")))):
        try:
            picture.seek(index)
        except EOFError:
            return
        except Exception:  # noqa: BLE001 - as in _opened
            yield None, None
            return
        if not index or not _subfile_type(picture) & _REDUCED_OR_MASK:
            yield _upright(picture, name), picture.info.get("duration") or None


def _subfile_type(picture: ImageFile) -> int:
    tags = getattr(picture, "tag_v2", {})
    return int(tags.get(_SUBFILE_TYPE, 0))


def _upright(picture: ImageFile, name: str) -> Image | None:
    """The current picture as BGR (H, W, 3), turned as its EXIF says; None if it is damaged."""
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise SourceError(f"{name}: {width}x{height} px exceed the limit of 8192x8192 px")
    if picture.mode == "F" or (picture.mode == "I" and picture.format == "TIFF"):
        raise SourceError(f"{name} has 32-bit pixels, whose range is unknown: save it with 8 or 16 bits")
    try:
        pixels = _jpeg2000(picture) if picture.format == "JPEG2000" else _bgr(picture)
        # Only now: the EXIF of a PNG may follow its pixels, and Pillow turns TIFF while loading it.
        turned = _TURNS.get(picture.getexif().get(_ORIENTATION, 1), _TURNS[1])
        return bgr_image(turned(pixels))
    except MissingLibrary:
        raise
    except Exception:  # noqa: BLE001 - as in _opened
        return None


def _bgr(picture: ImageFile) -> Image:
    """Alpha is cut; of 16 bits the upper eight are kept."""
    picture.load()
    if picture.mode.startswith("I"):  # 16-bit grey: `convert` clips it or scales it, by the version of Pillow
        grey: Image = (np.asarray(picture) >> 8).astype(np.uint8)
        return grey
    colours = picture if picture.mode == "RGB" else picture.convert("RGB")
    return np.frombuffer(colours.tobytes("raw", "BGR"), np.uint8).reshape(colours.height, colours.width, 3)


def _jpeg2000(picture: ImageFile) -> Image:
    """By OpenCV, because Pillow 13 makes white black where colours have 16 bits."""
    cv2: Any = optional.opencv("a JPEG 2000 image")
    assert picture.fp is not None
    picture.fp.seek(0)
    content = np.frombuffer(picture.fp.read(), np.uint8)
    pixels: Image | None = cv2.imdecode(content, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise ValueError("damaged")
    return pixels
