"""The film of a set, read back."""

from __future__ import annotations

import av
import numpy as np
import pytest
from support.form_results import squats
from support.render_scenes import grey, keypoints
from support.viewer_scenes import standing

from realtime.motion import motion
from realtime.offline.reports.form_clock import FormClock
from realtime.offline.reports.form_film import FormFilm
from realtime.offline.reports.form_scene import film_joints

STANDS = motion(np.repeat(standing()[None], 15, 0), 30.0)
CLOCK = FormClock(squats(), STANDS)


def film_at(path, fps=30.0, force=False):
    return FormFilm(path, fps, CLOCK, force=force)


def shown(film, times_s, size_wh=(320, 240)):
    for t_s in times_s:
        if film.is_due(t_s):
            film.write(grey(size_wh), keypoints(size_wh), t_s)
    film.close()


def times_of(path):
    with av.open(str(path)) as file:
        return [frame.time for frame in file.decode(video=0)]


def test_frames_are_at_their_own_times_and_the_file_is_alone(tmp_path):
    film = film_at(tmp_path / "sub" / "a.mp4")
    times_s = [10.0, 10.04, 10.5, 12.0]
    shown(film, times_s)
    assert film.fault == ""
    assert times_of(tmp_path / "sub" / "a.mp4") == pytest.approx([t - 10 for t in times_s], abs=1e-3)
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(("fps", "kept"), [(30.0, 24), (120.0, 24), (25.0, 20)])
def test_of_a_fast_recording_as_many_as_a_screen_shows(fps, kept, tmp_path):
    shown(film_at(tmp_path / "a.mp4", fps), np.arange(0, 0.8 - 1e-6, 1 / fps), (64, 48))
    assert len(times_of(tmp_path / "a.mp4")) == kept


def test_a_film_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"mine")
    film = film_at(tmp_path / "a.mp4")
    shown(film, [0.0, 0.1])
    assert "exists already" in film.fault
    assert (tmp_path / "a.mp4").read_bytes() == b"mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_pictures_that_cannot_be_drawn_end_the_film_only(tmp_path):
    film = film_at(tmp_path / "a.mp4")
    film.write(grey((320, 240)), None, 0.0)
    film.write(np.zeros((0, 0, 3), np.uint8), None, 0.1)
    film.close()
    assert film.fault
    assert not film.is_due(0.2)
    assert list(tmp_path.iterdir()) == []


def test_what_was_interrupted_is_removed_and_an_earlier_film_is_kept(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"of before")
    film = film_at(tmp_path / "a.mp4", force=True)
    film.write(grey((320, 240)), None, 0.0)
    film.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert (tmp_path / "a.mp4").read_bytes() == b"of before"


def test_pictures_that_cannot_be_drawn_leave_an_earlier_film(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"of before")
    film = film_at(tmp_path / "a.mp4", force=True)
    film.write(grey((320, 240)), None, 0.0)
    film.write(np.zeros((0, 0, 3), np.uint8), None, 0.1)
    film.close()
    assert film.fault
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert (tmp_path / "a.mp4").read_bytes() == b"of before"


def test_joints_without_pictures_have_a_film_too(tmp_path):
    joints = STANDS.joints.copy()
    joints[3:6] = np.nan
    film = film_at(tmp_path / "a.mp4")
    film_joints(film, motion(joints, 30.0))
    film.close()
    assert film.fault == ""
    assert len(times_of(tmp_path / "a.mp4")) == 15
    with av.open(str(tmp_path / "a.mp4")) as file:
        image = next(file.decode(video=0)).to_ndarray(format="rgb24")
    scene = image[:720]
    assert scene.std() > 5  # somebody is there
