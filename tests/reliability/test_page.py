"""docs/reliability.md names a test for each of its promises, and each has a guard without which its test fails."""

from __future__ import annotations

import re

from support.poses import ROOT

from benchmarks.guards import guards

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
_ROW = r"^\| (\d+) \|.*\]\(\.\./(tests/\S+?)\)"
ROWS = [(int(number), test) for number, test in re.findall(_ROW, PAGE, re.MULTILINE)]
NUMBERED = {
    str(path.relative_to(ROOT)): int(path.name.split("_")[1])
    for path in (ROOT / "tests" / "reliability").glob("*/test_[0-9][0-9]_*.py")
}


def test_every_promise_has_its_number_and_its_test():
    assert {number for number, _ in ROWS} == set(range(1, 43))
    assert {test: number for number, test in ROWS} == NUMBERED


def test_every_promise_has_a_guard():
    assert {guard.check for guard in guards()} == set(range(1, 43))


def test_the_figures_that_are_printed_are_of_checks_on_the_page():
    for test in NUMBERED:
        assert "figure(" in (ROOT / test).read_text(encoding="utf-8"), test
