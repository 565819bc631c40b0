"""Faults of parsers become one error in one line; bugs keep theirs."""

import csv
import json
import tomllib
import warnings
import zlib
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from realtime.errors import FormatError, PoseError, UsageError
from realtime.formats.safe.damage import parsing

FAULTS = {
    "json": (lambda: json.loads("{"), "Expecting property name"),
    "deep json": (lambda: json.loads("[" * 100_000), "it is nested too deeply"),
    "toml": (lambda: tomllib.loads("a ="), "Invalid value"),
    "xml": (lambda: ET.fromstring("<a"), "unclosed token"),
    "zlib": (lambda: zlib.decompress(b"x"), "Error -5"),
    "csv": (lambda: next(csv.reader(["x" * 200_000])), "field larger than field limit"),
    "a key": (lambda: {}["Units"], "'Units' is missing"),
    "a place": ([].pop, "a part is missing"),
    "memory": (lambda: np.zeros(1 << 50), "more memory than there is"),
    "text": (b"\xff".decode, "invalid start byte"),
    "a number": (lambda: float("nan\n" * 500), "could not convert"),
    "a type": (lambda: len(3), "has no len"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_parsers_raise_is_one_short_line(fault):
    cause, says = FAULTS[fault]
    with pytest.raises(FormatError) as error, parsing("a.trc", "is not a TRC file", advice="; write it again"):
        cause()
    text = str(error.value)
    assert text.startswith("a.trc is not a TRC file (")
    assert text.endswith("); write it again")
    assert says in text
    assert len(text) < 200
    assert "\n" not in text
    assert error.value.__cause__ is not None


def test_the_error_is_the_one_that_is_asked_for_and_one_of_ours_stays_as_it_is():
    with pytest.raises(UsageError, match="a is b"), parsing("a", "is b", UsageError):
        raise ValueError
    with pytest.raises(FormatError, match=r"^as it is$"), parsing("a", "is b", UsageError):
        raise FormatError("as it is")


def test_other_faults_are_bugs_or_of_the_disk():
    for fault in (OSError, AssertionError, ImportError):
        with pytest.raises(fault), parsing("a", "is b"):
            raise fault


def test_warnings_are_not_the_users():
    with parsing("a", "is b"):
        warnings.warn("of a library", UserWarning, stacklevel=1)
        assert np.isinf(np.float32(1e38) * np.float32(10))


def test_the_text_of_every_error_is_one_line_that_a_terminal_does_not_obey():
    assert str(PoseError("a\nb\u2028c\x1b[2Jd\udcff\u202e")) == "a b c?[2Jd??"
    assert str(PoseError()) == ""
