"""The part of a recording that is asked for, and some of its frames once more."""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
import pytest
from support.video_files import film

from realtime.estimation import build
from realtime.offline.part import Part, frames_at
from realtime.offline.task import Task
from realtime.settings import Settings


@pytest.fixture
def task(tmp_path):
    film(tmp_path / "film.mp4", 60)
    return lambda **part: Task(Settings(source=str(tmp_path / "film.mp4"), realtime=False), tmp_path / "x", (), **part)


def lifted(task):
    with ExitStack() as cleanup:
        return list(Part(build.pictures(task.settings, cleanup), task))


@pytest.mark.parametrize("part", [{}, {"start_s": 0.5, "end_s": 1.5}, {"fps": 10.0}])
def test_the_same_frames_are_given_again(task, part):
    frames = lifted(task(**part))
    rows = {0, 3, len(frames) - 1}
    again = dict(frames_at(task(**part), rows))
    assert again.keys() == rows
    for row in rows:
        assert again[row].index == frames[row].index
        assert np.array_equal(again[row].image, frames[row].image)


def test_nothing_is_read_where_nothing_is_wanted(task):
    assert list(frames_at(task(), ())) == []
