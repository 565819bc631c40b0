"""Whatever bytes a file or a message holds, it is read or refused in one short line of the project's errors.

Coverage-guided fuzzing is `python -m benchmarks fuzz PARSER --minutes 10`; here the inputs that it found are read
again, by the same functions, and files of every kind are damaged as Hypothesis thinks of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import PARTS
from benchmarks.fuzz.parsers import readers_of
from benchmarks.fuzz.rule import Trial

FOUND = Path(__file__).parent / "found"
# What numbers, texts and structures are damaged to.
NUMBERS = (b"nan", b"-1", b"1e999", b"9" * 30, b"9" * 5000, b"\xff" * 4, b"\xff\xff\xff\x7f", b"null", b"true")
MARKS = (b"[" * 3000, b"{", b'"', b",", b"\t", b"#", b"\0", b"\n", b"\x1b[2J", b"\xe2\x80\xa8")
EXAMPLES = 120


@pytest.fixture
def trial():
    trial = Trial()
    yield trial
    trial.close()


@pytest.mark.parametrize("parser", PARTS)
def test_what_fuzzing_found_is_taken_as_it_has_to_be(parser, trial, figure):
    """A file is called READER-NUMBER, after what it was given to."""
    readers = {reader.name: reader for reader in readers_of(parser)}
    found = sorted((FOUND / parser).glob("*"))
    faults = {path.name: trial.fault(readers[path.name.rpartition("-")[0]], path.read_bytes()) for path in found}
    assert not {name: fault for name, fault in faults.items() if fault}
    figure(f"{parser}: {len(found)} inputs that fuzzing found, none breaks the rule now")


@pytest.mark.parametrize("parser", PARTS)
def test_what_fuzzing_begins_with_is_read(parser, trial):
    for reader in readers_of(parser):
        for seed in reader.seeds:
            trial.read(reader, seed)


# At which share of a file, how many bytes of it (None: the rest), and what stands there instead.
CHANGE = st.tuples(
    st.floats(0, 1), st.sampled_from((0, 1, 8, None)), st.sampled_from(NUMBERS + MARKS) | st.binary(max_size=4)
)


def damaged(content, changes):
    for share, length, put in changes:
        start = round(share * len(content))
        end = len(content) if length is None else start + length
        content = content[:start] + put + content[end:]
    return content


@pytest.mark.parametrize("parser", PARTS)
def test_damaged_files_are_read_or_refused(parser, trial):
    cases = [(reader, seed) for reader in readers_of(parser) for seed in reader.seeds]

    @settings(max_examples=EXAMPLES, derandomize=True, phases=[Phase.generate, Phase.shrink])
    @given(st.integers(0, len(cases) - 1), st.lists(CHANGE, min_size=1, max_size=3))
    def check(case, changes):
        reader, content = cases[case]
        fault = trial.fault(reader, damaged(content, changes))
        assert fault is None, f"{reader.name}: {fault}"

    check()
