"""The format of an image file by its first bytes."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from realtime.sources.signatures import image_format, is_image_file


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("PNG", "PNG"), ("GIF", "GIF"), ("TIFF", "TIFF"), ("WEBP", "WEBP"), ("JPEG2000", "JPEG2000"), ("AVIF", "AVIF")],
)
def test_what_pillow_writes_is_known(kind, expected):
    file = io.BytesIO()
    Image.new("RGB", (40, 40)).save(file, kind)
    assert image_format(file.getvalue()[:64]) == expected


@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_what_may_begin_a_video_is_not_told(kind):
    file = io.BytesIO()
    Image.new("RGB", (40, 40)).save(file, kind)
    assert image_format(file.getvalue()[:64]) is None


def ftyp(major, *compatible):
    brands = b"".join((major, bytes(4), *compatible))
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\0\0\0\x08free"


@pytest.mark.parametrize(
    ("major", "compatible", "expected"),
    [
        (b"heic", (b"mif1", b"heic"), "HEIF"),  # iPhone
        (b"mif1", (b"mif1", b"miaf", b"heic"), "HEIF"),
        (b"heix", (b"mif1", b"heix"), "HEIF"),  # Canon .HIF
        (b"mif1", (b"avif", b"miaf"), "AVIF"),
        (b"avif", (b"mif1", b"miaf"), "AVIF"),
        (b"isom", (b"iso2", b"avc1", b"mp41"), None),
        (b"qt  ", (), None),
        (b"hevc", (b"msf1", b"hevc"), None),  # a sequence, which is a video
    ],
)
def test_the_brands_of_mp4s_relatives(major, compatible, expected):
    assert image_format(ftyp(major, *compatible)) == expected


@given(st.binary(max_size=80))
def test_any_bytes(head):
    image_format(head)
    image_format(b"\0\0\0\x20ftyp" + head)


def test_what_cannot_be_read_is_none(tmp_path):
    assert not is_image_file(tmp_path)
    assert not is_image_file(tmp_path / "missing")
