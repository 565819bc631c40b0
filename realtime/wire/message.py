"""The message, version 1: what a pose looks like on the socket.

One message is one ZeroMQ frame: topic, a space, JSON in UTF-8.  So CONFLATE works, a
subscription is a prefix, and any language can read it.  Topics are `pose3d` (every
pose), `status` (once a second, also when nobody is there) and `schema` (what the numbers
mean).  docs/message.md tells every field to people who do not read Python.

`encode` and `decode` check alike: what this program may send it would also accept.  Both
raise MessageError and nothing else.  Readers ignore fields they do not know; `v` rises
when a field changes its meaning or goes away.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from ..errors import MessageError
from ..skeleton import Skeleton
from .fields import (
    Count,
    Degrees,
    Flag,
    Indices,
    Kind,
    Metres,
    Milliseconds,
    Names,
    Person,
    Pixels,
    Place,
    Rate,
    Scores,
    SizeWH,
    Stamp,
    Text,
    optional,
    record,
)

VERSION = 1
MAX_BYTES = 64 * 1024  # thirty times a usual message; a reader can refuse more unread
DEFAULT_ADDRESS = "tcp://127.0.0.1:5556"
POSE3D, STATUS, SCHEMA = "pose3d", "status", "schema"


@dataclass(frozen=True)
class Lag:
    """Milliseconds in the detector and the lifter, and from capture to publication."""

    detect: Milliseconds
    lift: Milliseconds
    total: Milliseconds


@dataclass(frozen=True)
class Window:
    """2D poses in the ring buffer, of those it holds when full."""

    have: Count
    want: Count


@dataclass(frozen=True)
class Percentiles:
    """Latency from capture to publication over the last seconds, milliseconds."""

    p50: Milliseconds
    p95: Milliseconds
    p99: Milliseconds


@dataclass(frozen=True, eq=False)
class PoseMessage:
    """One pose (topic `pose3d`).

    `joints` (J, 3) float32 m, pelvis at the origin, `axes` says which way; `score` (J,)
    in 0..1; `root_m` (3,) the pelvis with the camera at the origin, or None;
    `keypoints_px` (K, 2) the 2D points in the image of size `image_wh`, in the order of
    the skeleton `keypoints_skeleton`.  Where `valid` is False, `joints` and `score` are
    empty and `reason` says why.  `seq` rises by one with every pose of a `session`; a gap
    is a lost message.  `frame` is the source's number of the image.  `person` rises when
    another person is followed, None where nobody is.
    """

    session: Text
    seq: Count
    source: Text
    frame: Count
    t_capture_ns: Stamp  # monotonic clock of the publishing machine
    t_unix_ns: Stamp  # wall clock at the same instant
    t_publish_ns: Stamp  # monotonic
    lag_ms: Annotated[Lag, record(Lag)]
    skeleton: Text
    unit: Text
    axes: Text
    joints: Metres
    score: Scores
    keypoints_px: Pixels
    keypoints_skeleton: Text
    image_wh: SizeWH
    root_m: Place
    fov_deg: Degrees
    valid: Flag
    reason: Text
    window: Annotated[Window, record(Window)]
    model: Text
    person: Person

    def check(self) -> None:
        """Raise ValueError where the fields do not belong together."""
        if len(self.score) != len(self.joints):
            raise ValueError(f"{len(self.joints)} joints but {len(self.score)} scores")
        if self.valid != bool(len(self.joints)):
            raise ValueError("joints are there exactly when the pose is valid")
        if self.unit != "m":
            raise ValueError("the unit must be 'm'")


@dataclass(frozen=True)
class StatusMessage:
    """How the publisher does (topic `status`, once a second, also with nobody there).

    `state` is the source's (stages.SourceStatus); `dropped` its frames that nobody read;
    `person`, `valid`, `reason`, `window` are the newest pose's; `recorded` rows are in
    joints.npy, and `fault` is what a person should mend, '' where all is well.  The
    publisher fills in the fields that have defaults.
    """

    state: Text
    detail: Text
    fps: Rate
    latency_ms: Annotated[Percentiles | None, optional(record(Percentiles))]
    dropped: Count
    reconnects: Count
    person: Flag
    valid: Flag
    reason: Text
    window: Annotated[Window, record(Window)]
    recorded: Count
    fault: Text
    session: Text = ""
    seq: Count = 0  # of the newest pose, 0 before the first
    source: Text = ""
    subscribers: Count = 0
    not_finite: Count = 0  # poses held back because a number in them was not finite
    t_unix_ns: Stamp = 0
    t_publish_ns: Stamp = 0

    def check(self) -> None:
        """Nothing in it depends on another field."""


@dataclass(frozen=True)
class SchemaMessage:
    """What the numbers mean (topic `schema`, to every new subscriber and every 2 s)."""

    session: Text
    source: Text
    model: Text
    skeleton: Text
    joints: Names
    parents: Indices
    left: Indices
    right: Indices
    unit: Text
    axes: Text

    def check(self) -> None:
        """Raise ValueError where the indices are no tree over the joints."""
        count = len(self.joints)
        if len(self.parents) != count or len(self.left) != len(self.right):
            raise ValueError("parents, left and right do not fit the joints")
        if not all(-1 <= i < count for i in (*self.parents, *self.left, *self.right)):
            raise ValueError("an index is not that of a joint")
        above = set(range(count))
        for _ in range(count):  # one step towards the root each
            above = {self.parents[joint] for joint in above} - {-1}
        if above:
            raise ValueError("the parents form a ring")

    def as_skeleton(self) -> Skeleton:
        """The skeleton that it describes."""
        return Skeleton(self.skeleton, self.joints, self.parents, self.left, self.right)


Message = PoseMessage | StatusMessage | SchemaMessage

_TOPICS: dict[str, tuple[type[Message], Kind]] = {
    topic: (cls, record(cls))
    for topic, cls in ((POSE3D, PoseMessage), (STATUS, StatusMessage), (SCHEMA, SchemaMessage))
}
_TOPIC_OF = {cls: topic for topic, (cls, _) in _TOPICS.items()}
_to_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a finite number")


_from_json = json.JSONDecoder(parse_constant=_refuse_constant).decode


def encode(message: Message) -> bytes:
    """The frame to send; equal messages give equal bytes.

    Raises MessageError where a field is wrong, not finite, or all of it is too long.
    """
    topic = _TOPIC_OF[type(message)]
    try:
        message.check()
        body = _TOPICS[topic][1].write(message)
    except (ValueError, TypeError) as fault:
        raise MessageError(f"cannot send this {topic} message: {fault}") from fault
    frame = f"{topic} {_to_json({'v': VERSION, **body})}".encode()
    if len(frame) > MAX_BYTES:
        raise MessageError(f"cannot send this {topic} message: {len(frame)} bytes, at most {MAX_BYTES}")
    return frame


def decode(frame: bytes) -> Message:
    """The message in a frame.  Raises MessageError on anything that is not one."""
    if len(frame) > MAX_BYTES:
        raise MessageError(f"a message of {len(frame)} bytes is refused: at most {MAX_BYTES}")
    head, _, body = frame.partition(b" ")
    topic = head.decode("ascii", "replace")
    if topic not in _TOPICS:
        raise MessageError(f"not a message of ours: unknown topic {topic[:20]!r}")
    try:
        value = _from_json(body.decode())
        _check_version(topic, value)
        message: Message = _TOPICS[topic][1].read(value)
        message.check()
    except (ValueError, TypeError, RecursionError) as fault:
        raise MessageError(f"not a readable {topic} message: {fault}") from fault
    return message


def _check_version(topic: str, value: Any) -> None:
    version = value.get("v") if isinstance(value, dict) else None
    if type(version) is not int or version < 1:
        raise ValueError("it has no version number `v`")
    if version > VERSION:
        raise MessageError(
            f"the publisher sends {topic} messages of version {version}, this program reads {VERSION}: "
            "update this program"
        )
