"""Topics `angles` and `gait`: bytes, checks, and nothing that is not a number."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_analyses import angles_message, gait_event, gait_message
from support.poses import ROOT

from realtime.errors import MessageError
from realtime.wire.analyses.gait import Asymmetry, Feet, Sides
from realtime.wire.message import decode, encode

GOLDEN_ANGLES = (
    b'angles {"v":1,"frame":41,"t_capture_ns":1000,"t_unix_ns":1700000000000000000,"person":0,"valid":true,'
    b'"reason":"ok","skeleton":"h36m-17","degrees":{"knee_angle_r":61.25,"arm_flex_r":null},"session":"5eed","seq":7,'
    b'"t_publish_ns":2000}'
)
GOLDEN_GAIT = (
    b'gait {"v":1,"frame":41,"t_capture_ns":1000,"t_unix_ns":1700000000000000000,"person":0,"kind":"run","why":"",'
    b'"contact":{"left":true,"right":false},"events":[{"number":1,"side":"left","kind":"contact","t_ns":900,'
    b'"t_unix_ns":1699999999999999900,"t_known_ns":100000900,"delay_ms":100.0,"method":"zeni","low":""}],"steps":8,'
    b'"steps_per_min":165.3,"strides_per_min":82.65,"contact_time_s":{"left":0.27,"right":0.2812},'
    b'"flight_time_s":0.09,"double_support_time_s":null,"duty_factor":0.38,'
    b'"symmetry_index_percent":{"step_time":1.5,"contact_time":null},"session":"5eed","seq":7,"t_publish_ns":2000}'
)


def test_golden_bytes():
    assert encode(angles_message()) == GOLDEN_ANGLES
    assert encode(gait_message(gait_event())) == GOLDEN_GAIT


def test_an_angle_that_is_not_known_is_null_on_the_wire_and_nan_here():
    got = decode(GOLDEN_ANGLES).degrees
    assert got["knee_angle_r"] == 61.25
    assert math.isnan(got["arm_flex_r"])


def test_a_gait_message_comes_back_as_it_was_sent():
    assert decode(GOLDEN_GAIT) == gait_message(gait_event())
    nothing = gait_message(
        kind="none",
        why="nobody is there",
        contact=Feet(),
        steps=0,
        steps_per_min=None,
        strides_per_min=None,
        contact_time_s=Sides(),
        flight_time_s=None,
        duty_factor=None,
        symmetry_index_percent=Asymmetry(),
    )
    assert decode(encode(nothing)) == nothing


numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 4))


@given(st.none() | numbers, st.lists(st.integers(1, 2**60), max_size=5))
def test_any_figures_and_events_come_back(figure, stamps):
    events = (gait_event(i, t_ns=stamp) for i, stamp in enumerate(stamps))
    message = gait_message(*events, steps_per_min=figure, contact_time_s=Sides(figure, None))
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "message",
    [
        gait_message(steps_per_min=math.nan),
        gait_message(contact_time_s=Sides(math.inf)),
        gait_message(gait_event(side="both")),
        gait_message(gait_event(kind="jump")),
        gait_message(contact=Feet(1)),
        gait_message(steps=-1),
        angles_message(degrees={"knee_angle_r": math.inf}),
        angles_message(degrees={"knee\n": 1.0}),
        angles_message(valid=False),
    ],
)
def test_what_is_wrong_is_never_sent(message):
    with pytest.raises(MessageError, match="cannot send this"):
        encode(message)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b'"left"', b'"middle"'),
        (b'"contact":{"left":true,"right":false}', b'"contact":[true,false]'),
        (b'"delay_ms":100.0', b'"delay_ms":"100"'),
        (b'"events":[', b'"events":["x",'),
        (b'"kind":"run",', b""),
    ],
)
def test_what_is_wrong_is_never_taken(there, instead):
    with pytest.raises(MessageError, match="cannot read this gait message"):
        decode(GOLDEN_GAIT.replace(there, instead, 1))


@pytest.mark.parametrize("golden", [GOLDEN_ANGLES, GOLDEN_GAIT])
def test_docs_name_every_field(golden):
    topic, _, body = golden.partition(b" ")
    text = (ROOT / "docs" / "message.md").read_text(encoding="utf-8")
    section = re.search(rf"^## `{topic.decode()}`$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    fields = json.loads(body).keys() - {"v"}
    fields |= asdict(gait_event()).keys() if topic == b"gait" else set()
    assert {name for name in fields if f"`{name}`" not in section[1]} == set()
