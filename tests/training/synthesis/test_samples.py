"""Bodies, cameras, noise and batches: what a training sample is made of."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from support.motion_capture import motions, walker

from realtime.camera import Intrinsics
from realtime.lifting.features import FROM_RAYS, feature_set, hip_ray
from realtime.skeleton import COCO17, COCO_FEET21, H36M17, RUNNER20
from realtime.training.mocap.canonical25 import CANONICAL25, SAMPLED
from realtime.training.mocap.feet import FEET
from realtime.training.synthesis.augment import BodyChanges, body_frame, mirror, rotations, vary
from realtime.training.synthesis.batches import Recipe, Sampler
from realtime.training.synthesis.exercises import ExerciseRanges, exercise
from realtime.training.synthesis.noise import NoiseLevels, detector_points, disturb
from realtime.training.synthesis.virtual_cameras import CameraRanges, Views, as_if_fov, look, place, rays

CPU = torch.device("cpu")
STILL = BodyChanges(size=(1, 0), bone=0, hip_width=(1, 1), arm_swap=0, leg_swap=0, turned=0, leaning=0, exercising=0)
SILENT = NoiseLevels(strength=(0, 0), burst_share=0, swap_share=0, gap_share=0, face=0)


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(1)


@pytest.fixture
def points() -> torch.Tensor:
    """A batch (8, 27, 25, 3) of one walk, standing at different places."""
    walk = torch.from_numpy(walker(27)).float()
    return walk + torch.arange(8.0)[:, None, None, None]


def lengths(points: torch.Tensor) -> torch.Tensor:
    parents, children = zip(*CANONICAL25.bones, strict=True)
    return (points[:, :, children] - points[:, :, parents]).norm(dim=-1)


def test_mirror_is_an_involution_that_exchanges_sides(points):
    once = mirror(points)
    assert torch.equal(mirror(once), points)
    left, right = CANONICAL25.index("left_wrist"), CANONICAL25.index("right_wrist")
    assert torch.equal(once[..., left, :] * torch.tensor([-1, 1, 1]), points[..., right, :])
    for part in ("heel", "toe"):
        left, right = CANONICAL25.index(f"left_{part}"), CANONICAL25.index(f"right_{part}")
        assert torch.equal(once[..., left, :] * torch.tensor([-1, 1, 1]), points[..., right, :])
    # Mirrored people still have their left on their left: up is up, and forward is mirrored.
    frame, mirrored = body_frame(points), body_frame(once)
    assert torch.allclose(frame[0, 0], torch.eye(3), atol=0.05)  # the walker faces +x
    assert torch.linalg.det(mirrored) == pytest.approx(torch.ones(8, 27).numpy(), abs=1e-5)
    assert torch.allclose(mirrored[..., 0], frame[..., 0] * torch.tensor([-1.0, 1, 1]), atol=1e-5)


def test_without_changes_people_are_as_they_were_or_mirrored(points, generator):
    varied = vary(points, STILL, generator)
    same = [torch.allclose(v, p, atol=1e-4) for v, p in zip(varied, points, strict=True)]
    flipped = [torch.allclose(v, p, atol=1e-4) for v, p in zip(varied, mirror(points), strict=True)]
    assert all(a != b for a, b in zip(same, flipped, strict=True))
    assert any(same)
    assert any(flipped)


def test_changed_bones_are_constant_and_symmetric(points, generator):
    varied = lengths(vary(points, BodyChanges(), generator)) / lengths(points)
    assert torch.allclose(varied, varied[:, :1].expand_as(varied), atol=1e-3)
    names = [CANONICAL25.joints[child] for _, child in CANONICAL25.bones]
    for name in ("hip", "knee", "wrist"):
        left, right = names.index(f"left_{name}"), names.index(f"right_{name}")
        assert torch.allclose(varied[..., left], varied[..., right], atol=1e-3)
    assert varied[:, 0].std(0).min() > 0.01


def to_shank(points: torch.Tensor, side: str) -> torch.Tensor:
    """Where heel and toe are seen from the shank (..., 4): along it, and from the line of it."""
    ankle, knee, *foot = (
        points[..., CANONICAL25.index(f"{side}_{part}"), :] for part in ("ankle", "knee", "heel", "toe")
    )
    up = torch.nn.functional.normalize(knee - ankle, dim=-1)
    along = [((part - ankle) * up).sum(-1) for part in foot]
    aside = [((part - ankle) - a[..., None] * up).norm(dim=-1) for part, a in zip(foot, along, strict=True)]
    return torch.stack([*along, *aside], -1)


@pytest.mark.parametrize(
    "changes",
    [replace(STILL, turned=1, leg_deg=30.0), replace(STILL, exercising=1), replace(STILL, leaning=1)],
    ids=["turned", "exercising", "leaning"],
)
def test_feet_go_along_with_their_shanks(points, generator, changes):
    varied = vary(points, changes, generator)
    for side, other in (("left", "right"), ("right", "left")):
        same, mirrored = (to_shank(points, s) for s in (side, other))
        found = to_shank(varied, side)
        error = torch.minimum((found - same).abs().amax((1, 2)), (found - mirrored).abs().amax((1, 2)))
        assert error.max() < 1e-3


def test_legs_of_another_person_have_their_own_feet(points, generator):
    sizes = torch.linspace(0.8, 1.2, 8)
    foot = CANONICAL25.indices(("left_heel", "right_heel", "left_toe", "right_toe"))
    ankle = CANONICAL25.indices(("left_ankle", "right_ankle") * 2)
    points = points.clone()
    points[:, :, foot] += sizes[:, None, None, None] * (points[:, :, foot] - points[:, :, ankle])
    points = sizes[:, None, None, None] * points
    varied = vary(points, replace(STILL, leg_swap=1), generator)
    names = [CANONICAL25.joints[child] for _, child in CANONICAL25.bones]
    moved = [names.index(f"left_{part}") for part in ("knee", "ankle", "toe")]
    before, after = lengths(points)[:, 0, moved], lengths(varied)[:, 0, moved]
    source = (after[:, None, 0] - before[:, 0]).abs().argmin(1)
    assert (source != torch.arange(8)).any()
    assert torch.allclose(after, before[source], rtol=0.02)


def test_people_without_feet_change_alike(points):
    """What is drawn at random does not depend on the feet, to the last bit."""
    whole, footless = (
        vary(p, BodyChanges(), torch.Generator().manual_seed(3)) for p in (points, points[:, :, :SAMPLED])
    )
    assert torch.equal(whole[:, :, :SAMPLED], footless)


@pytest.mark.parametrize("body", [BodyChanges(), None], ids=["varied", "recorded"])
def test_samples_do_not_depend_on_feet(body):
    """The same seed gives the same samples, to the last bit, as before motion had feet."""
    whole = motions()
    footless = replace(whole, points=np.ascontiguousarray(whole.points[:, :SAMPLED]))
    elsewhere = replace(whole, points=whole.points.copy())
    elsewhere.points[:, SAMPLED:] += 3
    first, *others = (Sampler(m, Recipe(window=9, body=body), CPU, 7).draw(64) for m in (whole, footless, elsewhere))
    for other in others:
        assert torch.equal(other.rays, first.rays)
        assert torch.equal(other.joints, first.joints)


def test_leaning_bends_people_forward_at_the_hips(points, generator):
    bent = vary(points, replace(STILL, leaning=1, lean_deg=(90, 90)), generator)
    across = bent[:, :, CANONICAL25.index("left_hip")] - bent[:, :, CANONICAL25.index("right_hip")]
    forward = torch.linalg.cross(across, torch.tensor([0.0, 0, 1]).expand_as(across))  # half are mirrored
    trunk = (bent - bent[:, :, :1])[:, :, CANONICAL25.index("neck")]
    assert ((trunk * forward).sum(-1) > 0.05).all()
    assert trunk[..., 2].abs().max() < 0.1
    assert (bent[:, :, CANONICAL25.index("left_ankle"), 2] < bent[:, :, 0, 2] - 0.5).all()


def angles(**degrees: float) -> ExerciseRanges:
    """Every exercise the same: what is not named stays 0."""
    zero = dict.fromkeys(
        ("squat_hip", "lean", "hip", "knee", "leg_out", "arm", "arm_out", "elbow", "arm_roll"), (0.0, 0.0)
    )
    return ExerciseRanges(held=1, squats=0, **zero | {name: (angle, angle) for name, angle in degrees.items()})


@pytest.mark.parametrize(
    ("ranges", "limb", "left"),
    [
        (angles(), "upper_arm", (0, 0, -1)),
        (angles(hip=90), "thigh", (1, 0, 0)),
        (angles(hip=90, knee=90), "shank", (0, 0, -1)),
        (angles(knee=90), "shank", (-1, 0, 0)),
        (angles(leg_out=90), "thigh", (0, 1, 0)),
        (angles(arm=180), "upper_arm", (0, 0, 1)),
        (angles(arm_out=90), "upper_arm", (0, 1, 0)),
        (angles(elbow=90), "forearm", (1, 0, 0)),
        (angles(elbow=90, arm_roll=90), "forearm", (0, -1, 0)),
        (angles(arm=90, elbow=90), "forearm", (0, 0, 1)),
        (angles(lean=90), "upper_arm", (-1, 0, 0)),
        (angles(lean=90), "thigh", (0, 0, -1)),
    ],
)
def test_exercises_by_hand(ranges, limb, left, generator):
    """Directions in axes forward, left, up; the right limb is the mirror image."""
    way = getattr(exercise(1, 3, ranges, CPU, generator), limb)
    assert way[0, :, 0] == pytest.approx(np.tile(left, (3, 1)), abs=1e-6)
    assert way[0, :, 1] == pytest.approx(np.tile(np.array(left) * [1, -1, 1], (3, 1)), abs=1e-6)


def test_exercises_move_smoothly_between_standing_and_the_pose(generator):
    made = exercise(50, 27, replace(angles(arm=90), held=0), CPU, generator)
    raised = made.upper_arm[:, :, 0, 0]  # the sine of the angle
    assert raised.min() >= -1e-6
    assert raised.diff(dim=1).abs().max() < 0.35
    assert (raised.amax(1) - raised.amin(1)).max() > 0.9


def test_exercising_keeps_bones_and_bends_knees(points, generator):
    squat = angles(hip=100, knee=120, lean=30)
    varied = vary(points, replace(STILL, exercising=1, exercise=squat), generator)
    assert torch.allclose(lengths(varied), lengths(points), atol=1e-4)
    assert (varied[:, :, CANONICAL25.index("left_knee"), 2] > varied[:, :, 0, 2]).all()


def test_rotations_are_right_handed_and_orthogonal(generator):
    quarter = rotations(torch.tensor([0.0, 0.0, math.pi / 2]))
    assert quarter @ torch.tensor([1.0, 0, 0]) == pytest.approx([0, 1, 0], abs=1e-6)
    many = rotations(torch.randn(20, 3, generator=generator))
    assert torch.allclose(many @ many.transpose(-1, -2), torch.eye(3).expand(20, 3, 3), atol=1e-5)


def test_a_level_camera_by_hand():
    # Looking along +y from (0, -4, 1): what is east is right, what is high is up.
    zero = torch.zeros(1)
    rotation = look(torch.full((1,), math.pi / 2), zero, zero)
    eye = torch.tensor([[0.0, -4, 1]])
    view = Views(rotation, -(rotation @ eye[..., None])[..., 0], torch.tensor([60.0]), torch.tensor([4.0]))
    seen = view.see(torch.tensor([[[[0.0, 0, 1], [2, 0, 1], [0, 0, 3]]]]))[0, 0]
    assert seen.flatten().tolist() == pytest.approx([0, 0, 4, 2, 0, 4, 0, -2, 4], abs=1e-6)
    assert rays(seen).flatten().tolist() == pytest.approx([0, 0, 0.5, 0, 0, -0.5], abs=1e-6)


def test_a_camera_that_looks_down_sees_the_horizon_above_its_middle():
    zero, pitch = torch.zeros(1), torch.full((1,), math.radians(30))
    far = look(zero, pitch, zero)[0] @ torch.tensor([100.0, 0, 0])
    assert (far[1] / far[2]).item() == pytest.approx(-math.tan(math.radians(30)), abs=1e-5)


def test_a_camera_rolled_clockwise_turns_the_image_the_other_way():
    zero = torch.zeros(1)
    up = look(zero, zero, torch.full((1,), math.radians(90)))[0] @ torch.tensor([1.0, 0, 1.0])
    assert up.tolist() == pytest.approx([-1, 0, 1], abs=1e-6)


def test_people_are_in_front_of_their_camera_and_mostly_in_the_image(points, generator):
    many = points.repeat(100, 1, 1, 1)
    views = place(many, CameraRanges(), generator)
    assert torch.allclose(torch.linalg.det(views.rotation), torch.ones(800), atol=1e-4)
    seen = views.see(many)[:, -1]
    assert (seen[..., 2] > 0.2).all()
    inside = rays(seen).abs().amax(-1) < torch.tan(torch.deg2rad(views.fov_deg) / 2)[:, None]
    assert inside.float().mean() > 0.9


def test_an_assumed_field_of_view_is_what_live_use_makes_of_the_pixels():
    true, assumed = Intrinsics(fov_deg=75), Intrinsics(fov_deg=60)
    pixels = np.array([[[100.0, 50], [600, 400]]], np.float32)
    told = torch.from_numpy(true.rays(pixels, (640, 480)))
    changed = as_if_fov(told, torch.tensor([75.0]), torch.tensor([60.0]))
    assert changed.numpy() == pytest.approx(assumed.rays(pixels, (640, 480)), rel=1e-5)


def test_detectors_mark_the_joints_or_a_little_off(points, generator):
    still = detector_points(points, SILENT, torch.Generator().manual_seed(0))
    off = (still - points[:, :, CANONICAL25.indices(COCO17.joints)]).norm(dim=-1)
    assert off.max() < 0.06
    face = COCO17.indices(("nose", "left_eye"))
    assert off[:, :, face].max() < 1e-6
    # Shoulders go up, hips and nothing else go down.
    moved = (still - points[:, :, CANONICAL25.indices(COCO17.joints)])[..., 2].mean((0, 1))
    assert moved[COCO17.index("left_shoulder")] > 0.002
    assert moved[COCO17.index("right_hip")] < -0.005


def test_silent_noise_changes_nothing(generator):
    seen = torch.randn(6, 9, 17, 2, generator=generator)
    assert torch.equal(disturb(seen, torch.ones(6), SILENT, generator), seen)


def test_noise_has_its_size(generator):
    seen = torch.zeros(2000, 9, 17, 2)
    levels = NoiseLevels(strength=(1, 1), constant=0.01, slow=0, white=0, burst_share=0, swap_share=0, gap_share=0)
    error = disturb(seen, torch.full((2000,), 0.5), levels, generator)
    assert error[:, :, COCO17.index("left_knee")].std().item() == pytest.approx(0.005, rel=0.05)


def test_feet_swap_with_their_legs(generator):
    """In every group of the body that swaps, or none: no leg has the other's foot."""
    still = torch.arange(21.0)[:, None].expand(400, 3, 21, 2)
    levels = NoiseLevels((0, 0), burst_share=0, swap_share=1, gap_share=0)
    swapped = disturb(still, torch.ones(400), levels, generator, COCO_FEET21)[..., 0]
    ankle, heel, toe = (COCO_FEET21.index(f"left_{part}") for part in ("ankle", "heel", "toe"))
    moved = swapped[..., ankle] != ankle
    assert moved.any()
    assert torch.equal(moved, swapped[..., heel] != heel)
    assert torch.equal(moved, swapped[..., toe] != toe)


def test_swaps_exchange_sides_and_gaps_repeat_poses(generator):
    still = torch.arange(17.0)[:, None].expand(400, 9, 17, 2)
    swapped = disturb(still, torch.ones(400), NoiseLevels((0, 0), burst_share=0, swap_share=1, gap_share=0), generator)
    assert torch.equal(swapped.sort(2).values, still)
    assert not torch.equal(swapped, still)
    moving = torch.arange(9.0)[None, :, None, None].expand(400, 9, 17, 2)
    held = disturb(moving, torch.ones(400), NoiseLevels((0, 0), burst_share=0, swap_share=0, gap_share=1), generator)
    times = held[:, :, 0, 0]
    assert (times.diff(dim=1) >= 0).all()
    assert (times <= moving[:, :, 0, 0]).all()
    assert (times < moving[:, :, 0, 0]).any()
    assert (times[:, 0] == 0).all()


@pytest.mark.parametrize("features", [feature_set(name, COCO17) for name in FROM_RAYS], ids=FROM_RAYS)
def test_batches_decode_to_the_truth(features):
    sampler = Sampler(motions(), Recipe(window=9), CPU, seed=3)
    batch = sampler.draw(64)
    assert batch.rays.shape == (64, 9, 17, 2)
    inputs, wanted = batch.pair(features)
    assert inputs.shape == (64, 9, features.channels)
    assert torch.isfinite(inputs).all()
    decoded = features.decode(wanted, hip_ray(batch.rays[:, -1], COCO17))
    assert torch.allclose(decoded, batch.joints, atol=1e-4)
    assert torch.equal(batch.joints[:, 0], torch.zeros(64, 3))


def test_noiseless_rays_are_the_projected_joints():
    recipe = Recipe(window=3, known_fov=1.0, recorded=0.0, body=None, noise=SILENT)
    batch = Sampler(motions(), recipe, CPU, seed=3).draw(50)
    # Two joints on a line of sight: depth follows from the root, which least squares finds.
    hip, knee = H36M17.indices(("left_hip", "left_knee"))
    assert batch.joints[:, hip].norm(dim=-1).mean() < 0.3
    upright = batch.joints[:, knee, 1] > batch.joints[:, hip, 1]
    assert upright.float().mean() > 0.9  # y is down


def test_feet_are_where_they_are_seen():
    recipe = Recipe(window=3, known_fov=1.0, recorded=0.0, body=None, noise=SILENT, keypoints=COCO_FEET21.name)
    scenes = Sampler(motions(), recipe, CPU, seed=3).scenes(50)
    feet = CANONICAL25.indices(FEET)
    assert COCO_FEET21.joints[17:] == FEET
    assert torch.allclose(scenes.rays[:, :, 17:], rays(scenes.views.see(scenes.points[:, :, feet])), atol=1e-6)


def test_a_target_of_another_skeleton_is_that_of_the_same_scenes():
    """With keypoints that have no feet the target has some, and nothing else changes."""
    recipe = Recipe(window=3)
    plain, runner = (Sampler(motions(), replace(recipe, joints=name), CPU, 3) for name in ("h36m-17", "runner-20"))
    batch, other = plain.draw(20), runner.draw(20)
    assert torch.equal(other.rays, batch.rays)
    assert other.joints.shape == (20, 20, 3)
    assert not other.joints[:, RUNNER20.root].any()
    for joint in ("left_wrist", "right_ankle"):  # the same points, about another root
        one, two = (of.index(joint) for of in (H36M17, RUNNER20))
        knee = H36M17.index("left_knee"), RUNNER20.index("left_knee")
        ours, theirs = other.joints[:, two] - other.joints[:, knee[1]], batch.joints[:, one] - batch.joints[:, knee[0]]
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_the_same_seed_gives_the_same_batch():
    first, second, other = (Sampler(motions(), Recipe(window=3), CPU, seed).draw(8) for seed in (1, 1, 2))
    assert torch.equal(first.rays, second.rays)
    assert not torch.equal(first.rays, other.rays)


def test_windows_stay_in_their_clip_and_repeat_its_first_pose():
    # Two clips 100 m apart: a window that crossed the border would hold both.
    recipe = Recipe(window=81, step=(4, 4), body=None, noise=SILENT)
    sampler = Sampler(motions(apart_m=100.0), recipe, CPU, seed=0)
    windows = sampler._windows(sampler._target_rows(200), sampler._steps(200))
    assert (windows[:, :, 0].amax(1) - windows[:, :, 0].amin(1)).max() < 50
    assert (windows[:, 0] == windows[:, 1]).all(-1).all(-1).any()
