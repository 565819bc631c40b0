"""Folders of motion capture → one form: markers, joints, splits and the cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.motion_capture import AMC, BVH, check_feet, data_folder, motions, plug_in_gait_person
from support.poses import SHARED

from realtime.errors import FormatError
from realtime.skeleton import LIMB_JOINTS
from realtime.training.mocap import corpora
from realtime.training.mocap.canonical25 import (
    ARM,
    CANONICAL25,
    SAMPLED,
    Head,
    assemble,
    head_from_axes,
    stretch,
    widen,
)
from realtime.training.mocap.corpora import CORPORA, load, resample, split, unbroken
from realtime.training.mocap.joint_centres import (
    fill_gaps,
    hip_centres,
    inwards,
    plug_in_gait_points,
    uiprmd_folder,
    uiprmd_markers,
)

MOCAP = SHARED / "data" / "mocap"
ONE = np.zeros((1, 3))


def test_hip_centres_by_hand():
    left, right = hip_centres(np.array([[0.1, 0.12, 1]]), np.array([[0.1, -0.12, 1]]), np.array([[-0.06, 0, 1]]))
    # width 240 mm, depth 160 mm: -48.3 forward, -82.9 up, 86.5 outward of (100, 0, 1000).
    assert left[0] == pytest.approx([0.0517, 0.0865, 0.9171])
    assert right[0] == pytest.approx([0.0517, -0.0865, 0.9171])


def test_a_standing_person_from_markers():
    points = plug_in_gait_points(plug_in_gait_person())[0]
    at = {name: points[i] for i, name in enumerate(CANONICAL25.joints)}
    for name in ("knee", "ankle", "elbow", "wrist", "shoulder", "hip"):
        assert at[f"left_{name}"] == pytest.approx(at[f"right_{name}"] * [1, -1, 1])
    assert at["left_knee"][1] == pytest.approx(0.15 - 0.055, abs=0.002)
    assert at["left_ankle"][1] == pytest.approx(0.14 - 0.038, abs=0.002)
    assert at["left_elbow"][1] < 0.26
    assert at["nose"][0] > at["left_ear"][0] + 0.1
    assert at["left_eye"][1] > 0 > at["right_eye"][1]
    check_feet(points[None])
    assert at["left_heel"] == pytest.approx([-0.06, 0.10, 0.01], abs=0.003)
    assert at["left_toe"] == pytest.approx([-0.06 + 0.2 / 0.74, 0.10 - 0.024, 0.01], abs=0.003)
    assert at["right_toe"] == pytest.approx(at["left_toe"] * [1, -1, 1])
    assert at["head_top"][2] > at["nose"][2] > at["neck"][2] > at["spine"][2] > at["pelvis"][2]


def test_joint_centres_go_inwards_square_to_the_limb():
    centre = inwards(ONE, np.array([[0, 0, 1.0]]), np.array([[0, 1.0, 5.0]]), 0.05)
    assert centre[0] == pytest.approx([0, 0.05, 0])


def test_uiprmd_encoding_is_undone():
    markers = np.array([[[1.5, -0.25, 0.0]], [[1.4999, 3.0, 0.1]], [[0.0, 0.0, 0.0]]])  # (time, marker, axis)
    tenths = np.round(markers * 10000).astype(np.int64)
    steps = np.diff(tenths, axis=0, prepend=0).astype(np.uint16).view(np.int16)
    decoded = uiprmd_markers(steps.transpose(1, 2, 0))
    assert decoded[:2] == pytest.approx(markers[:2])
    assert np.isnan(decoded[2]).all()


def test_gaps_are_interpolated():
    path = np.array([[np.nan], [1.0], [np.nan], [3.0], [np.nan]])
    assert fill_gaps(path)[:, 0].tolist() == [1, 1, 2, 3, 3]
    assert np.isnan(fill_gaps(np.full((3, 1), np.nan))).all()


def test_a_broken_uiprmd_file_is_told(tmp_path):
    (tmp_path / "s01.npz").write_bytes(b"no zip")
    with pytest.raises(FormatError, match="UI-PRMD"):
        list(uiprmd_folder(tmp_path))


def test_resampling_by_hand():
    ramp = np.arange(5.0)[:, None, None]
    assert resample(ramp, 120.0, 60.0)[:, 0, 0].tolist() == [0, 2, 4]
    assert resample(ramp, 30.0, 60.0)[:, 0, 0] == pytest.approx(np.arange(0, 4.5, 0.5))
    assert resample(ramp[:1], 30.0).shape == (1, 1, 1)


def test_jumps_and_holes_cut_a_clip():
    path = np.zeros((100, 2, 3))
    path[40:] += 1.0
    path[70, 1] = np.nan
    assert [len(piece) for piece in unbroken(path)] == [40, 30, 29]
    assert unbroken(path[:10]) == []


def test_a_head_has_square_axes(rng):
    head = head_from_axes(np.zeros((4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
    axes = np.stack([head.forward, head.left, head.up], -1)
    assert axes.transpose(0, 2, 1) @ axes == pytest.approx(np.broadcast_to(np.eye(3), (4, 3, 3)))
    assert np.linalg.det(axes) == pytest.approx(np.ones(4))


def test_limbs_are_stretched_and_moved_apart():
    limbs = dict.fromkeys(LIMB_JOINTS, ONE)
    limbs |= {"left_shoulder": ONE + [0, 0.1, 0], "right_shoulder": ONE - [0, 0.1, 0]}
    limbs |= {"left_elbow": ONE + [0, 0.4, 0], "left_wrist": ONE + [0, 0.6, 0]}
    wide = widen(limbs, ARM, 1.5)
    assert [wide[f"left_{joint}"][0, 1] for joint in ARM] == pytest.approx([0.15, 0.45, 0.65])
    long = stretch(limbs, ARM, 1.0, 1.5)
    assert [long[f"left_{joint}"][0, 1] for joint in ARM] == pytest.approx([0.1, 0.4, 0.7])


def test_assembled_middle_joints():
    limbs = {name: ONE + [0, 0, 1.0 if "hip" in name else 1.5] for name in LIMB_JOINTS}
    axes = (np.array([axis]) for axis in np.eye(3))
    points = assemble(limbs, ONE, Head(ONE + [0, 0, 1.7], *axes))[0]
    assert points[CANONICAL25.index("pelvis")].tolist() == [0, 0, 1]
    assert points[CANONICAL25.index("neck")] == pytest.approx([0, 0, 1.56])


def test_no_person_is_on_both_sides_of_the_split():
    train, heldout = split(motions())
    assert set(train.subject) == {"uiprmd-s01"}
    assert set(heldout.subject) == {"cmu-03"}
    assert len(train.points) == 150
    assert heldout.starts.tolist() == [0, 100]
    assert heldout.minutes == pytest.approx(100 / 3600)


def test_more_people_are_held_out_for_cross_validation():
    train, heldout = split(motions(), ["uiprmd-s01"])
    assert len(train.subject) == 0
    assert set(heldout.subject) == {"uiprmd-s01", "cmu-03"}
    with pytest.raises(FormatError, match="nobody is called 'uiprmd-s1'; the people are cmu-03, uiprmd-s01"):
        split(motions(), ["uiprmd-s1"])


def test_loading_a_folder_and_its_cache(tmp_path, monkeypatch):
    folder, cache = data_folder(tmp_path / "data"), tmp_path / "cache"
    loaded = load(folder, cache)
    assert loaded.subject.tolist() == ["uiprmd-s05", "cmu-02"]
    assert loaded.starts.tolist() == [0, 60, 119]
    assert loaded.points.shape == (119, 25, 3)
    (stored,) = cache.iterdir()
    again = load(folder, cache)
    for field in ("points", "starts", "corpus", "subject", "clip"):
        assert np.array_equal(getattr(again, field), getattr(loaded, field))
    with monkeypatch.context() as other_form:
        other_form.setattr(corpora, "CANONICAL25", replace(CANONICAL25, joints=CANONICAL25.joints[:SAMPLED]))
        load(folder, tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] != [stored.name]
    stored.write_bytes(b"torn")
    with pytest.raises(FormatError, match="remove it"):
        load(folder, cache)


def test_an_interrupted_write_leaves_no_cache(tmp_path, monkeypatch):
    folder, cache = data_folder(tmp_path / "data"), tmp_path / "cache"

    def interrupted(file, **arrays):
        Path(file).write_bytes(b"PK half")
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr(corpora.np, "savez", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load(folder, cache)
    assert list(cache.iterdir()) == []
    assert len(load(folder, cache).starts) == 3


def test_what_is_no_data_is_told(tmp_path):
    with pytest.raises(FormatError, match="no motion capture"):
        load(tmp_path)
    (tmp_path / CORPORA[0].folder).mkdir()
    with pytest.raises(FormatError, match="no usable motion"):
        load(tmp_path)


def test_motion_of_another_skeleton_is_told(tmp_path):
    folder = tmp_path / "cmu-bvh_papagina" / "salsa"
    folder.mkdir(parents=True)
    (folder / "01.bvh").write_text(BVH)
    with pytest.raises(FormatError, match="lThigh"):
        load(tmp_path)
    (tmp_path / "cmu-bvh_papagina").rename(tmp_path / "away")
    (tmp_path / "cmu-amc_fairmotion").mkdir()
    (tmp_path / "cmu-amc_fairmotion" / "11_01.amc").write_text(AMC)
    with pytest.raises(FormatError, match=r"no skeleton 11\.asf"):
        load(tmp_path)


@pytest.mark.skipif(not MOCAP.is_dir(), reason="the motion capture is not part of the project")
def test_real_people_are_human():
    """One file of each kind: upright, faces forwards, limbs of human length."""
    for corpus in CORPORA:
        _, points, _ = next(corpus.read(MOCAP / corpus.folder))
        check_feet(points)
        if not corpus.folder.startswith(("ui-prmd", "cmu")):
            continue
        at = {name: points[:, i] for i, name in enumerate(CANONICAL25.joints)}
        thigh = np.median(np.linalg.norm(at["left_hip"] - at["left_knee"], axis=1))
        forearm = np.median(np.linalg.norm(at["left_elbow"] - at["left_wrist"], axis=1))
        assert 0.36 < thigh < 0.48, corpus.folder
        assert 0.2 < forearm < 0.32, corpus.folder
        assert np.median(at["neck"][:, 2] - at["pelvis"][:, 2]) > 0.3, corpus.folder
        left = at["left_hip"] - at["right_hip"]
        forward = np.cross(left, at["neck"] - at["pelvis"])
        assert np.mean((forward * (2 * at["nose"] - at["left_ear"] - at["right_ear"])).sum(1) > 0) > 0.9, corpus.folder


@pytest.mark.skipif(not MOCAP.is_dir(), reason="the motion capture is not part of the project")
@pytest.mark.parametrize(
    ("folder", "clip"),
    [("ui-prmd", "m07"), ("cmu-amc_cyun9601/02", "02_01"), ("cmu-deepmimic_arpspoof-jump", "02_01")],
)
def test_resting_feet_lie_flat_near_the_floor(folder, clip):
    corpus = next(corpus for corpus in CORPORA if corpus.folder == folder.partition("/")[0])
    points = next(points for path, points, _ in corpus.read(MOCAP / folder) if path.name.startswith(clip))
    for side in ("left", "right"):
        heel, toe, ankle = (points[:, CANONICAL25.index(f"{side}_{part}")] for part in ("heel", "toe", "ankle"))
        speed = np.linalg.norm(np.gradient(ankle, axis=0), axis=1)
        rests = speed <= np.percentile(speed, 20)
        assert -0.02 < np.median(heel[rests, 2]) < 0.08
        assert -0.02 < np.median(toe[rests, 2]) < 0.08
        assert abs(np.median((toe - heel)[rests, 2])) < 0.03
