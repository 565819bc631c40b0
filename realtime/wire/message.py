"""The message format on the socket, version 1.

One message is one ZeroMQ frame: topic, a space, JSON in UTF-8.  So CONFLATE works, a
subscription is a prefix, and any language can read it.  Topics are `pose3d` (every
pose), `status` (once a second, also when nobody is there), `schema` (what the numbers
mean), and where they are asked for `angles`, `gait` and `form` (analyses/); `preview`
(preview.py) also carries a picture.  docs/message.md documents every field.

`encode` and `decode` apply the same checks, and raise only MessageError.  Readers ignore
unknown fields; `v` is incremented when a field changes its meaning or is removed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Annotated, Any

from ..errors import MessageError
from ..pose import PELVIS
from ..skeleton import Skeleton
from .analyses.angles import AnglesMessage
from .analyses.form import FormMessage
from .analyses.gait import GaitMessage
from .field_types import (
    ADDED_LATER,
    Count,
    Degrees,
    Flag,
    Height,
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
from .topics import ANGLES, FORM, GAIT, POSE3D, SCHEMA, STATUS

VERSION = 1
_LAST_VERSION = 999  # that a message can claim
MAX_BYTES = 64 * 1024  # about forty times a usual message; readers can refuse longer ones unread
DEFAULT_ADDRESS = "tcp://127.0.0.1:5556"


@dataclass(frozen=True)
class Lag:
    """Milliseconds in the detector and the lifter, and from capture to publication."""

    detect: Milliseconds
    lift: Milliseconds
    total: Milliseconds


@dataclass(frozen=True)
class Window:
    """Number of 2D poses in the ring buffer, and its capacity."""

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

    `joints` (J, 3) float32 m, directions in `axes`, the pelvis at the origin, or with the `place` "room" the floor
    below the camera; `score` (J,)
    in 0..1; `root_m` (3,) the pelvis with the camera at the origin, or None;
    `keypoints_px` (K, 2) the 2D points in the image of size `image_wh`, in the order of
    the skeleton `keypoints_skeleton`.  Where `valid` is False, `joints` and `score` are
    empty and `reason` says why.  `seq` increases by one with every pose of a `session`; a gap
    is a lost message.  `frame` is the source's number of the image.  `person` increases when
    another person is followed, None if nobody is.  `delay_frames` is how many frames are waited for after
    the one that the pose is of, `height_m` how tall the person was told to be, None if nobody said;
    `camera_pitch_deg`: how far the camera is taken to look down, by which the axes are levelled (0, None and 0
    from publishers before they were added).
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
    delay_frames: Count = field(default=0, metadata=ADDED_LATER)
    height_m: Height = field(default=None, metadata=ADDED_LATER)
    camera_pitch_deg: Degrees = field(default=0.0, metadata=ADDED_LATER)
    place: Text = field(default=PELVIS, metadata=ADDED_LATER)

    def check(self) -> None:
        """Raise ValueError if the fields contradict each other."""
        if len(self.score) != len(self.joints):
            raise ValueError(f"{len(self.joints)} joints but {len(self.score)} scores")
        if self.valid != bool(len(self.joints)):
            raise ValueError("a valid pose must have joints, an invalid one must have none")
        if self.unit != "m":
            raise ValueError("the unit must be 'm'")


@dataclass(frozen=True)
class StatusMessage:
    """State of the publisher (topic `status`, once a second, also with nobody there).

    `state` is the source's (stages.SourceStatus); `dropped` counts frames that were not
    processed; `person`, `valid`, `reason`, `window` are those of the newest pose; `recorded`
    rows are in joints.npy; `fault` is a problem that a person should fix, '' if there is
    none; `advice` is what makes the poses of the last half minute less trustworthy, at most three
    sentences; `delay_frames` and `height_m` as in the poses, and also while nobody is there; `camera`: how far it
    looks down where that is estimated, or that this is not known yet (none, 0, None and '' from publishers before
    they were added).  The publisher fills in the other fields that have defaults.
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
    advice: Names = field(default=(), metadata=ADDED_LATER)
    delay_frames: Count = field(default=0, metadata=ADDED_LATER)
    height_m: Height = field(default=None, metadata=ADDED_LATER)
    camera: Text = field(default="", metadata=ADDED_LATER)

    def check(self) -> None:
        """No field depends on another one."""


@dataclass(frozen=True)
class SchemaMessage:
    """Skeleton, unit and axes (topic `schema`, to every new subscriber and every 2 s), `delay_frames` and
    `height_m` as in the status."""

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
    delay_frames: Count = field(default=0, metadata=ADDED_LATER)
    height_m: Height = field(default=None, metadata=ADDED_LATER)

    def check(self) -> None:
        """Raise ValueError if the parents are not a tree over the joints, or an index is out of range."""
        count = len(self.joints)
        if len(self.parents) != count or len(self.left) != len(self.right):
            raise ValueError("parents, left and right do not fit the joints")
        if not all(-1 <= i < count for i in (*self.parents, *self.left, *self.right)):
            raise ValueError("an index is out of range")
        ancestors = list(self.parents)
        for _ in range(count.bit_length()):  # each time twice as many steps towards the root
            ancestors = [-1 if joint < 0 else ancestors[joint] for joint in ancestors]
        if any(joint >= 0 for joint in ancestors):
            raise ValueError("the parents form a cycle")

    def as_skeleton(self) -> Skeleton:
        """The described skeleton."""
        return Skeleton(self.skeleton, self.joints, self.parents, self.left, self.right)


AnalysisMessage = AnglesMessage | GaitMessage | FormMessage
Message = PoseMessage | StatusMessage | SchemaMessage | AnalysisMessage

_CLASSES: dict[str, type[Message]] = {
    POSE3D: PoseMessage,
    STATUS: StatusMessage,
    SCHEMA: SchemaMessage,
    ANGLES: AnglesMessage,
    GAIT: GaitMessage,
    FORM: FormMessage,
}
_TOPICS: dict[str, tuple[type[Message], Kind]] = {topic: (cls, record(cls)) for topic, cls in _CLASSES.items()}
_TOPIC_OF = {cls: topic for topic, (cls, _) in _TOPICS.items()}


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a finite number")


from_json = json.JSONDecoder(parse_constant=_refuse_constant).decode


def encode(message: Message) -> bytes:
    """The ZeroMQ frame of a message; equal messages give equal bytes.

    Raises MessageError if a field is invalid or not finite, or if the message is too long.
    """
    topic = _TOPIC_OF[type(message)]
    try:
        message.check()
        body = _TOPICS[topic][1].write(message)
    except (ValueError, TypeError) as fault:
        raise MessageError(f"cannot send this {topic} message: {fault}") from fault
    frame = f'{topic} {{"v":{VERSION},{body[1:]}'.encode()
    if len(frame) > MAX_BYTES:
        raise MessageError(f"cannot send this {topic} message: {len(frame)} bytes, the limit is {MAX_BYTES}")
    return frame


def decode(frame: bytes) -> Message:
    """The message of a ZeroMQ frame.  Raises MessageError if it is not a valid one."""
    if len(frame) > MAX_BYTES:
        raise MessageError(f"a message of {len(frame)} bytes is refused: the limit is {MAX_BYTES}")
    head, _, body = frame.partition(b" ")
    topic = head.decode("ascii", "replace")
    if topic not in _TOPICS:
        raise MessageError(f"not a message of this program: unknown topic {topic[:20]!r}")
    try:
        value = from_json(body.decode())
        check_version(topic, value)
        message: Message = _TOPICS[topic][1].read(value)
        message.check()
    except (ValueError, TypeError, RecursionError) as fault:
        raise MessageError(f"cannot read this {topic} message: {fault}") from fault
    return message


def check_version(topic: str, value: Any) -> None:
    """Raise ValueError if a message's JSON has no version, MessageError if a newer one."""
    version = value.get("v") if isinstance(value, dict) else None
    if type(version) is not int or not 1 <= version <= _LAST_VERSION:
        raise ValueError("the version number `v` is missing or invalid")
    if version > VERSION:
        raise MessageError(
            f"the publisher sends {topic} messages of version {version}, this program reads {VERSION}: "
            "update this program"
        )
