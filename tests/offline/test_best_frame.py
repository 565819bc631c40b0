"""Which frame of a recording a picture shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_estimates import estimate

from realtime.offline.best_frame import BestFrame


def chosen(scores):
    """The number of the chosen frame; None for a frame without a person."""
    best = BestFrame()
    for index, score in enumerate(scores):
        one = estimate(index, "no_person" if score is None else "ok")
        best.add(one if score is None else replace(one, pose=replace(one.pose, score=np.full(17, score, np.float32))))
    assert len(best._best) <= 8
    return best.chosen().pose.index


@pytest.mark.parametrize(
    ("scores", "index"),
    [
        ([0.5], 0),
        ([None], 0),
        ([0.2, 0.9, 0.2], 1),
        ([0.9, 0.2, 0.9], 1),  # near the middle
        ([None, None, None, 0.3], 3),
        ([0.3] + [None] * 50, 0),
        ([0.9] * 10 + [0.5] * 19 + [0.6] + [0.5] * 20 + [0.9] * 10, 29),
    ],
)
def test_the_best_near_the_middle(scores, index):
    assert chosen(scores) == index


@given(st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=400))
def test_nobody_is_shown_only_where_nobody_was_seen(scores):
    index = chosen(scores)
    assert (scores[index] is None) == all(score is None for score in scores)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=400))
def test_it_is_of_the_middle_half(scores):
    index, last = chosen(scores), len(scores) - 1
    assert last / 4 <= index <= 3 * last / 4
