"""The period of movements whose period is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.exercising import USUAL, Exerciser
from support.gait_walkers import stander

from realtime.analysis.body import body_of
from realtime.analysis.form.repetitions.affinity import affinity, period_s


def test_affinity_is_the_negative_mean_distance():
    points = np.zeros((4, 2, 3))
    points[:, 0, 0] = 0, 1, 0, 1
    assert affinity(points, 1) == pytest.approx(-0.5)
    assert affinity(points, 2) == 0


@pytest.mark.parametrize("facing_deg", [0, 70])
def test_the_shortest_period_is_found(facing_deg):
    one = replace(USUAL["squat"], rest_s=0.5)
    lasts_s = one.rest_s + one.down_s + one.pause_s + one.up_s
    body = body_of(Exerciser("squat", (one,) * 8).motion(facing_deg=facing_deg))
    assert body is not None
    assert period_s(body) == pytest.approx(lasts_s, abs=0.15)


def test_who_stands_has_none():
    body = body_of(stander(10.0))
    assert body is not None
    assert period_s(body) is None
