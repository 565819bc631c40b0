import io
import json
import struct
import warnings
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from support.previews import halves, jpeg_of, preview_message

from realtime.errors import MessageError
from realtime.wire.preview import MAX_SIDE_PX, decode_preview, encode_preview, is_preview
from realtime.wire.topics import MAX_PREVIEW_BYTES

GOLDEN = encode_preview(preview_message())


def with_jpeg(jpeg):
    return GOLDEN.partition(b"\n")[0] + b"\n" + jpeg


def test_golden_bytes():
    line, _, jpeg = GOLDEN.partition(b"\n")
    assert line == (
        b'preview {"v":1,"session":"5eed","source":"demo","frame":41,"t_capture_ns":1000,"image_wh":[64,48],'
        b'"keypoints_px":[[16.12,24.00],[48.00,12.00]],"keypoints_score":[1.000,0.250],"keypoints_skeleton":"two",'
        b'"person":0,"valid":true,"reason":"ok"}'
    )
    assert jpeg == jpeg_of(halves(64, 48))


def test_a_preview_is_read_as_other_languages_would():
    line, _, jpeg = GOLDEN.removeprefix(b"preview ").partition(b"\n")
    fields = json.loads(line)
    picture = np.asarray(Pillow.open(io.BytesIO(jpeg)))
    assert (fields["frame"], picture.shape) == (41, (48, 64, 3))


def test_a_preview_survives_the_trip():
    message = decode_preview(GOLDEN)
    assert is_preview(GOLDEN)
    assert encode_preview(message) == GOLDEN
    assert (message.frame, message.image_wh, message.person, message.reason) == (41, (64, 48), 0, "ok")
    assert message.keypoints_px.dtype == message.keypoints_score.dtype == np.float32
    picture = message.picture()
    assert (picture.shape, picture.dtype) == ((48, 64, 3), np.uint8)
    assert np.abs(picture[24, 8] - [220.0, 30, 30]).max() < 12  # red is the first channel
    assert np.abs(picture[24, 56] - [30.0, 30, 220]).max() < 12


def test_nobody_is_a_picture_without_keypoints():
    nobody = preview_message(
        keypoints_px=np.empty((0, 2)), keypoints_score=np.empty(0), person=None, valid=False, reason="no_person"
    )
    message = decode_preview(encode_preview(nobody))
    assert (len(message.keypoints_px), message.person, message.reason) == (0, None, "no_person")
    assert message.picture().shape == (48, 64, 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"jpeg": b""},
        {"jpeg": b"\x89PNG"},
        {"jpeg": jpeg_of(halves(8, 8)) + bytes(MAX_PREVIEW_BYTES)},
        {"jpeg": jpeg_of(halves(64, 48), progressive=True)},
        {"image_wh": (0, 48)},
        {"image_wh": (-1, 48)},
        {"keypoints_score": np.ones(3)},
        {"keypoints_px": np.full((2, 2), np.nan)},
        {"keypoints_px": np.ones((30_000, 2)), "keypoints_score": np.ones(30_000)},
        {"source": "a\nb"},
        {"valid": 1},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_what_is_wrong_is_not_sent(changes):
    with pytest.raises(MessageError, match=r"cannot send|is refused"):
        encode_preview(preview_message(**changes))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"preview",
        b"preview \n",
        b"preview {}\n",
        b"preview []\n" + jpeg_of(halves(8, 8)),
        b"preview null\n" + jpeg_of(halves(8, 8)),
        b"pose3d {}\n",
        b"preview " + b"[" * 60_000 + b"\n" + jpeg_of(halves(8, 8)),
        b"preview " + b" " * MAX_PREVIEW_BYTES + GOLDEN.removeprefix(b"preview "),
        GOLDEN + bytes(MAX_PREVIEW_BYTES),
        with_jpeg(b""),
        with_jpeg(jpeg_of(halves(64, 48), progressive=True)),
        GOLDEN.replace(b'"v":1', b'"v":2'),
        GOLDEN.replace(b'"v":1', b'"v":true'),
        GOLDEN.replace(b"0.250", b"NaN"),
        GOLDEN.replace(b"[64,48]", b"[0,0]"),
        GOLDEN.replace(b'"demo"', rb'"\u001b[2J"'),
        GOLDEN.replace(b'"frame":41,', b""),
    ],
    ids=lambda frame: repr(frame[:30]),
)
def test_what_is_no_preview_is_refused_in_one_line(frame):
    with pytest.raises(MessageError) as told:
        decode_preview(frame)
    assert len(str(told.value)) < 400
    assert "\n" not in str(told.value)


def test_the_jpeg_in_the_json_is_not_taken_for_the_picture():
    line, _, jpeg = GOLDEN.partition(b"\n")
    forged = line[:-1] + b',"jpeg":"x"}\n' + jpeg
    assert encode_preview(decode_preview(forged)) == GOLDEN


def of_size(jpeg, width, height):
    """The JPEG with another size in its header."""
    place = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:place] + struct.pack(">HH", height, width) + jpeg[place + 4 :]


@pytest.mark.parametrize(
    "jpeg",
    [
        of_size(jpeg_of(halves(64, 48)), 65_000, 65_000),  # 12 GB of pixels
        of_size(jpeg_of(halves(64, 48)), MAX_SIDE_PX + 1, 8),
        jpeg_of(halves(64, 48))[:-20],
        b"\xff\xd8\xff\xda",
    ],
    ids=["bomb", "too-wide", "cut", "nothing"],
)
def test_a_picture_that_is_damaged_or_too_large_is_refused(jpeg):
    message = decode_preview(with_jpeg(jpeg))
    with pytest.raises(MessageError) as told:
        message.picture()
    assert "\n" not in str(told.value)


@given(st.binary(max_size=300), st.sampled_from([b"", b"preview ", b"preview {}\n\xff\xd8\xff"]))
def test_any_bytes_give_a_message_error(junk, head):
    with pytest.raises(MessageError):
        decode_preview(head + junk)


@settings(deadline=None)  # the first one loads Pillow
@given(st.lists(st.tuples(st.integers(0, len(GOLDEN) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_any_changed_bytes_give_a_preview_or_a_message_error(changes):
    frame = bytearray(GOLDEN)
    for place, byte in changes:
        frame[place] = byte
    with suppress(MessageError), warnings.catch_warnings():
        warnings.simplefilter("error")
        message = decode_preview(bytes(frame))
        assert np.isfinite(message.keypoints_px).all()
        assert max(message.picture().shape) <= MAX_SIDE_PX
