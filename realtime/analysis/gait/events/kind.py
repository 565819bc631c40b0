"""Walking or running, decided before events are found by the methods for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from ....motion import Floats
from ..options import AUTO
from ..progress import Swing
from ..result import RUN, RUN_WITHOUT_FLIGHT, SIDES, WALK
from .methods import METHODS
from .signals import Signals

_ALWAYS_ON_GROUND = 0.5  # duty factor from which there is no flight
_MOST = 2.0  # times its unit: no opinion counts more


@dataclass(frozen=True)
class Opinion:
    """One sign of running: a figure above (with a negative `unit`: below) `border` speaks for it, by how many units."""

    border: float
    unit: float
    weight: float

    def __call__(self, figure: float) -> float:
        """For (above 0) or against running; 0 where the figure is not known."""
        units = (np.nan_to_num(figure, nan=self.border) - self.border) / self.unit
        return self.weight * float(np.clip(units, -_MOST, _MOST))


# Borders lie half-way between 30 walks and 6 runs of motion capture, whose ranges stand beside them.
_OPINIONS = (
    Opinion(0.46, -0.03, 0.5),  # duty factor from ankle foremost to knee straightest: 0.49 to 0.55, 0.39 to 0.43
    Opinion(0.545, -0.03, 0.5),  # duty factor from ankle foremost to ankle rearmost: 0.56 to 0.64, 0.48 to 0.52
    Opinion(0.0, -0.018, 1.0),  # rise of the hips at mid-stance, of the leg's length: 0.01 to 0.06, -0.04 to -0.03
    Opinion(70.0, 10.0, 1.0),  # knee flexion of the swing, degrees: 48 to 76, 73 to 106
    Opinion(142.0, 10.0, 0.5),  # steps a minute: 60 to 138, 144 to 164
)


def kind_of(signals: Signals, swings: list[Swing], wanted: str = AUTO) -> str:
    """WALK or RUN: by the duty factor (two rough ones) and by whether the hips are high at mid-stance, as on a
    pendulum, or low, as on a spring (Cavagna, Heglund & Taylor, Mechanical work in terrestrial locomotion: two basic
    mechanisms for minimizing energy expenditure, Am. J. Physiol. 233(5), 1977); and, since lifted joints tell these
    poorly from some views, by how far the knee bends in the swing and by the cadence."""
    if wanted != AUTO:
        return wanted
    body = signals.body
    hips = -np.minimum(*(body.at[f"{side}_ankle"][:, 2] for side in SIDES))
    usual = signals.progress.stride_s * body.fps
    figures = []
    for side in SIDES:
        own = [swing for swing in swings if swing.side == side and swing.lands]
        for swing, following in zip_longest(own, own[1:]):
            if swing.next_back is not None:
                stride = usual if following is None else following.front - swing.front
                figures.append(_figures(signals, swing, swing.next_back, stride, hips))
    if not figures:
        return WALK
    known = [[figure for figure in column if np.isfinite(figure)] for column in zip(*figures, strict=True)]
    typical = [np.median(column) if column else np.nan for column in known]
    votes = [opinion(float(figure)) for opinion, figure in zip(_OPINIONS, typical, strict=True)]
    return RUN if sum(votes) > 0 else WALK


def told_by_flight(kind: str, duty_factor: float) -> str:
    """The kind of gait: a run whose feet are on the ground for half of the time or more is one without flight."""
    return RUN_WITHOUT_FLIGHT if kind == RUN and duty_factor >= _ALWAYS_ON_GROUND else kind


def _figures(signals: Signals, swing: Swing, back: int, stride: float, hips: Floats) -> tuple[float, ...]:
    """What the opinions are about, in their order; `hips` (T,) over the lower ankle, m."""
    body = signals.body
    knee = METHODS["knee-straightest"].find(signals, swing) - swing.front
    place = signals.place(f"{swing.side}_ankle")[swing.front : back + 1]
    over = swing.front + int(np.argmin(np.abs(place)))
    rise = float(hips[over] - (hips[swing.front] + hips[back]) / 2) / body.leg_m
    ends = min(swing.front + round(stride), swing.segment.stop)
    bent = float(np.max(signals.knee_flexion(swing.side)[back:ends], initial=0))
    return knee / stride, (back - swing.front) / stride, rise, bent or np.nan, 120 * body.fps / stride
