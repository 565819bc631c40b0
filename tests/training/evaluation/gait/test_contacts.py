"""True events, of people who walk and run by formula, whose contacts are known."""

import numpy as np
import pytest
from support.gait_trials import RATE_HZ, trial_of
from support.gait_walkers import RUNNER, SIDES, Walker

from realtime.analysis.gait.result import CONTACT, TOE_OFF
from realtime.training.evaluation.gait.contacts import Limits, is_clear, slope, true_events
from realtime.training.evaluation.gait.trials import RUN, WALK


# The runner's foot leaves its place slowly: it has 0.8 of the speed 38 ms after it ceased to stand.
@pytest.mark.parametrize(
    ("walker", "most_s"), [(Walker(), 0.025), (Walker(cadence=95, speed_m_s=0.9), 0.025), (RUNNER, 0.04)]
)
def test_events_are_where_feet_begin_and_cease_to_stand(walker, most_s):
    events = true_events(trial_of(walker))
    assert is_clear(events)
    for side in SIDES:
        contacts = walker.contacts(side, 6.0)
        for kind, known in ((CONTACT, contacts), (TOE_OFF, contacts + walker.contact_s)):
            found = [event.t_s for event in events if (event.side, event.kind) == (side, kind)]
            for t_s in known[(known > 0.2) & (known < 5.8)]:
                assert np.abs(np.array(found) - t_s).min() < most_s, (side, kind)


def test_every_contact_has_one_event():
    walker = Walker()
    events = true_events(trial_of(walker))
    number = sum(((walker.contacts(side, 6.0) > 0.05) & (walker.contacts(side, 6.0) < 5.9)).sum() for side in SIDES)
    assert sum(event.kind == CONTACT for event in events) == number


def test_a_floor_that_tilts_changes_little():
    level, tilted = (true_events(trial_of(Walker(), floor=slope_of)) for slope_of in (0.0, 0.02))
    assert [(event.side, event.kind) for event in level] == [(event.side, event.kind) for event in tilted]
    assert np.abs([a.t_s - b.t_s for a, b in zip(level, tilted, strict=True)]).max() < 0.012


def test_tighter_limits_shorten_the_contact():
    usual, tight = (true_events(trial_of(Walker()), limits) for limits in (Limits(), Limits().scaled(0.7)))
    first = {event.kind: event.t_s for event in reversed(usual) if event.t_s > 1 and event.side == "left"}
    others = {event.kind: event.t_s for event in reversed(tight) if event.t_s > 1 and event.side == "left"}
    assert others[CONTACT] >= first[CONTACT] - 1e-9
    assert others[TOE_OFF] <= first[TOE_OFF] + 1e-9


def test_the_kind_is_that_of_the_speed():
    assert trial_of(Walker()).kind == WALK
    assert trial_of(RUNNER).kind == RUN


def test_the_slope_of_a_straight_line_is_its_speed():
    path = np.stack([3.0 * np.arange(50) / RATE_HZ, np.zeros(50), np.full(50, 2.0)], 1)
    assert slope(path, RATE_HZ)[5:-5] == pytest.approx(np.tile([3.0, 0, 0], (40, 1)))
