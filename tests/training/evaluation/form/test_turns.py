"""Errors at the turn, less the offset of other people."""

import numpy as np
import pytest

from realtime.training.evaluation.form.offset_rows import as_code
from realtime.training.evaluation.form.pixels import BLAZEPOSE, error_table, paired_table
from realtime.training.evaluation.form.studio import OFFLINE
from realtime.training.evaluation.form.turns import Turn, corrected, offset_of, some


def turn(person, error, view="side", source=OFFLINE, measure="knee_flexion"):
    return Turn(person, "squat", view, source, "told", measure, 100.0, 100.0 + error)


def test_an_offset_is_that_of_other_people():
    turns = [turn("a", -10), turn("a", -12), turn("b", -20), turn("b", -22), turn("c", -30)]
    # a: the median of -20, -22, -30; b: of -10, -12, -30; c: of -10, -12, -20, -22
    np.testing.assert_allclose(corrected(turns), [12, 10, -8, -10, -14])


def test_by_view_where_there_are_enough():
    turns = [turn(person, 5, "front") for person in "abcd"] + [turn(person, 50, "back") for person in "ab"]
    assert offset_of(turns, "front") == 5
    assert offset_of(turns, "back") == 5  # too few: the median of all
    assert offset_of(turns) == 5
    left = corrected(turns, by_view=True)
    np.testing.assert_allclose(left[:4], 0)


def test_alone_nothing_is_learned():
    assert np.isnan(corrected([turn("a", 1.0)])).all()


def test_tables_tell_bias_and_what_is_left():
    turns = [turn(person, -8 + small) for person, small in zip("abcdef", (-1, 0, 1, -1, 0, 1), strict=True)]
    turns += [turn(one.person, 3 * one.error, source=BLAZEPOSE) for one in turns]
    turns += [turn(one.person, one.error / 4, source=one.source, measure="depth") for one in turns]
    table = error_table(turns, "knee_flexion", "told")
    assert OFFLINE in table
    assert "-8.0" in table
    assert "-24.0" in table
    row = next(line for line in paired_table(turns, OFFLINE, "told").splitlines() if line.startswith("knee"))
    assert "[" in row  # an interval over six people


def test_rows_are_half_way_between_both_kinds():
    rendered = [turn(person, -8) for person in "abc"]
    virtual = [turn(person, 2) for person in "abc"]
    assert len(some(rendered + virtual, person="a", view="side")) == 2
    row = next(
        line for line in as_code("", rendered, virtual).splitlines() if "knee_flexion" in line and "SIDE" in line
    )
    assert row.strip().startswith('Offset("knee_flexion", SIDE, -3.0, 5.0)')
    assert '"lunge"' in as_code("lunge", virtual)


@pytest.mark.parametrize("errors", [(1.0, 2.0, 3.0)])
def test_error_is_found_less_true(errors):
    assert [turn("a", error).error for error in errors] == list(errors)
