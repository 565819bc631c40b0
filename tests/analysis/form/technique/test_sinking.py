"""Legs that were lifted too long, over hips whose place in the room is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from realtime.analysis.body import Body
from realtime.analysis.form.result import LIFTED, MARKERS, Repetition
from realtime.analysis.form.technique.legs import depth, knee_flexion
from realtime.analysis.form.technique.movement import Movement
from realtime.analysis.form.technique.offsets import OFFSETS, offset_of
from realtime.analysis.form.technique.sinking import excess_m, knee_flexion_deg
from realtime.analysis.form.technique.view import VIEWS

FPS, FRAMES, START, END = 30.0, 90, 20, 70
THIGH_M, SHANK_M, TOO_LONG_M = 0.42, 0.40, 0.12
REPETITION = Repetition(1, START / FPS, 45 / FPS, END / FPS)


def sinking_body(too_long_m: float) -> tuple[Body, np.ndarray]:
    """Somebody who sinks straight over the ankles, knees ahead, and the true flexion of the knees; the legs, thigh and
    shank alike, are stretched downwards by up to `too_long_m` at the turn, and the hips' place is the true one."""
    frame = np.arange(FRAMES)
    way = np.where((frame >= START) & (frame <= END), np.sin(np.pi * (frame - START) / (END - START)), 0.0) ** 2
    over = 0.80 - 0.35 * way  # the hip over the ankle
    ahead = (over**2 + THIGH_M**2 - SHANK_M**2) / (2 * over)  # from the hip down to the knee
    aside = np.sqrt(THIGH_M**2 - ahead**2)
    zero = np.zeros(FRAMES)
    at = {}
    for side, x in (("left", -0.1), ("right", 0.1)):
        at[f"{side}_hip"] = np.stack([zero + x, zero, zero], 1)
        at[f"{side}_knee"] = np.stack([zero + x, -aside, -ahead - too_long_m * way / 2], 1)
        at[f"{side}_ankle"] = np.stack([zero + x, zero, -over - too_long_m * way], 1)
    cosine = (THIGH_M**2 + SHANK_M**2 - over**2) / (2 * THIGH_M * SHANK_M)
    travel = np.stack([zero, zero + 4.0, over - 1.0], 1)
    body = Body(frame / FPS, FPS, at, travel, {}, (slice(0, FRAMES),))
    return body, 180 - np.degrees(np.arccos(cosine))


def test_what_a_leg_is_too_long_is_its_excess():
    body, _ = sinking_body(TOO_LONG_M)
    excess = excess_m(Movement(body, "squat", REPETITION, lifted=True), "left")
    assert excess[0] == pytest.approx(0, abs=1e-9)
    assert excess[45 - START] == pytest.approx(TOO_LONG_M, abs=1e-9)


def test_the_knee_is_half_way_between_what_was_lifted_and_what_its_bones_allow():
    body, true_deg = sinking_body(TOO_LONG_M)
    movement = Movement(body, "squat", REPETITION, lifted=True)
    found, bent = knee_flexion_deg(movement, "left"), movement.knee_deg("left")
    np.testing.assert_allclose(found, (bent + true_deg[START : END + 1]) / 2, atol=1e-6)
    assert abs(found - true_deg[START : END + 1]).max() < abs(bent - true_deg[START : END + 1]).max() / 1.9


def test_depth_is_true_where_thigh_and_shank_are_too_long_alike():
    true, long = (
        depth(Movement(sinking_body(too_long)[0], "squat", REPETITION, lifted=True)).value
        for too_long in (0.0, TOO_LONG_M)
    )
    lifted_only = depth(Movement(sinking_body(TOO_LONG_M)[0], "squat", REPETITION)).value
    assert lifted_only - true == pytest.approx(100 * TOO_LONG_M / 2, abs=1e-6)
    assert long == pytest.approx(true, abs=0.05)  # the median of a fifth of a second


@pytest.mark.parametrize("known", [False, True])
def test_points_that_were_measured_and_bodies_without_a_place_stay_as_they_are(known):
    body, _ = sinking_body(TOO_LONG_M)
    movement = Movement(body if known else replace(body, travel=None), "squat", REPETITION, lifted=not known)
    assert knee_flexion(movement).value == pytest.approx(movement.at_turn(movement.knee_deg()))
    np.testing.assert_array_equal(excess_m(movement, "right"), 0)


def test_holes_in_the_path_give_what_was_lifted():
    body, _ = sinking_body(TOO_LONG_M)
    travel = body.travel.copy()
    travel[40:50] = np.nan
    movement = Movement(replace(body, travel=travel), "squat", REPETITION, lifted=True)
    assert np.isfinite(knee_flexion(movement).value)
    assert knee_flexion(movement).value == pytest.approx(movement.at_turn(movement.knee_deg()))


def test_the_table_of_offsets_has_a_row_for_each_view():
    for exercise in ("squat", "lunge", "side-lunge"):
        for key in ("knee_flexion", "depth"):
            rows = [offset_of(key, view, LIFTED, exercise) for view in VIEWS]
            assert all(row is not None and row.within > 0 for row in rows)
            assert len({row.bias for row in rows}) == 1
    assert offset_of("knee_flexion", "side", MARKERS, "squat") is None
    assert offset_of("no such measure", "side", LIFTED, "squat") is None
    assert len({(row.exercise, row.key, row.view) for row in OFFSETS}) == len(OFFSETS)
