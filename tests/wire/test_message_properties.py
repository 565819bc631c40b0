"""What holds for every message, and for whatever arrives in place of one."""

import dataclasses
import json
import math
from contextlib import suppress
from types import NoneType
from typing import get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from support.previews import halves, jpeg_of

from realtime.errors import MessageError
from realtime.wire import field_types as kinds
from realtime.wire.analyses.angles import AnglesMessage
from realtime.wire.analyses.form import PHASES, FormMessage, FormRepetition
from realtime.wire.analyses.gait import GaitEvent, GaitMessage
from realtime.wire.message import PoseMessage, SchemaMessage, StatusMessage, decode, encode
from realtime.wire.preview import PreviewMessage, decode_preview, encode_preview
from realtime.wire.subscriber import PoseSubscriber, _is_of_later_version

MESSAGES = PoseMessage, StatusMessage, SchemaMessage, AnglesMessage, GaitMessage, FormMessage, PreviewMessage
LONGEST = 400  # characters of what is wrong with a message, in one line
JPEG = jpeg_of(halves(16, 8))

text = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=12)  # what is printable
count = st.integers(0, 2**63 - 1)
flag = st.booleans()


def numbers(decimals):
    return st.floats(-1e9, 1e9).map(lambda x: round(x, decimals))


def rows(columns):
    elements = st.floats(-(2.0**20), 2.0**20, width=32)
    shapes = st.integers(0, 20).map(lambda length: (length,) if columns is None else (length, columns))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=elements))


OF_KIND = {
    kinds.Text: text,
    kinds.Flag: flag,
    kinds.Count: count,
    kinds.Stamp: st.integers(-(2**63) + 1, 2**63 - 1),
    kinds.Milliseconds: numbers(3),
    kinds.Degrees: numbers(2),
    kinds.Rate: numbers(2),
    kinds.Height: st.none() | numbers(3),
    kinds.Metres: rows(3),
    kinds.Scores: rows(None),
    kinds.Pixels: rows(2),
    kinds.Place: st.none() | hnp.arrays(np.float32, 3, elements=st.floats(-(2.0**10), 2.0**10, width=32)),
    kinds.SizeWH: st.tuples(count, count),
    kinds.Names: st.lists(text, max_size=5).map(tuple),
    kinds.Indices: st.lists(st.integers(-1, 4), max_size=5).map(tuple),
    kinds.MaybeNumber: st.none() | numbers(4),
    kinds.MaybeFlag: st.none() | flag,
    kinds.Angles: st.dictionaries(text, numbers(2) | st.just(math.nan), max_size=5),
    kinds.Person: st.none() | count,
    bytes: st.just(JPEG),
}


def of(hint):
    """Values of a field that is annotated so."""
    if hint in OF_KIND:
        return OF_KIND[hint]
    inside = hint if isinstance(hint, type) else hint.__origin__
    if dataclasses.is_dataclass(inside):
        return records(inside)
    first, *others = get_args(inside)
    return st.none() | records(first) if NoneType in others else st.lists(records(first), max_size=3).map(tuple)


def records(cls):
    """Instances of a class whose fields may be anything that each may be, and fit each other."""
    hints = get_type_hints(cls, include_extras=True)
    fields = st.fixed_dictionaries({field.name: of(hints[field.name]) for field in dataclasses.fields(cls)})
    return fields.map(lambda values: cls(**{**values, **FITTED.get(cls, dict)(values)}))


def fitted_pose(values):
    length = min(len(values["joints"]), len(values["score"]))
    return {"joints": values["joints"][:length], "score": values["score"][:length], "valid": length > 0, "unit": "m"}


def fitted_schema(values):
    length = len(values["joints"])
    parents = [min(parent, joint - 1) for joint, parent in enumerate((*values["parents"], *[-1] * length)[:length])]
    return {"parents": tuple(parents), "left": tuple(range(length // 2)), "right": tuple(range(length // 2))}


def fitted_preview(values):
    length = min(len(values["keypoints_px"]), len(values["keypoints_score"]))
    wide, high = values["image_wh"]
    cut = {name: values[name][:length] for name in ("keypoints_px", "keypoints_score")}
    return {**cut, "image_wh": (max(1, wide), max(1, high))}


def fitted_repetition(values):
    names = "start_ns", "bottom_ns", "end_ns"
    return dict(zip(names, sorted(values[name] for name in names), strict=True))


FITTED = {
    PoseMessage: fitted_pose,
    SchemaMessage: fitted_schema,
    PreviewMessage: fitted_preview,
    AnglesMessage: lambda values: {} if values["valid"] else {"degrees": {}},
    GaitEvent: lambda values: {"side": "left", "kind": ("contact", "toe-off")[values["number"] % 2]},
    FormMessage: lambda values: {"phase": ("", *PHASES)[values["count"] % 5]},
    FormRepetition: fitted_repetition,
}
ANY = st.sampled_from(MESSAGES).flatmap(records)
JSON = st.recursive(
    st.none() | flag | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def frame_of(message):
    return encode_preview(message) if isinstance(message, PreviewMessage) else encode(message)


def message_of(frame):
    return decode_preview(frame) if frame.startswith(b"preview ") else decode(frame)


def with_object(frame, change):
    """The frame with another JSON object in place of its own."""
    topic, _, body = frame.partition(b" ")
    line, end, jpeg = body.partition(b"\n")
    return b" ".join((topic, json.dumps(change(json.loads(line))).encode())) + end + jpeg


def same(a, b):
    """Equal, but for what messages round: a tenth of a millimetre, a hundredth of a pixel, a thousandth of a score."""
    if dataclasses.is_dataclass(a):
        return type(a) is type(b) and all(
            same(getattr(a, field.name), getattr(b, field.name)) for field in dataclasses.fields(a)
        )
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, atol=0.51e-2, rtol=1e-6)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_every_message_survives_the_trip(cls, data):
    message = data.draw(records(cls))
    frame = frame_of(message)
    read = message_of(frame)
    assert same(read, message)
    assert frame_of(read) == frame  # what was rounded once stays


@settings(max_examples=30)
@given(ANY, st.dictionaries(st.text(max_size=8).map("new_{}".format), JSON, max_size=3))
def test_fields_of_a_later_version_are_ignored(message, added):
    def nested(value):
        if isinstance(value, list):
            return [nested(one) for one in value]
        return {**{key: nested(one) for key, one in value.items()}, **added} if isinstance(value, dict) else value

    def change(value):
        # Angles are by their names: there every name counts.
        return {**{key: one if key == "degrees" else nested(one) for key, one in value.items()}, **added}

    added = json.loads(json.dumps(added), parse_constant=lambda _name: None)
    assert same(message_of(with_object(frame_of(message), change)), message)


def refused_or_read(frame):
    """A message that can be sent again, or one line."""
    try:
        message = message_of(frame)
    except MessageError as fault:
        told = str(fault)
        assert told.isprintable()
        assert len(told) < LONGEST
        return None
    with suppress(MessageError):  # it may be longer than when it came: numbers in full
        frame_of(message)
    return message


@settings(max_examples=30)
@given(ANY, JSON, st.data())
def test_a_hostile_value_is_refused_in_one_line(message, value, data):
    def change(fields):
        name = data.draw(st.sampled_from(sorted(fields)))
        inner = fields[name]
        if isinstance(inner, dict) and inner and data.draw(flag):
            inner[data.draw(st.sampled_from(sorted(inner)))] = value
            return fields
        return {**fields, name: value}

    refused_or_read(with_object(frame_of(message), change))


@settings(max_examples=30)
@given(ANY, st.data())
def test_a_missing_field_is_refused_in_one_line(message, data):
    refused_or_read(
        with_object(frame_of(message), lambda fields: fields.pop(data.draw(st.sampled_from(sorted(fields)))) and fields)
    )


@st.composite
def torn(draw):
    """A frame of which bytes were changed, left out or added."""
    frame = bytearray(frame_of(draw(ANY)))
    for _ in range(draw(st.integers(1, 4))):
        place, removed = draw(st.integers(0, len(frame))), draw(st.integers(0, 6))
        frame[place : place + removed] = draw(st.binary(max_size=6))
    return bytes(frame)


@settings(max_examples=30)
@given(torn() | st.binary(max_size=200))
def test_torn_bytes_are_refused_in_one_line(frame):
    refused_or_read(frame)


@settings(max_examples=30)
@given(st.lists(ANY.map(frame_of) | torn() | st.binary(max_size=60), max_size=12))
def test_a_subscriber_counts_what_is_malformed_and_goes_on(frames):
    with PoseSubscriber("tcp://127.0.0.1:9", newest=False, preview=True) as poses:
        arrived = iter(frames)
        poses._arrived = lambda: arrived
        got = []
        while (left := arrived.__length_hint__()) or got[-1:] != [None]:
            got.append(poses.poll(0))
            assert arrived.__length_hint__() < left or not left
        read = [refused_or_read(frame) for frame in frames if not _is_of_later_version(frame)]
        assert poses.malformed == sum(one is None for one in read)
        assert [pose.seq for pose in got if pose] == [one.seq for one in read if isinstance(one, PoseMessage)]
        assert poses.last_fault == "" or (poses.last_fault.isprintable() and len(poses.last_fault) < LONGEST)
        assert poses.lost >= 0
