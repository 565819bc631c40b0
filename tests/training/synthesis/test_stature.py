"""How tall people are by their bones, and that a sample's target is of one height."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.motion_capture import motions
from support.poses import ROOT

from realtime.training.evaluation.truth_clips import Clip, find_clips
from realtime.training.mocap.canonical25 import CANONICAL25_TO_H36M
from realtime.training.synthesis.batches import Recipe, Sampler
from realtime.training.synthesis.stature import stature, statures

CPU = torch.device("cpu")
CLIPS = sorted((ROOT / "benchmarks" / "clips").glob("*.npz"))


@pytest.mark.parametrize("path", CLIPS, ids=lambda path: path.stem)
def test_rendered_people_are_as_tall_as_they_were_made(path):
    with np.load(path) as truth:
        heights = stature(torch.from_numpy(truth["joints_3d_camera"]))  # the first 17 of the 25 points
        assert heights.median().item() == pytest.approx(float(truth["stature_m"]), rel=0.005)
    assert list(CANONICAL25_TO_H36M) == list(range(17))


def test_a_clip_that_does_not_say_how_tall_a_person_is_is_measured_by_its_bones(tmp_path):
    (said,) = find_clips(str(ROOT / "benchmarks" / "clips" / "stand_front.mp4"))
    with np.load(said.truth) as truth:
        np.savez(tmp_path / "silent.npz", joints_3d_camera=truth["joints_3d_camera"])
    assert Clip(said.video, tmp_path / "silent.npz").height_m() == pytest.approx(said.height_m(), rel=0.005)


def test_a_person_has_one_height_in_a_corpus():
    walk = motions()
    people = replace(walk, points=walk.points * np.repeat(np.float32([1, 1.2]), [150, 100])[:, None, None])
    small, tall = statures(people)
    assert tall / small == pytest.approx(1.2, rel=0.01)
    same = replace(people, corpus=walk.corpus[[0, 0]], subject=walk.subject[[0, 0]])
    assert statures(same).unique().numel() == 1


def test_targets_are_of_one_height_whatever_the_body():
    walk = motions()
    giants = replace(walk, points=1.3 * walk.points)
    plain, large = (Sampler(people, Recipe(window=3), CPU, seed=1).scenes(64) for people in (walk, giants))
    assert torch.allclose(large.height_m, 1.3 * plain.height_m, rtol=1e-4)
    own, told = (Sampler(walk, Recipe(window=3, height_m=m), CPU, seed=1).draw(64).joints for m in (None, 1.7))
    assert torch.allclose(told, own * (1.7 / plain.height_m)[:, None, None], atol=1e-5)
