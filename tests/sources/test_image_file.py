"""One image file: upright, whole, 8-bit BGR; what is damaged, too large or of an unknown kind is refused."""

import logging
import struct
import sys
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image
from support.pictures import picture
from support.poses import CASES

from realtime.errors import MissingLibrary, SourceError
from realtime.sources.image_file import contains_several, decoded
from realtime.sources.video import VideoFile

SIZE_WH = (40, 24)


def upright():
    """Four corners of different colours; the blocks survive lossy formats."""
    image = np.full((SIZE_WH[1], SIZE_WH[0], 3), 128, np.uint8)
    image[:12, :20], image[:12, 20:], image[12:, :20] = (0, 0, 255), (0, 255, 0), (255, 0, 0)
    return image


def stored(image, orientation):
    """The pixels that a file with this orientation contains: EXIF says where its first row and its
    first column are shown."""
    row, column = {
        1: ("top", "left"),
        2: ("top", "right"),
        3: ("bottom", "right"),
        4: ("bottom", "left"),
        5: ("left", "top"),
        6: ("right", "top"),
        7: ("right", "bottom"),
        8: ("left", "bottom"),
    }[orientation]
    height, width = image.shape[:2]
    rows, columns = np.arange(height), np.arange(width)
    rows = rows[::-1] if "bottom" in (row, column) else rows
    columns = columns[::-1] if "right" in (row, column) else columns
    shown = image[rows][:, columns]
    return shown if row in ("top", "bottom") else shown.swapaxes(0, 1)


def rgb(image):
    return Image.fromarray(np.ascontiguousarray(image[..., ::-1]))


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def image_of(path):
    ((image, _),) = decoded(path)
    return image


def assert_close(image, expected, within=12):
    assert image.shape == expected.shape
    assert np.abs(image.astype(int) - expected).mean() < within


# ---- orientation -------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tiff", "avif"])
def test_every_orientation_of_every_format_is_shown_upright(kind, orientation, tmp_path):
    path = tmp_path / f"a.{kind}"
    rgb(stored(upright(), orientation)).save(path, exif=exif(orientation))
    assert_close(image_of(path), upright())


@pytest.mark.parametrize("orientation", [2, 5, 6])
def test_the_exif_of_a_png_may_follow_its_pixels(orientation, tmp_path):
    path = tmp_path / "a.png"
    rgb(stored(upright(), orientation)).save(path, exif=exif(orientation))
    content = path.read_bytes()
    at = content.index(b"eXIf") - 4
    chunk = content[at : at + 12 + int.from_bytes(content[at : at + 4], "big")]
    end = content.index(b"IEND") - 4
    path.write_bytes(content[:at] + content[at + len(chunk) : end] + chunk + content[end:])
    np.testing.assert_array_equal(image_of(path), upright())


def test_an_orientation_that_is_none_is_upright(tmp_path):
    for orientation in (0, 9, 300):
        rgb(upright()).save(tmp_path / "a.png", exif=exif(orientation))
        np.testing.assert_array_equal(image_of(tmp_path / "a.png"), upright())


def test_a_recorded_picture_that_exif_turns():
    first, _ = next(VideoFile(CASES / "base.mp4").pictures())
    assert_close(image_of(CASES / "exif6.webp"), first)


# ---- pixels ------------------------------------------------------------------------


LOSSLESS = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000]  # for jp2 only


def ramp(dtype):
    return np.linspace(0, np.iinfo(dtype).max, 96 * 160).astype(dtype).reshape(96, 160)


@pytest.mark.parametrize("kind", ["png", "tiff", "jp2", "pgm"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_keeps_its_upper_eight_bits(kind, dtype, tmp_path):
    path, grey = tmp_path / f"a.{kind}", ramp(dtype)
    path.write_bytes(cv2.imencode(f".{kind}", grey, LOSSLESS)[1].tobytes())
    expected = (grey >> (0 if dtype == np.uint8 else 8)).astype(np.uint8)
    image = image_of(path)
    np.testing.assert_allclose(image, np.repeat(expected[..., None], 3, 2), atol=1)


@pytest.mark.parametrize("kind", ["png", "tiff", "jp2", "ppm"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_colour_keeps_its_upper_eight_bits(kind, dtype, tmp_path):
    colours = np.stack([ramp(dtype), ramp(dtype)[::-1], ramp(dtype).T.reshape(96, 160)], -1)
    (tmp_path / f"a.{kind}").write_bytes(cv2.imencode(f".{kind}", colours, LOSSLESS)[1].tobytes())
    expected = (colours >> (0 if dtype == np.uint8 else 8)).astype(np.uint8)
    np.testing.assert_allclose(image_of(tmp_path / f"a.{kind}"), expected, atol=1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK"])
def test_every_mode_becomes_the_same_bgr(mode, tmp_path):
    grey = upright() if mode not in ("1", "L", "LA") else np.repeat(np.where(upright()[..., :1] > 100, 255, 0), 3, 2)
    grey = grey.astype(np.uint8)
    kind = {"CMYK": "tiff", "PA": "tiff"}.get(mode, "png")
    source = rgb(grey).quantize(8) if mode in ("P", "PA") else rgb(grey)
    source.convert(mode).save(tmp_path / f"a.{kind}")
    assert_close(image_of(tmp_path / f"a.{kind}"), grey, within=2)


def test_a_tiff_compressed_as_jpeg(tmp_path):
    rgb(upright()).save(tmp_path / "a.tif", compression="jpeg", quality=95)
    assert_close(image_of(tmp_path / "a.tif"), upright())


def test_a_cmyk_jpeg_is_not_inverted(tmp_path):
    rgb(upright()).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert_close(image_of(tmp_path / "a.jpg"), upright())


def test_transparency_of_a_palette_leaves_the_colours(tmp_path):
    rgb(upright()).quantize(8).save(tmp_path / "a.png", transparency=0)
    assert_close(image_of(tmp_path / "a.png"), upright(), within=2)


def test_jpeg_is_decoded_as_by_other_programs(tmp_path):
    content = cv2.imencode(".jpg", picture(3))[1]
    (tmp_path / "a.jpg").write_bytes(content.tobytes())
    np.testing.assert_array_equal(image_of(tmp_path / "a.jpg"), cv2.imdecode(content, cv2.IMREAD_COLOR))


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_pixels_of_unknown_range_are_refused(dtype, tmp_path):
    Image.fromarray(np.ones((4, 4), dtype)).save(tmp_path / "a.tif")
    with pytest.raises(SourceError, match=r"^a\.tif has 32-bit pixels.*save it with 8 or 16 bits$"):
        image_of(tmp_path / "a.tif")


# ---- animations and stacks ---------------------------------------------------------

DURATIONS_MS = [40, 70, 200, 100, 50]


def save_all(path, images, **options):
    first, *others = map(rgb, images)
    first.save(path, save_all=True, append_images=others, **options)


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "avif"])
def test_an_animation_is_whole_and_has_its_own_durations(kind, tmp_path):
    path = tmp_path / f"a.{kind}"
    save_all(path, map(picture, range(5)), duration=DURATIONS_MS)
    images, durations = zip(*decoded(path), strict=True)
    assert list(durations) == DURATIONS_MS
    for number, image in enumerate(images):
        assert_close(image, picture(number), within=3)
    assert contains_several(path)


def test_a_stack_is_whole_and_has_no_durations(tmp_path):
    save_all(tmp_path / "a.tif", map(picture, range(5)))
    images, durations = zip(*decoded(tmp_path / "a.tif"), strict=True)
    assert durations == (None,) * 5
    np.testing.assert_array_equal(images, [picture(number) for number in range(5)])


def tiff(pages):
    """An uncompressed TIFF of RGB pages: (image, orientation, new-subfile type)."""
    content = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for image, orientation, subfile in pages:
        height, width = image.shape[:2]
        bits, pixels = len(content), image[..., ::-1].tobytes()
        content += struct.pack("<4H", 8, 8, 8, 0) + pixels
        values = {254: subfile, 256: width, 257: height, 258: bits, 259: 1, 262: 2, 273: bits + 8}
        values |= {274: orientation, 277: 3, 278: height, 279: len(pixels)}
        struct.pack_into("<I", content, link, len(content))
        content += struct.pack("<H", len(values))
        for tag, value in values.items():
            content += struct.pack("<2H2I", tag, *(3, 3, value) if tag == 258 else (4, 1, value))
        link = len(content)
        content += bytes(4)
    return bytes(content)


def test_every_page_of_a_stack_is_turned_by_its_own_orientation(tmp_path):
    (tmp_path / "a.tif").write_bytes(tiff((stored(upright(), turn), turn, 0) for turn in range(1, 9)))
    images = [image for image, _ in decoded(tmp_path / "a.tif")]
    np.testing.assert_array_equal(images, [upright()] * 8)


def test_thumbnails_and_masks_are_no_pages_of_a_stack(tmp_path):
    pages = [(picture(0), 1, 0), (picture(0)[::4, ::4], 1, 1), (picture(1), 1, 2), (picture(2), 1, 4)]
    (tmp_path / "a.tif").write_bytes(tiff(pages))
    images = [image for image, _ in decoded(tmp_path / "a.tif")]
    np.testing.assert_array_equal(images, [picture(0), picture(1)])


def test_what_a_gif_leaves_transparent_shows_the_picture_before(tmp_path):
    """Each frame after the first contains a small square only."""
    frames = [rgb(np.zeros((24, 40, 3), np.uint8)).quantize(4)]
    for number in range(1, 4):
        frame = Image.new("P", (40, 24), 1)
        frame.putpalette([0, 0, 0, 255, 0, 255, 200, 200, 200])
        frame.paste(2, (10 * number, 0, 10 * number + 8, 8))
        frame.info["transparency"] = 1
        frames.append(frame)
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=50, disposal=1)
    expected = np.zeros((24, 40, 3), np.uint8)
    for number, (image, _) in enumerate(decoded(tmp_path / "a.gif")):
        if number:
            expected[:8, 10 * number : 10 * number + 8] = 200
        np.testing.assert_array_equal(image, expected)
    assert number == 3


def test_the_picture_for_programs_without_animation_is_no_frame(tmp_path):
    save_all(tmp_path / "a.png", map(picture, range(4)), duration=40, default_image=True)
    images = [image for image, _ in decoded(tmp_path / "a.png")]
    np.testing.assert_array_equal(images, [picture(number) for number in (1, 2, 3)])


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_durations_of_zero_are_none(kind, tmp_path):
    save_all(tmp_path / f"a.{kind}", map(picture, range(2)), duration=0)
    assert [duration for _, duration in decoded(tmp_path / f"a.{kind}")] == [None, None]


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "tif"])
def test_one_picture_has_no_duration(kind, tmp_path):
    rgb(picture(0)).save(tmp_path / f"a.{kind}", **({} if kind == "tif" else {"duration": 100}))
    ((image, duration),) = decoded(tmp_path / f"a.{kind}")
    assert_close(image, picture(0), within=3)
    assert duration is None
    assert not contains_several(tmp_path / f"a.{kind}")


def test_of_a_stereo_or_depth_jpeg_the_main_picture_is_read(tmp_path):
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        rgb(picture(0)).save(file, "MPO", save_all=True, append_images=[rgb(picture(9))])
    assert_close(image_of(path), picture(0))
    assert not contains_several(path)


# ---- damage and limits -------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gif", "png", "tif"])
def test_a_truncated_animation_tells_that_it_is(kind, tmp_path):
    path = tmp_path / f"a.{kind}"
    save_all(path, map(picture, range(5)), **({} if kind == "tif" else {"duration": 40}))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    images = [image for image, _ in decoded(path)]
    assert images[-1] is None
    assert 1 <= sum(image is not None for image in images) < 5


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "avif", "jp2", "ppm", "gif"])
@pytest.mark.parametrize("share", [0, 0.02, 0.5])
def test_a_truncated_image_is_damaged(kind, share, tmp_path):
    path = tmp_path / f"a.{kind}"
    rng = np.random.default_rng(0)
    rgb(rng.integers(0, 255, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[: round(path.stat().st_size * share)])
    assert list(decoded(path)) == [(None, None)]


def test_metadata_that_is_damaged_does_not_hide_the_picture(tmp_path):
    rgb(upright()).save(tmp_path / "a.png", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    np.testing.assert_array_equal(image_of(tmp_path / "a.png"), upright())


def png_header(width, height):
    header = b"IHDR" + struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.mark.parametrize("size_wh", [(8193, 8192), (10000, 10000), (30000, 30000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_by_its_header(size_wh, tmp_path):
    (tmp_path / "a.png").write_bytes(png_header(*size_wh) + struct.pack(">I", 4) + b"IDAT" + bytes(8))
    with pytest.raises(SourceError, match=r"^a\.png.* exceeds? the limit of 8192x8192 px$"):
        image_of(tmp_path / "a.png")


def test_a_large_image_within_the_limit_is_read(tmp_path):
    Image.new("1", (8192, 8192)).save(tmp_path / "a.png")
    assert image_of(tmp_path / "a.png").shape == (8192, 8192, 3)


def test_no_decoder_that_starts_a_program_is_used(tmp_path):
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n")
    assert list(decoded(tmp_path / "a.png")) == [(None, None)]


# ---- HEIF --------------------------------------------------------------------------


def test_a_phones_picture_is_refused_with_the_command_that_installs_the_library(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # which is how Python marks what cannot be imported
    for name in ("grid.heic", "IMG_1.jpg"):
        (tmp_path / name).write_bytes((CASES / "grid.heic").read_bytes())
        with pytest.raises(MissingLibrary, match=rf"^{name} needs pillow_heif, .*: pip install pillow-heif$"):
            list(decoded(tmp_path / name))
        assert not contains_several(tmp_path / name)


def test_a_phones_picture_is_whole():
    pytest.importorskip("pillow_heif")
    first, _ = next(VideoFile(CASES / "base.mp4").pictures())
    image = image_of(CASES / "grid.heic")
    assert image.shape == (576, 1024, 3)
    assert_close(cv2.resize(image, (640, 360)), first)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phones_picture_is_turned_once(orientation, tmp_path):
    """pillow-heif writes the orientation as rotation and mirror boxes."""
    heif = pytest.importorskip("pillow_heif")
    large = np.kron(upright(), np.ones((8, 8, 1), np.uint8))
    pixels = rgb(stored(large, orientation))
    file = heif.from_pillow(pixels)
    file.save(tmp_path / "a.heic", exif=exif(orientation).tobytes())
    assert_close(image_of(tmp_path / "a.heic"), large)


def test_other_pictures_in_a_phones_file_are_named(tmp_path, caplog):
    heif = pytest.importorskip("pillow_heif")
    caplog.set_level(logging.INFO, "realtime.sources")
    file = heif.from_pillow(rgb(np.kron(picture(0), np.ones((4, 4, 1), np.uint8))))
    file.add_from_pillow(rgb(np.kron(picture(9), np.ones((4, 4, 1), np.uint8))))
    file.save(tmp_path / "a.heic", primary_index=1)
    assert_close(image_of(tmp_path / "a.heic"), np.kron(picture(9), np.ones((4, 4, 1), np.uint8)))
    assert [record.getMessage() for record in caplog.records] == [
        "a.heic contains 2 pictures; only the primary one is read"
    ]
