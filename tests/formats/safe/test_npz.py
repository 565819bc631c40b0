"""How large an npz file may become: as large as a recording of hours, and no larger."""

import pickle
import zipfile

import numpy as np
import pytest
from support.keypoint_files import (
    npy,
    object_npy,
    refused,
    walker,
    write_videopose3d_set,
    write_videopose3d_video,
    zipped,
)

from realtime.errors import FormatError
from realtime.formats.keypoints_npz import read_keypoints
from realtime.formats.motion_npz import read_motion_npz, write_motion_npz
from realtime.formats.safe.npz import read_npz
from realtime.motion import Motion3D
from realtime.skeleton import H36M17

HOURS_3_AT_30, HOURS_3_AT_120 = 3 * 3600 * 30, 3 * 3600 * 120


def own(path, xy, score):
    about = {"format": 1, "size_wh": np.array([640, 480]), "fps": 30.0, "skeleton": "coco-17"}
    np.savez_compressed(path, xy=xy, score=score, **about)


def test_three_hours_whose_scores_are_all_the_same(tmp_path):
    """The scores alone decompress from 22 kB to 22 MB."""
    xy = np.broadcast_to(np.arange(HOURS_3_AT_30, dtype=np.float32)[:, None, None], (HOURS_3_AT_30, 17, 2))
    own(tmp_path / "x.npz", xy, np.full((HOURS_3_AT_30, 17), 0.9, np.float32))
    track = read_keypoints(tmp_path / "x.npz")
    assert len(track) == HOURS_3_AT_30
    assert track.people[-1][0, 3].tolist() == pytest.approx([HOURS_3_AT_30 - 1, HOURS_3_AT_30 - 1, 0.9])


def test_three_hours_at_120_fps_in_which_nobody_was_seen(tmp_path):
    own(tmp_path / "x.npz", np.full((HOURS_3_AT_120, 17, 2), np.nan, np.float32), np.zeros((HOURS_3_AT_120, 17), "f4"))
    assert (tmp_path / "x.npz").stat().st_size < 1 << 20
    assert len(read_npz(tmp_path / "x.npz", ("xy", "score"))["xy"]) == HOURS_3_AT_120


def test_a_night_with_somebody_in_view_now_and_then(tmp_path):
    frames = 8 * 3600 * 30
    xy = np.full((frames, 17, 2), np.nan, np.float32)
    seen = slice(0, frames // 20)
    xy[seen] = np.random.default_rng(0).normal(300, 50, xy[seen].shape)
    own(tmp_path / "x.npz", xy, np.where(np.isnan(xy[..., 0]), 0, 0.9).astype(np.float32))
    assert len(read_npz(tmp_path / "x.npz", ("xy", "score"))["score"]) == frames


def test_the_motion_of_three_hours_at_120_fps(tmp_path):
    frames = HOURS_3_AT_120
    motion = Motion3D(
        joints=np.zeros((frames, 17, 3), np.float32),
        times_s=np.arange(frames) / 120,
        score=np.ones((frames, 17), np.float32),
        root_m=np.zeros((frames, 3), np.float32),
        valid=np.ones(frames, bool),
        skeleton=H36M17,
        fps=120.0,
        source="x",
        model="y",
    )
    write_motion_npz(tmp_path / "x.npz", motion)
    assert len(read_motion_npz(tmp_path / "x.npz").joints) == frames


def test_a_videopose3d_set_of_three_hours(tmp_path):
    write_videopose3d_set(tmp_path / "x.npz", {"a.mp4": np.zeros((HOURS_3_AT_30, 17, 2), np.float32)})
    assert len(read_keypoints(tmp_path / "x.npz")) == HOURS_3_AT_30


SMALL = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", bytes(4))


def zeros(path, header, megabytes, name="xy", others=()):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
            member.write(header)
            for _ in range(megabytes):
                member.write(bytes(1 << 20))
        for other in others:
            archive.writestr(f"{other}.npy", SMALL)


def test_numbers_that_decompress_to_more_than_a_recording(tmp_path):
    megabytes = 300
    header = npy(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({megabytes << 18},), }}")
    zeros(tmp_path / "x.npz", header, megabytes, others=("format", "score", "size_wh", "fps", "skeleton"))
    message, grown_mb, _ = refused(tmp_path / "x.npz")
    assert f"would decompress to {megabytes} MB" in message
    assert grown_mb < 20


@pytest.mark.parametrize("megabytes", [200, 1000])
def test_objects_that_decompress_to_more_than_a_recording(megabytes, tmp_path):
    zeros(tmp_path / "x.npz", object_npy(b"\x80\x04]"), megabytes, "positions_2d", ("metadata",))
    message, grown_mb, _ = refused(tmp_path / "x.npz")
    assert f"would decompress to {megabytes} MB" in message
    assert grown_mb < 20


def test_many_arrays_together(tmp_path):
    header = npy(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({100 << 18},), }}")
    data = header + bytes(100 << 20)
    zipped(tmp_path / "x.npz", **dict.fromkeys(("a", "b", "c"), data))
    assert len(read_npz(tmp_path / "x.npz", ("a", "b"))) == 2
    with pytest.raises(FormatError, match="would decompress to 300 MB"):
        read_npz(tmp_path / "x.npz", ("a", "b", "c"))


def test_a_pickle_of_nothing_but_objects(tmp_path):
    """100 MB of empty lists from 100 kB would take 6 GB."""
    pickled = object_npy(b"\x80\x04" + pickle.EMPTY_LIST * (100 << 20))
    zipped(tmp_path / "x.npz", positions_2d=pickled, metadata=SMALL)
    message, grown_mb, _ = refused(tmp_path / "x.npz")
    assert "x.npz (positions_2d) is" in message
    assert grown_mb < 1000


def test_a_walker_of_hours_has_few_enough_opcodes(tmp_path):
    """Fewer than eight for each compressed byte, so that no length is too long."""
    frames = 2000
    write_videopose3d_video(tmp_path / "x.npz", [[one] for one in walker(frames)], [[0.9]] * frames)
    with zipfile.ZipFile(tmp_path / "x.npz") as archive:
        for name in ("boxes.npy", "keypoints.npy"):
            assert 26 * frames < 8 * archive.getinfo(name).compress_size
