"""One clock for every format: even grids in step with the time stamps, and times that rise as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.motion_capture import walker

from realtime.errors import NotRepresentable
from realtime.formats.bvh.reader import read_bvh
from realtime.formats.c3d.motion import read_c3d
from realtime.formats.clock import even_frames, evenly_spaced, time_texts
from realtime.formats.joints_npy import read_joints
from realtime.formats.mot import read_mot
from realtime.formats.motion_csv import read_motion_csv
from realtime.formats.motion_json import read_motion_json
from realtime.formats.motion_npz import read_motion_npz
from realtime.formats.trc import read_trc
from realtime.formats.writers import WRITERS
from realtime.motion import motion, rate_of
from realtime.training.mocap.canonical25 import CANONICAL25_TO_H36M

here = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
SPEED_M_S = 1.5
READERS = {
    "npy": read_joints,
    "npz": read_motion_npz,
    "json": read_motion_json,
    "csv": read_motion_csv,
    "trc": read_trc,
}
# 30 fps with every fourth frame left out; and with 0.83 s missing.
LEFT_OUT = np.array([i for i in range(60) if i % 4 != 1]) / 30
HOLE = np.r_[np.arange(17), np.arange(42, 60)] / 30


def straight(times_s, fps=None):
    """Somebody who glides along x at 1.5 m/s, at these times."""
    times_s = np.asarray(times_s, float)
    body = walker(1)[0, CANONICAL25_TO_H36M]
    root = np.outer(times_s, (SPEED_M_S, 0, 0)) + (0, 4, -0.1)
    joints = np.repeat((body - body[:1])[None], len(times_s), 0)
    return motion(joints, fps or rate_of(times_s), times_s=times_s, root_m=root)


def test_an_even_recording_stays_as_it_is():
    made = straight(np.arange(50) / 29.97, 29.97)
    np.testing.assert_array_equal(evenly_spaced(made), made.placed)


def test_frames_left_out_are_put_between_their_neighbours():
    even = evenly_spaced(straight(LEFT_OUT))
    assert len(even) == 60
    np.testing.assert_allclose(even[:, 0, 0], SPEED_M_S * np.arange(60) / 30, atol=1e-6)


def test_a_long_hole_is_missing_and_its_edges_are_where_they_were():
    even = evenly_spaced(straight(HOLE))
    assert len(even) == 60
    assert np.isnan(even).any((1, 2)).tolist() == [17 <= i < 42 for i in range(60)]
    np.testing.assert_allclose(even[42, 0, 0], SPEED_M_S * 1.4, atol=1e-6)


def test_a_frame_without_a_person_is_not_filled():
    made = straight(np.round(np.arange(30) / 30, 3))
    made.joints[10], made.root_m[10], made.valid[10] = np.nan, np.nan, False
    even = evenly_spaced(made)
    assert np.flatnonzero(np.isnan(even).any((1, 2))).tolist() == [10]


@given(
    seed=st.integers(0, 1000),
    jitter=st.floats(0, 0.2),
    share=st.floats(0.4, 1),
    rate=st.sampled_from([15.0, 24.0, 29.97, 60.0]),
    start_s=st.sampled_from([0.0, 10.0, 0.017]),
)
@here
def test_every_row_is_within_half_a_frame_of_its_time(seed, jitter, share, rate, start_s):
    rng = np.random.default_rng(seed)
    frames = np.flatnonzero(rng.random(120) < share)
    times_s = start_s + (frames + rng.uniform(-jitter, jitter, len(frames))) / rate
    made = straight(times_s)
    even = evenly_spaced(made)
    assert abs((len(even) - 1) / made.fps - (times_s[-1] - times_s[0])) <= 0.5001 / made.fps
    wanted = SPEED_M_S * (times_s[0] + np.arange(len(even)) / made.fps)
    off_m = np.abs(even[:, 0, 0] - wanted)
    assert np.nanmax(off_m) <= SPEED_M_S * 0.5001 / made.fps


def test_holes_of_days_are_refused():
    with pytest.raises(NotRepresentable, match=r"would be 7776001 frames at 30"):
        evenly_spaced(straight([0, 1 / 30, 3 * 86400], 30))


@pytest.mark.parametrize("times_s", [LEFT_OUT, HOLE, 10 + LEFT_OUT], ids=["left out", "hole", "from 10 s on"])
def test_bvh_and_c3d_are_in_step_with_the_time_stamps(tmp_path, times_s):
    made = straight(times_s)
    (bvh,) = WRITERS["bvh"](tmp_path / "x", made)
    rig = read_bvh(bvh.read_text())
    path_m = rig.point("pelvis")[:, 0]
    assert (len(path_m), rig.rate_hz) == (60, pytest.approx(30, rel=1e-6))
    held = times_s[np.searchsorted(times_s, times_s[0] + np.arange(60) / 30 + 1e-9) - 1]
    wanted = times_s[0] + np.arange(60) / 30 if not np.diff(times_s).max() > 0.25 else held
    np.testing.assert_allclose(path_m, SPEED_M_S * wanted, atol=1e-4)
    pytest.importorskip("ezc3d")
    (c3d,) = WRITERS["c3d"](tmp_path / "x", made)
    back = read_c3d(c3d)
    np.testing.assert_allclose(back.times_s, times_s[0] + np.arange(60) / 30, atol=1e-5)
    np.testing.assert_allclose(back.root_m[back.valid, 0], SPEED_M_S * back.times_s[back.valid], atol=1e-4)
    assert back.valid.sum() == (len(times_s) if len(times_s) < 40 else 60)


@pytest.mark.parametrize("name", READERS)
def test_times_are_those_of_the_recording(tmp_path, name):
    made = straight(10 + LEFT_OUT)
    back = READERS[name](WRITERS[name](tmp_path / "x", made)[0])
    np.testing.assert_allclose(back.times_s, made.times_s, atol=1e-6)
    assert back.fps == pytest.approx(30, rel=1e-5)


@pytest.mark.parametrize("step_s", [1e-9, 3e-7, 1e-6])
def test_no_two_times_are_equal_in_any_file(tmp_path, step_s):
    made = straight(1000.1 + np.array([0, 0.04, 0.04 + step_s, 0.08]), 25)
    for name, read in READERS.items():
        back = read(WRITERS[name](tmp_path / "x", made)[0])
        assert (np.diff(back.times_s) > 0).all(), name
        np.testing.assert_allclose(back.times_s, made.times_s, atol=2e-6)
    times_s, _ = read_mot(WRITERS["mot"](tmp_path / "x", made)[0])
    assert times_s.tolist() == pytest.approx(made.times_s.tolist())
    assert (np.diff(times_s) > 0).all()


@given(st.lists(st.integers(0, 10**13), min_size=2, max_size=20, unique=True))
def test_texts_of_times_rise_whatever_the_stamps(stamps_ns):
    times_s = np.unique(np.array(sorted(stamps_ns)) / 1e9)
    texts = time_texts(times_s)
    assert (np.diff([float(text) for text in texts]) > 0).all()
    assert all("e" not in text for text in texts)
    np.testing.assert_allclose([float(text) for text in texts], times_s, atol=5.1e-7)


def test_one_frame_is_one_frame():
    made = straight([5.0], 30)
    assert even_frames(made) == len(evenly_spaced(made)) == 1
