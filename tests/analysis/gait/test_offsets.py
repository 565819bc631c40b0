"""The table of constant offsets."""

from __future__ import annotations

import pytest
from support.gait_walkers import Walker

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.events.methods import METHODS
from realtime.analysis.gait.offsets import OFFSETS, UNKNOWN, offset_of, speed_factor
from realtime.analysis.gait.options import GaitOptions
from realtime.analysis.gait.result import LIFTED, MARKERS, RUN, RUN_WITHOUT_FLIGHT, WALK
from realtime.skeleton import H36M17


def test_every_row_is_for_a_method_of_its_event_and_occurs_once():
    keys = [(row.kind, row.event, row.method, row.points) for row in OFFSETS]
    assert len(set(keys)) == len(keys)
    for row in OFFSETS:
        assert METHODS[row.method].event == row.event
        assert row.residual_s >= 0
        assert abs(row.bias_s) < 0.25


def test_a_run_without_flight_has_the_offsets_of_a_run():
    one, other = (offset_of(kind, "toe-off", "knee-straightest", "lifted") for kind in ("run", "run without flight"))
    assert one == other
    assert one.source != UNKNOWN


def test_what_was_learned_on_markers_serves_for_lifted_points_and_the_other_way_round():
    for points in ("markers", "lifted"):
        assert offset_of("run", "contact", "zeni-ankle", points).source != UNKNOWN


def test_a_method_that_was_not_learned_has_no_bias_and_says_so():
    row = offset_of("walk", "contact", "no such method", "markers")
    assert (row.bias_s, row.source) == (0, UNKNOWN)
    assert row.residual_s > 0


def test_lifted_standing_feet_go_back_too_slowly_by_a_factor():
    assert speed_factor(RUN_WITHOUT_FLIGHT, LIFTED) == speed_factor(RUN, LIFTED) > speed_factor(WALK, LIFTED) > 1
    assert speed_factor(WALK, MARKERS) == 1
    motion = Walker(treadmill=True).motion(8, 60, skeleton=H36M17)
    plain, corrected = (
        analyse_gait(motion, GaitOptions(offsets=offsets, origin=LIFTED)).measure("speed") for offsets in (False, True)
    )
    assert corrected.both.mean == pytest.approx(plain.both.mean * speed_factor(WALK, LIFTED), rel=0.01)
    assert f"x {speed_factor(WALK, LIFTED):.3f}" in corrected.method
    assert " x " not in plain.method
