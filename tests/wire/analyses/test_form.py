"""Topic `form`: bytes, checks, and nothing that is not a number."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_analyses import form_fault, form_measure, form_message, form_repetition
from support.poses import ROOT

from realtime.errors import MessageError
from realtime.wire.message import decode, encode

GOLDEN = (
    b'form {"v":1,"frame":41,"t_capture_ns":1000,"t_unix_ns":1700000000000000000,"person":0,"exercise":"squat",'
    b'"why":"","phase":"lock-out","set_number":1,"count":1,"partials":0,"repetition":{"number":1,"in_set":1,'
    b'"exercise":"squat","side":"","start_ns":100,"bottom_ns":500,"end_ns":900,"end_unix_ns":1699999999999999900,"t_known_ns":100000900,'
    b'"delay_ms":100.0,"measures":[{"key":"depth","side":"","unit":"cm","value":-4.2,"error":1.5,"estimate":false,'
    b'"why":""}]},"faults":[{"number":1,"in_set":1,"key":"shallow","sentence":"Not deep enough.","t_ns":500,'
    b'"t_unix_ns":1699999999999999500,"t_known_ns":100000500,"delay_ms":100.0}],"session":"5eed","seq":7,'
    b'"t_publish_ns":2000}'
)


def test_golden_bytes():
    message = form_message(form_repetition(1, form_measure()), form_fault())
    assert encode(message) == GOLDEN
    assert decode(GOLDEN) == message


def test_nothing_counted_comes_back_as_it_was_sent():
    nothing = form_message(exercise="none", why="nobody is in view", phase="", set_number=0, person=None)
    assert decode(encode(nothing)) == nothing


numbers = st.none() | st.floats(-1e6, 1e6).map(lambda x: round(x, 4))
stamps = st.lists(st.integers(-(2**60), 2**60), min_size=3, max_size=3).map(sorted)


@given(numbers, numbers, stamps, st.integers(0, 30), st.sampled_from(["", "down", "bottom", "up", "lock-out"]))
def test_any_figures_and_stamps_come_back(value, error, times, count, phase):
    start_ns, bottom_ns, end_ns = times
    measures = (form_measure(value=value, error=error), form_measure("knee_angle", side="left", value=error))
    one = form_repetition(3, *measures, start_ns=start_ns, bottom_ns=bottom_ns, end_ns=end_ns)
    message = form_message(one, form_fault(), form_fault(2), count=count, phase=phase)
    assert decode(encode(message)) == message


def test_a_measure_is_found_by_its_name_and_side():
    left, depth = form_measure("knee_angle", side="left"), form_measure()
    one = form_repetition(1, left, depth)
    assert one.measure("depth") is depth
    assert one.measure("knee_angle", "left") is left
    assert one.measure("knee_angle") is None


@pytest.mark.parametrize(
    "message",
    [
        form_message(form_repetition(1, form_measure(value=math.nan))),
        form_message(form_repetition(1, form_measure(error=math.inf))),
        form_message(form_repetition(1, form_measure("depth\n"))),
        form_message(form_repetition(bottom_ns=50)),
        form_message(form_repetition(end_ns=499)),
        form_message(phase="sideways"),
        form_message(count=-1),
        form_message(why="x" * 301),
        form_message(None, form_fault(sentence="\x1b[2J")),
        form_message(None, form_fault(t_ns=1.5)),
    ],
)
def test_what_is_wrong_is_never_sent(message):
    with pytest.raises(MessageError, match="cannot send this form message"):
        encode(message)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b'"phase":"lock-out"', b'"phase":"upside down"'),
        (b'"bottom_ns":500', b'"bottom_ns":5000'),
        (b'"repetition":{', b'"repetition":[{},'),
        (b'"value":-4.2', b'"value":"deep"'),
        (b'"value":-4.2', b'"value":1e400'),
        (b'"value":-4.2', b'"value":NaN'),
        (b'"estimate":false', b'"estimate":0'),
        (b'"faults":[', b'"faults":["x",'),
        (b'"count":1', b'"count":true'),
        (b'"count":1,', b""),
        (b"Not deep enough.", b"Not\\u001b[2J"),
    ],
)
def test_what_is_wrong_is_never_taken(there, instead):
    assert there in GOLDEN
    with pytest.raises(MessageError, match="cannot read this form message"):
        decode(GOLDEN.replace(there, instead, 1))


def test_docs_name_every_field():
    text = (ROOT / "docs" / "message.md").read_text(encoding="utf-8")
    section = re.search(r"^## `form`$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    fields = json.loads(GOLDEN.partition(b" ")[2]).keys() - {"v"}
    fields |= {name for one in (form_repetition(), form_fault(), form_measure()) for name in asdict(one)}
    assert {name for name in fields if f"`{name}`" not in section[1]} == set()
