"""Films whose container says something unusual: the same joints at the same times as the plain film.

`tests/cases` holds one short clip of a walking person, `base.mp4`, and the same clip as programs
really write it: mirrored by its display matrix, with oblong pixels, with time stamps that begin anew …
"""

import logging

import numpy as np
import pytest
from support.poses import CASES

from realtime import lift_video
from realtime.errors import SourceError
from realtime.films.mp4 import Mp4
from realtime.formats.keypoints_npz import read_keypoints
from realtime.offline.lift import lift_one
from realtime.offline.task import Task
from realtime.settings import settings_from
from realtime.sources.video import VideoFile

LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]  # of H36M-17
SAME_MM = 12  # re-encoding alone costs 2 to 5


@pytest.fixture(scope="module")
def base():
    return lift_video(CASES / "base.mp4")


def difference_mm(motion, base, repeats_s=None):
    """Mean distance of the limb joints to the base film's at the same times."""
    times_s = motion.times_s if repeats_s is None else motion.times_s % repeats_s
    nearest = np.abs(base.times_s[None] - times_s[:, None]).argmin(1)
    assert np.abs(base.times_s[nearest] - times_s).max() < 0.002
    both = motion.valid & base.valid[nearest]
    assert both.mean() > 0.9
    return 1000 * np.linalg.norm(motion.joints[both] - base.joints[nearest][both], axis=-1)[:, LIMBS].mean()


def steps_ms(motion):
    return sorted({round(1000 * step) for step in np.diff(motion.times_s)})


@pytest.mark.parametrize("name", ["mirror.mp4", "rot90_mirror.mp4", "wide_pixels.mp4", "cover_first.mkv", "raw.h264"])
def test_it_is_the_same_film(name, base):
    motion = lift_video(CASES / name)
    assert len(motion) == 60
    assert steps_ms(motion) in ([33], [33, 34])
    assert motion.fps == pytest.approx(30, abs=0.02)
    assert difference_mm(motion, base) <= SAME_MM
    known = np.isfinite(motion.root_m).all(1) & np.isfinite(base.root_m).all(1)
    assert motion.root_m[known, 1] == pytest.approx(base.root_m[known, 1], rel=0.03)


@pytest.mark.parametrize(("name", "frames", "longest_ms"), [("variable_rate.mp4", 45, 67), ("hole.mp4", 35, 867)])
def test_frames_that_are_left_out_leave_their_time(name, frames, longest_ms):
    motion = lift_video(CASES / name)
    assert len(motion) == frames
    assert steps_ms(motion)[-1] == longest_ms
    assert motion.times_s[-1] == pytest.approx(59 / 30, abs=1e-3)


def test_stamps_that_begin_anew_go_on(base, caplog):
    motion = lift_video(CASES / "restart.ts")
    assert motion.times_s == pytest.approx(np.arange(120) / 30, abs=1e-4)
    assert motion.fps == pytest.approx(30, abs=1e-3)
    assert difference_mm(motion, base, repeats_s=2.0) <= SAME_MM
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == [
        "restart.ts: time stamps begin anew after 2.00 s (joined recordings?): continued without a gap"
    ]


def test_a_picture_that_becomes_smaller_gives_the_same_joints_and_keypoints(base, tmp_path, caplog):
    task = Task(settings_from(source=CASES / "two_sizes.ts", realtime=False), tmp_path / "two", ("npz", "2d"))
    assert not lift_one(task).fault
    assert "the picture changes from 640x360 to 320x180 px: scaled to 640x360" in caplog.text
    assert read_keypoints(tmp_path / "two_2d.npz").size_wh == (640, 360)
    motion = lift_video(CASES / "two_sizes.ts")
    # On its own the small picture gives 24 mm: it has a quarter of the pixels.
    for part, same_mm in ((motion.times_s < 2, SAME_MM), (motion.times_s > 2, 30)):
        start_s = motion.times_s[part][0]
        same = base.joints[: part.sum()]
        assert motion.times_s[part] - start_s == pytest.approx(base.times_s, abs=1e-3)
        assert 1000 * np.linalg.norm(motion.joints[part] - same, axis=-1)[:, LIMBS].mean() <= same_mm
    # The file holds no feet, so both by a network that takes none.
    film, again = (lift_video(path, model="causal-27") for path in (CASES / "two_sizes.ts", tmp_path / "two_2d.npz"))
    assert again.times_s == pytest.approx(film.times_s, abs=1e-6)
    assert np.abs(again.joints - film.joints).max() < 1e-3


def test_the_film_lasts_as_long_as_the_recording(tmp_path):
    path = tmp_path / "film.mp4"
    film = Mp4(path, 30)
    pictures = [np.full((48, 64, 4), 40 * i, np.uint8) for i in range(5)]
    for picture, time_s in zip(pictures, (0, 0.1, 0.2, 0.3, 0.4), strict=True):
        film.write(picture, time_s)
    film.close()
    av = pytest.importorskip("av")
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert float(sum(packet.duration * packet.time_base for packet in packets)) == pytest.approx(0.5, abs=1e-3)


def test_tiles_of_a_still_picture_are_no_film():
    with pytest.raises(SourceError, match=r"grid\.heic is a still picture in 4 tiles"):
        next(VideoFile(CASES / "grid.heic").pictures())
