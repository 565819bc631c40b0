"""Looped strides close exactly, and have the times that were put in."""

import numpy as np
import pytest
from support.gait_trials import trial_of
from support.gait_walkers import RUNNER, Walker

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.result import CONTACT, LEFT, RIGHT
from realtime.training.evaluation.gait.loop_errors import CHANGE, QUANTITIES, LoopResult, loop_table
from realtime.training.evaluation.gait.loops import loop, strides_of


@pytest.fixture(scope="module")
def stride():
    return strides_of(trial_of(Walker()))[1]


def test_a_stride_closes_exactly(stride):
    assert stride.points[-1] - stride.points[0] == pytest.approx(np.broadcast_to(stride.travel, (25, 3)), abs=1e-12)
    first, last = (stride.at(np.array([phase]))[0] for phase in (3.0, 3.0 - 1e-9))
    assert first == pytest.approx(last, abs=1e-6)
    assert stride.duration_s == pytest.approx(Walker().stride_s, abs=0.005)
    assert np.linalg.norm(stride.travel) == pytest.approx(Walker().speed_m_s * stride.duration_s, rel=1e-3)


def test_strides_without_a_stretch_repeat_the_walk(stride):
    made = loop(stride, 8, 120.0, stretch=0.0)
    assert made.stride_s() == pytest.approx(stride.duration_s)
    assert made.symmetry_percent() == pytest.approx(0, abs=0.7)
    assert made.contact_s(LEFT) == pytest.approx(Walker().contact_s, abs=0.025)
    assert made.speed_m_s == pytest.approx(Walker().speed_m_s, rel=1e-3)
    assert made.step_length_m() == pytest.approx(Walker().speed_m_s * Walker().stride_s / 2, rel=0.01)
    assert len(made.times(LEFT, CONTACT)) == len(made.times(RIGHT, CONTACT)) == 8


def test_an_asymmetry_is_that_of_the_step_times(stride):
    plain, lame = (loop(stride, 20, 120.0, asymmetry) for asymmetry in (0.0, 10.0))
    assert lame.symmetry_percent() - plain.symmetry_percent() == pytest.approx(10, abs=0.1)
    assert lame.stride_s() == pytest.approx(plain.stride_s(), rel=0.005)


def test_on_a_treadmill_the_body_stays_and_the_steps_are_as_long(stride):
    over, on = (loop(stride, 10, 120.0, treadmill=treadmill) for treadmill in (False, True))
    assert np.linalg.norm(on.trial.pelvis[-1] - on.trial.pelvis[0]) < 0.1
    assert np.linalg.norm(over.trial.pelvis[-1] - over.trial.pelvis[0]) > 10
    assert on.step_length_m() == pytest.approx(over.step_length_m(), abs=1e-3)
    assert on.trial.forward == pytest.approx(over.trial.forward)


@pytest.mark.parametrize("walker", [Walker(), RUNNER])
@pytest.mark.parametrize("treadmill", [False, True])
def test_the_analysis_of_loops_of_formulas_meets_every_target(walker, treadmill):
    stride = strides_of(trial_of(walker))[1]
    loops = [loop(stride, 12, 120.0, asymmetry, treadmill=treadmill) for asymmetry in (0.0, 5.0)]
    results = [LoopResult(made, analyse_gait(made.trial.motion())) for made in loops]
    for name, quantity in QUANTITIES.items():
        for result in results:
            error = quantity.error(result.loop, result.gait)
            assert np.isfinite(error), name
            if quantity.target is not None:
                assert abs(error) < quantity.target, name
    change = next(line for line in loop_table({"walker": results}).splitlines() if CHANGE in line)
    assert abs(float(change.split()[6])) < 1
