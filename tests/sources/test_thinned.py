"""At most so many frames a second."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keypoint_files import FRAMES, keypoint_file

import realtime
from realtime.sources.blank import BlankPictures
from realtime.sources.paced import play
from realtime.sources.thinned import Thinned, Thinning
from realtime.stages import all_frames


def thinned(times_s, fps: float) -> list[float]:
    """The times of the frames that are taken, from the first one on."""
    blank = play(BlankPictures("blank", np.array(times_s), (64, 48)), realtime=False, loop=False)
    with closing(Thinned(blank, fps)) as source:
        taken_ns = np.array([frame.t_capture_ns for frame in all_frames(source)])
    return list((taken_ns - taken_ns[0]) / 1e9)


def test_frames_are_taken_in_step_and_without_a_burst_after_a_hole():
    times_s = [0, 0.04, 0.08, 0.12, 0.16, 0.2, 1.0, 1.04, 1.08, 1.12]
    assert thinned(times_s, 12.5) == pytest.approx([0, 0.08, 0.16, 1.0, 1.04, 1.08])
    assert thinned(times_s, 25) == pytest.approx(times_s)


@given(st.lists(st.floats(0.001, 0.5), min_size=1, max_size=60), st.floats(1, 60))
def test_there_are_never_more_than_asked_for(steps_s, fps):
    times_s = np.cumsum(steps_s)
    thinning = Thinning(fps, times_s[0])
    taken = [t_s for t_s in times_s if thinning.takes(t_s)]
    assert taken[0] == times_s[0]
    assert len(taken) <= (taken[-1] - taken[0] + 1e-3) * fps + 1


@pytest.mark.parametrize(("fps", "step"), [(5, 5), (25, 1), (1000, 1)])
def test_a_live_run_takes_as_many_of_a_file_as_lift_does(fps, step, tmp_path):
    path = keypoint_file(tmp_path / "walk.npz")  # 25 a second
    indices = [pose.index for pose in realtime.live(path, fps=fps)]
    assert indices == list(range(0, FRAMES, step))
    assert len(realtime.lift_video(path, fps=fps)) == len(indices)
