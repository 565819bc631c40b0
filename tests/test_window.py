from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.poses import pose_2d

from realtime.window import PoseWindow

JOINTS = 3


def numbered(i):
    return pose_2d(np.full((JOINTS, 2), i), score=i / 1000, size_wh=(i + 1, i + 2))


@given(length=st.integers(1, 9), actions=st.lists(st.sampled_from("ppppc"), max_size=60))
def test_it_holds_what_a_list_would(length, actions):
    window, expected = PoseWindow(length, JOINTS), []
    for i, action in enumerate(actions):
        if action == "c":
            window.clear()
            expected = []
        else:
            window.push(numbered(i))
            expected = [*expected, i][-length:]
        assert window.xy[:, 0, 0].tolist() == expected
        assert np.allclose(window.score[:, 0], np.array(expected) / 1000)
        assert window.size_wh.tolist() == [[i + 1, i + 2] for i in expected]
        assert (window.have, window.full) == (len(expected), len(expected) == length)


def test_views_are_contiguous_and_not_copied():
    window = PoseWindow(4, JOINTS)
    for i in range(7):
        window.push(numbered(i))
        for view, rows in ((window.xy, window._xy), (window.score, window._score)):
            assert view.flags.c_contiguous
            assert np.shares_memory(view, rows)


def test_a_clear_is_seen_by_its_readers():
    window = PoseWindow(4, JOINTS)
    before = window.generation
    window.push(numbered(0))
    window.clear()
    assert window.generation > before
    assert window.pushed == 0
    assert window.xy.shape == (0, JOINTS, 2)


def test_an_empty_window_is_refused():
    with pytest.raises(ValueError, match="at least one pose, not 0"):
        PoseWindow(0, JOINTS)
