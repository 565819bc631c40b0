"""The format of an image file by its first bytes, because names are often wrong.

A phone's HEIC that was renamed to .jpg or .mp4 is still a HEIC, and FFmpeg would decode one of
its tiles as a video of one frame.
"""

from __future__ import annotations

from pathlib import Path

HEIF, AVIF = "HEIF", "AVIF"

_HEAD_BYTES = 64  # the brands of a HEIF file are in its first box, which rarely has more than eight
# Of formats that FFmpeg would take for a video without turning it, or would decode in part.
_SIGNATURES = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF8",),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "JPEG2000": (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
}
# Major brands of still images (ISO/IEC 23008-12, AV1 Image File Format).  Sequences of HEIF (hevc,
# hevx, msf1) are videos, which FFmpeg reads.
_STILL_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"avif", b"avis"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))


def image_format(head: bytes) -> str | None:
    """AVIF, GIF, HEIF, JPEG2000, PNG, TIFF or WEBP by the first 64 bytes of a file, None for anything
    else.  JPEG and BMP are not told from videos: MJPEG streams begin as a JPEG does."""
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return next((name for name, start in _SIGNATURES.items() if head.startswith(start)), None)


def is_image_file(path: Path) -> bool:
    """Whether the content is one of `image_format`'s, whatever the name says; False if unreadable."""
    try:
        with path.open("rb") as file:
            return image_format(file.read(_HEAD_BYTES)) is not None
    except OSError:
        return False


def _by_brands(head: bytes) -> str | None:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if brands[0] not in _STILL_BRANDS:
        return None
    return AVIF if _AVIF_BRANDS & set(brands) else HEIF
