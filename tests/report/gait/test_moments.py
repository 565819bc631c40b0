"""Which moments of which stride are shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.gait_results import CONTACT_S, FPS, STEP_S, gait, nothing, strides

from realtime.analysis.gait.result import RUN
from realtime.report.gait.moments import MOMENTS, moments

TIMES_S = np.arange(600) / FPS


def test_three_moments_of_each_foot_in_a_stance_next_to_the_other():
    found = moments(gait(), TIMES_S)
    assert [(m.side, m.name) for m in found] == [(side, name) for side in ("left", "right") for name in MOMENTS]
    left, right = found[:3], found[3:]
    assert abs(left[0].t_s - right[0].t_s) == pytest.approx(STEP_S[RUN])
    for side in (left, right):
        assert side[2].t_s - side[0].t_s == pytest.approx(CONTACT_S[RUN])
        assert side[1].t_s == pytest.approx((side[0].t_s + side[2].t_s) / 2)
        assert all(abs(TIMES_S[m.row] - m.t_s) <= 0.5 / FPS + 1e-9 for m in side)


def test_the_stance_that_is_seen_best_is_shown():
    clear = np.zeros(600)
    wanted = strides()[10]
    clear[round(wanted.contact_s * FPS) - 1 : round(wanted.toe_off_s * FPS) + 2] = 100
    assert wanted.contact_s in [m.t_s for m in moments(gait(), TIMES_S, clear)]


def test_a_stride_that_is_left_out_is_shown_only_where_there_is_no_other_and_one_without_toe_off_never():
    only = tuple(replace(s, left_out="turns") if s.contact_s < 2 else s for s in strides())
    assert min(m.t_s for m in moments(gait(strides=only), TIMES_S)) >= 2
    turning = tuple(replace(s, left_out="turns") for s in strides())
    assert len(moments(gait(strides=turning), TIMES_S)) == 6
    none = tuple(replace(s, toe_off_s=None) for s in strides())
    assert moments(gait(strides=none), TIMES_S) == []
    assert moments(nothing(), TIMES_S) == []


def test_what_comes_after_a_minute_is_not_read_again():
    times_s = np.arange(60 * 300) / FPS
    clear = np.linspace(0, 1, len(times_s))  # the best comes last
    found = moments(gait(strides=strides(count=300)), times_s, clear)
    assert max(m.t_s for m in found) < 62
    assert min(m.t_s for m in found) > 58
