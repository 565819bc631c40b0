"""Points on the skin of a runner, by hand and against markers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.motion_capture import walker
from support.qualisys_files import CORPUS

from realtime.formats.qualisys.text import read_qualisys_text
from realtime.formats.qualisys_markers import runner20
from realtime.skeleton import RUNNER20
from realtime.training.mocap.canonical25 import CANONICAL25
from realtime.training.mocap.joint_centres import runner_points
from realtime.training.mocap.runner import _SKIN, local_offsets, runner_joints
from realtime.training.synthesis.augment import mirror, rotations

# Somebody who stands, faces +x, left is +y, and is made of round numbers: forward, left, up in metres.
STANDING = {
    "pelvis": (0, 0, 1.0),
    "spine": (0, 0, 1.2),
    "neck": (0, 0, 1.5),
    "nose": (0.1, 0, 1.6),
    "head_top": (0, 0, 1.8),
}
SIDED = {
    "hip": (0, 0.1, 1.0),
    "knee": (0, 0.1, 0.5),
    "ankle": (0, 0.1, 0.1),
    "heel": (-0.05, 0.1, 0.05),
    "toe": (0.15, 0.1, 0.05),
    "shoulder": (0, 0.2, 1.4),
    "elbow": (0, 0.2, 1.1),
    "wrist": (0, 0.2, 0.9),
    "ear": (0, 0.08, 1.6),
    "eye": (0.08, 0.03, 1.65),
}


def standing() -> torch.Tensor:
    """(1, 25, 3)."""
    at = dict(STANDING)
    for part, (x, y, z) in SIDED.items():
        at |= {f"left_{part}": (x, y, z), f"right_{part}": (x, -y, z)}
    return torch.tensor([[at[name] for name in CANONICAL25.joints]], dtype=torch.float64)


def named(joints: torch.Tensor) -> dict[str, list[float]]:
    return dict(zip(RUNNER20.joints, joints[0].tolist(), strict=True))


def test_where_the_points_of_somebody_who_stands_are_by_hand():
    found = named(runner_joints(standing()))
    # The trunk is 0.5 m long, the thigh too; the head 0.1 m from ears to nose, the foot 0.2 m.
    expected = {
        "head_front": (0.1 - 0.468 * 0.1, 0, 1.6 + 0.527 * 0.1),
        "spine_t2": (-0.159 * 0.5, 0, 1.5 + 0.088 * 0.5),
        "spine_t12": (-0.327 * 0.5, 0, 1.2 + 0.096 * 0.5),
        "waist_back": (-0.207 * 0.5, 0, 1.0 + 0.225 * 0.5),
        "left_hip": (0.083 * 0.5, 0.1 + 0.269 * 0.5, 1.0 - 0.054 * 0.5),
        "right_hip": (0.083 * 0.5, -0.1 - 0.269 * 0.5, 1.0 - 0.054 * 0.5),
        "right_shoulder": (0.026 * 0.5, -0.2, 1.4 + 0.086 * 0.5),
        # The head of the second metatarsal is behind, above and outside of the tip of the big toe.
        "left_toe": (0.15 - 0.266 * 0.2, 0.1 + 0.066 * 0.2, 0.05 + 0.115 * 0.2),
        "right_toe": (0.15 - 0.266 * 0.2, -0.1 - 0.066 * 0.2, 0.05 + 0.115 * 0.2),
        "left_heel": (-0.05, 0.1, 0.05 + 0.115 * 0.2),
        "left_knee": (0, 0.1, 0.5),
        "right_wrist": (0, -0.2, 0.9),
    }
    for joint, place in expected.items():
        assert found[joint] == pytest.approx(place, abs=1e-6), joint


def test_they_turn_and_move_and_are_mirrored_with_the_body():
    points = torch.from_numpy(walker(20))
    turn = rotations(torch.tensor([0.3, -0.4, 2.0], dtype=torch.float64))
    moved = 1.1 * (points @ turn.T) + torch.tensor([1.0, 2.0, 3.0])
    expected = 1.1 * (runner_joints(points) @ turn.T) + torch.tensor([1.0, 2.0, 3.0])
    torch.testing.assert_close(runner_joints(moved), expected)
    flipped = runner_joints(points)[:, list(RUNNER20.mirror)] * torch.tensor([-1.0, 1, 1])
    torch.testing.assert_close(runner_joints(mirror(points)), flipped)


def test_offsets_are_found_again_and_batches_are_like_single_poses():
    points = torch.from_numpy(walker(6)).reshape(2, 3, 25, 3)
    joints = runner_joints(points)
    assert joints.shape == (2, 3, 20, 3)
    torch.testing.assert_close(joints[1, 2], runner_joints(points[1, 2]))
    found = local_offsets(points, joints)
    for name, skin in _SKIN.items():
        offsets = found[name.removeprefix("{side}_")]
        torch.testing.assert_close(offsets, torch.tensor(skin.offset, dtype=torch.float64).expand_as(offsets))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the motion capture is not part of the project")
def test_the_offsets_are_those_of_the_trials_for_training_and_hold_on_the_other_one():
    markers = [read_qualisys_text(CORPUS / f"Tindra{trial}.txt.gz").named() for trial in (1, 2, 3)]
    points, joints = ([torch.from_numpy(of(trial)) for trial in markers] for of in (runner_points, runner20))
    found = local_offsets(torch.cat(points[:2]), torch.cat(joints[:2]))
    for name, skin in _SKIN.items():
        median = found[name.removeprefix("{side}_")].median(0).values.numpy()
        free = [0, 1, 2] if "{side}" in name else [0, 2]  # what is in the middle of the body stays there
        assert np.array(skin.offset)[free] == pytest.approx(median[free], abs=6e-4), name
    about_waist = [pose - pose[:, RUNNER20.root, None] for pose in (runner_joints(points[2]), joints[2])]
    off_mm = 1000 * (about_waist[0] - about_waist[1]).norm(dim=-1).mean()
    assert 10 < off_mm < 18
