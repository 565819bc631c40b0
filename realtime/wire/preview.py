"""The camera's picture on the socket (topic `preview`): a small JPEG with the keypoints found in it.

One message is one ZeroMQ frame: the topic, a space, a line of JSON, then the bytes of the JPEG.
`encode_preview` and `decode_preview` raise only MessageError.  docs/message.md documents every field.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import MessageError
from ..pose import Image
from ..runtime import optional
from .field_types import Count, Flag, Person, Pixels, Scores, SizeWH, Stamp, Text, record
from .message import VERSION, check_version, from_json
from .topics import MAX_PREVIEW_BYTES, PREVIEW, head

MAX_SIDE_PX = 1024  # of the picture; three times what is sent

_HEAD = head(PREVIEW)
_JPEG_START = b"\xff\xd8\xff"
# In compressed data 0xff is always followed by another byte.  A picture of many scans takes minutes of a
# decoder's time; those that are sent have one.
_SCAN = b"\xff\xda"


@dataclass(frozen=True, eq=False)
class _Fields:
    session: Text
    source: Text
    frame: Count
    t_capture_ns: Stamp
    image_wh: SizeWH
    keypoints_px: Pixels
    keypoints_score: Scores
    keypoints_skeleton: Text
    person: Person
    valid: Flag
    reason: Text


@dataclass(frozen=True, eq=False)
class PreviewMessage(_Fields):
    """A frame of the camera, made small, with what was found in it.

    `jpeg` holds its bytes, `picture` its pixels.  `keypoints_px` (K, 2) and their
    `keypoints_score` (K,) in 0..1 are in the camera's frame of size `image_wh`, in the order of the
    skeleton `keypoints_skeleton`; both are empty where nobody was seen.  The other fields are those
    of the PoseMessage of the same `frame`.
    """

    jpeg: bytes

    def check(self) -> None:
        """Raise ValueError if the fields contradict each other, or the JPEG is not one to decode."""
        if len(self.keypoints_score) != len(self.keypoints_px):
            raise ValueError(f"{len(self.keypoints_px)} keypoints but {len(self.keypoints_score)} scores")
        if 0 in self.image_wh:
            raise ValueError("image_wh: the image is empty")
        if not self.jpeg.startswith(_JPEG_START):
            raise ValueError("jpeg: must be the bytes of a JPEG")
        if self.jpeg.count(_SCAN) != 1:
            raise ValueError("jpeg: must have one scan (a baseline JPEG, not a progressive one)")

    def picture(self) -> Image:
        """The picture as (H, W, 3) uint8, RGB.  Needs Pillow.

        Raises MessageError if it is damaged or larger than MAX_SIDE_PX, MissingLibrary without Pillow.
        """
        plugin = optional.load("PIL.JpegImagePlugin", "the camera picture", "pip install pillow")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about damaged metadata
                return _pixels(plugin.JpegImageFile(io.BytesIO(self.jpeg)))  # reads only the header
        except Exception as fault:  # a damaged picture can raise any exception in a decoder
            raise MessageError(f"cannot read the JPEG of this {PREVIEW} message: {str(fault)[:100]!r}") from fault


def _pixels(picture: Any) -> Image:
    if max(picture.size) > MAX_SIDE_PX:
        raise ValueError(f"{picture.size} px are refused: the limit is {MAX_SIDE_PX} px a side")
    pixels: Image = np.array(picture.convert("RGB"))
    return pixels


_FIELDS = record(_Fields)


def encode_preview(message: PreviewMessage) -> bytes:
    """The ZeroMQ frame of a message.  Raises MessageError if a field is invalid or not finite, or if
    it is too long."""
    try:
        message.check()
        body = _FIELDS.write(message)
    except (ValueError, TypeError) as fault:
        raise MessageError(f"cannot send this {PREVIEW} message: {fault}") from fault
    frame = b"".join((_HEAD, f'{{"v":{VERSION},{body[1:]}\n'.encode(), message.jpeg))
    _check_length(frame)
    return frame


def is_preview(frame: bytes) -> bool:
    """Whether a ZeroMQ frame has this topic."""
    return frame.startswith(_HEAD)


def decode_preview(frame: bytes) -> PreviewMessage:
    """The message of a ZeroMQ frame; its picture is not decoded yet.  Raises MessageError if it is not
    a valid one."""
    _check_length(frame)
    if not is_preview(frame):
        raise MessageError(f"not a {PREVIEW} message")
    line, _, jpeg = frame.removeprefix(_HEAD).partition(b"\n")
    try:
        value = from_json(line.decode())
        check_version(PREVIEW, value)
        message = PreviewMessage(**vars(_FIELDS.read(value)), jpeg=jpeg)
        message.check()
    except (ValueError, TypeError, RecursionError) as fault:
        raise MessageError(f"cannot read this {PREVIEW} message: {fault}") from fault
    return message


def _check_length(frame: bytes) -> None:
    if len(frame) > MAX_PREVIEW_BYTES:
        raise MessageError(f"a {PREVIEW} message of {len(frame)} bytes is refused: the limit is {MAX_PREVIEW_BYTES}")
