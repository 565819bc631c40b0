"""The camera's picture on the socket (topic `preview`): a small JPEG with the keypoints found in it.

One message is one ZeroMQ frame: the topic, a space, a line of JSON, then the bytes of the JPEG.
`encode_preview` and `decode_preview` raise only MessageError.  docs/message.md documents every field.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from ..errors import MessageError
from ..pose import Image
from ..runtime import optional
from .field_types import Count, Flag, Person, Pixels, Scores, SizeWH, Stamp, Text, both, record
from .message import MAX_BYTES, VERSION, check_version, from_json, to_json

PREVIEW = "preview"
MAX_JPEG_BYTES = 256 * 1024
MAX_SIDE_PX = 1024  # of the picture; three times what is sent
MAX_PREVIEW_BYTES = MAX_BYTES + MAX_JPEG_BYTES

_HEAD = f"{PREVIEW} ".encode()
_JPEG_START = b"\xff\xd8\xff"
# In compressed data 0xff is always followed by another byte.  A picture of many scans takes minutes of a
# decoder's time; those that are sent have one.
_SCAN = b"\xff\xda"


def _jpeg(value: Any) -> bytes:
    if not isinstance(value, bytes) or not value.startswith(_JPEG_START):
        raise ValueError("must be the bytes of a JPEG")
    if len(value) > MAX_JPEG_BYTES:
        raise ValueError(f"{len(value)} bytes, the limit is {MAX_JPEG_BYTES}")
    if value.count(_SCAN) != 1:
        raise ValueError("must have one scan (a baseline JPEG, not a progressive one)")
    return value


@dataclass(frozen=True, eq=False)
class PreviewMessage:
    """A frame of the camera, made small, with what was found in it.

    `jpeg` holds its bytes, `picture` its pixels.  `keypoints_px` (K, 2) and their
    `keypoints_score` (K,) in 0..1 are in the camera's frame of size `image_wh`, in the order of the
    skeleton `keypoints_skeleton`; both are empty where nobody was seen.  The other fields are those
    of the PoseMessage of the same `frame`.
    """

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
    jpeg: Annotated[bytes, both(_jpeg)]

    def check(self) -> None:
        """Raise ValueError if the fields contradict each other."""
        if len(self.keypoints_score) != len(self.keypoints_px):
            raise ValueError(f"{len(self.keypoints_px)} keypoints but {len(self.keypoints_score)} scores")
        if 0 in self.image_wh:
            raise ValueError("image_wh: the image is empty")

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


_FIELDS = record(PreviewMessage)


def encode_preview(message: PreviewMessage) -> bytes:
    """The ZeroMQ frame of a message.  Raises MessageError if a field is invalid or not finite, or if
    it is too long."""
    try:
        message.check()
        body = _FIELDS.write(message)
    except (ValueError, TypeError) as fault:
        raise MessageError(f"cannot send this {PREVIEW} message: {fault}") from fault
    jpeg = body.pop("jpeg")
    line = to_json({"v": VERSION, **body}).encode()
    if len(line) > MAX_BYTES - len(_HEAD) - 1:
        raise MessageError(f"cannot send this {PREVIEW} message: {len(line)} bytes of JSON, the limit is {MAX_BYTES}")
    return b"".join((_HEAD, line, b"\n", jpeg))


def is_preview(frame: bytes) -> bool:
    """Whether a ZeroMQ frame has this topic."""
    return frame.startswith(_HEAD)


def decode_preview(frame: bytes) -> PreviewMessage:
    """The message of a ZeroMQ frame; its picture is not decoded yet.  Raises MessageError if it is not
    a valid one."""
    head, _, jpeg = frame.partition(b"\n")
    if not is_preview(head) or len(head) > MAX_BYTES or len(jpeg) > MAX_JPEG_BYTES:
        raise MessageError(f"cannot read a {PREVIEW} message of {len(frame)} bytes: another topic, or too long")
    try:
        value = from_json(head.removeprefix(_HEAD).decode())
        check_version(PREVIEW, value)
        message: PreviewMessage = _FIELDS.read({**value, "jpeg": jpeg})
        message.check()
    except (ValueError, TypeError, RecursionError) as fault:
        raise MessageError(f"cannot read this {PREVIEW} message: {fault}") from fault
    return message
