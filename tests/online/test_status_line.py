"""The status line on terminals of every width."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.online.status_line import line_fields, line_text
from realtime.runtime.text import Field, fitted
from realtime.stages import STREAMING
from realtime.wire.message import Percentiles, StatusMessage, Window

# Characters with their widths in a terminal, typed from the Unicode tables.
WIDTHS = dict.fromkeys("abc %!:;/()ß×", 1) | dict.fromkeys("人字ｗ한😀👍", 2) | dict.fromkeys("\u0301\u20dd", 0)
CONTROL = "\x00\x07\b\t\n\r\x0b\x1b\x7f\x9b\u2028\u202e\u200d"
WORDS = {"publish": Field("2 subscribers", "2 subs"), "record": Field("1234 poses recorded", "1234 poses")}


def status(**fields):
    usual = {
        "state": STREAMING,
        "detail": "",
        "fps": 29.94,
        "latency_ms": Percentiles(12.3, 19.4, 24.1),
        "dropped": 3,
        "reconnects": 0,
        "person": True,
        "valid": True,
        "reason": "ok",
        "window": Window(27, 27),
        "recorded": 1234,
        "fault": "",
    }
    return StatusMessage(**usual | fields)


def line(columns, words=WORDS, **fields):
    message = status(**fields)
    return fitted(line_text(message), line_fields(message, words), columns)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (
            120,
            "29.9 fps  p50 12 p95 19 ms  person yes  3 dropped  window 27/27  2 subscribers  1234 poses recorded",
        ),
        (79, "29.9 fps  p50 12 p95 19 ms  person yes  3 dropped  27/27  2 subs  1234 poses"),
        (63, "29.9 fps  12 ms  person  3 dropped  27/27  2 subs  1234 poses"),
        (40, "29.9 fps  12 ms  person  1234 poses"),
        (20, "29.9 fps  1234 poses"),
    ],
)
def test_all_is_well(columns, shown):
    assert line(columns) == shown


def test_what_comes_late_on_purpose_says_so():
    assert line(120, delay_frames=3).startswith("29.9 fps  p50 12 p95 19 ms, 3 frames late  person yes")
    assert line(120, delay_frames=1).startswith("29.9 fps  p50 12 p95 19 ms, 1 frame late  person yes")


def test_slow_rates_and_nobody():
    shown = line(200, {}, fps=0.31, person=False, latency_ms=None, window=Window(1, 27))
    assert shown == "0.31 fps  person no  3 dropped  window 1/27"


def test_what_is_wrong_stands_first():
    fault = "recording into out_files is paused: less than 1 GB is free; free some space on its disk"
    assert line(200, fault=fault).startswith(f"! {fault}  29.9 fps  p50 12 p95 19 ms")
    shown = line(79, fault=fault)
    assert shown.startswith("! recording into out_files is paused")
    assert shown.endswith("on its disk  29.9 fps  1234 poses")
    lost = line(200, state="reconnecting", detail="camera 0 is gone", fault="disk full")
    assert lost.startswith("! disk full  reconnecting: camera 0 is gone  29.9 fps")
    assert line(200, state="opening").startswith("opening  29.9 fps")


@settings(max_examples=30, deadline=None)
@given(
    fault=st.text([*WIDTHS, *CONTROL], max_size=300),
    state=st.sampled_from([STREAMING, "stalled", "reconnecting"]),
    detail=st.text([*WIDTHS, *CONTROL], max_size=60),
    fps=st.floats(0, 1000),
    latency_ms=st.none() | st.builds(Percentiles, *[st.floats(0, 1e6)] * 3),
    dropped=st.integers(0, 10**9),
    poses=st.integers(0, 10**9),
    frames=st.integers(0, 10**9),
)
def test_it_is_one_line_of_whole_fields_at_every_width(poses, frames, **fields):
    words = {
        "publish": Field("2 subscribers", "2 subs"),
        "record": Field(f"{poses} poses recorded", f"{poses} poses"),
        "video": Field(f"{frames} video frames", f"video {frames}"),
    }
    message = status(**fields)
    known = dict.fromkeys("…?", 1) | WIDTHS
    numbers = {field for one in line_fields(message, words) for field in one[:2]}
    for columns in range(40, 201):
        shown = fitted(line_text(message), line_fields(message, words), columns)
        ascii_width = {character: 1 for character in shown if " " <= character <= "~"}
        assert sum((ascii_width | known)[character] for character in shown) <= columns
        # The texts have no digits: every field that shows one must be there whole.
        for part in re.split(" {2,}", shown):
            assert not any(character.isdigit() for character in part) or part in numbers
        if not fields["fault"] and fields["state"] == STREAMING and columns >= 80:
            assert f"{poses} poses" in shown
