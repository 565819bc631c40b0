"""Rendered sets in one file, and what is read from them."""

import numpy as np
import pytest

from realtime.errors import FormatError
from realtime.skeleton import H36M17
from realtime.training.evaluation.form.rendered_sets import JOINTS, RenderedSet, read_sets, view_of, write_sets


def one_set(name="squat_a", frames=40, known=(10, 31), seed=0):
    rng = np.random.default_rng(seed)
    points = np.concatenate([rng.uniform(0, 900, (frames, 21, 2)), rng.uniform(0, 1, (frames, 21, 1))], -1)
    points[3] = np.nan  # nobody was found
    true, world = (np.full((frames, len(JOINTS), 3), np.nan) for _ in range(2))
    for path in (true, world):
        path[slice(*known)] = rng.uniform(-1, 1, (known[1] - known[0], len(JOINTS), 3))
    return RenderedSet(
        name=name,
        person="uiprmd-s05",
        exercise="squat",
        view="side",
        view_deg=91.5,
        pitch_deg=-3.25,
        height_m=1.71,
        size_wh=(854, 480),
        points=points.astype(np.float32),
        true_m=true,
        world_m=world,
        spans=((2, 35),),
    )


def test_sets_come_back_to_half_a_pixel_and_half_a_centimetre(tmp_path):
    sets = [one_set(), one_set("squat_b", 25, (5, 20), 1)]
    write_sets(tmp_path / "sets.npz", sets)
    for wanted, got in zip(sets, read_sets(tmp_path / "sets.npz"), strict=True):
        assert (got.name, got.person, got.exercise, got.view) == (wanted.name, "uiprmd-s05", "squat", "side")
        assert (got.view_deg, got.pitch_deg, got.height_m) == (91.5, -3.25, 1.71)
        assert (got.size_wh, got.spans) == ((854, 480), ((2, 35),))
        np.testing.assert_array_equal(np.isnan(got.points), np.isnan(wanted.points))
        np.testing.assert_allclose(got.points[..., :2], wanted.points[..., :2], atol=0.2501)
        np.testing.assert_allclose(got.points[..., 2], wanted.points[..., 2], atol=1 / 64 + 1e-6)
        np.testing.assert_allclose(got.true_m, wanted.true_m, atol=0.0025 + 1e-9)
        np.testing.assert_allclose(got.world_m, wanted.world_m, atol=0.0025 + 1e-9)


def test_truth_is_in_published_axes_about_the_hips():
    one = one_set()
    joints = one.true.joints
    assert np.isnan(joints[:10]).all()
    camera = one.true_m[12] - one.true_m[12, :2].mean(0)
    expected = np.stack([camera[:, 0], camera[:, 2], -camera[:, 1]], 1)  # x right, y away from the camera, z up
    np.testing.assert_allclose(joints[12, H36M17.indices(JOINTS)], expected, atol=1e-6)
    assert not one.true.model
    assert one.world.model


def test_world_landmarks_have_the_scores_of_their_keypoints():
    one = one_set()
    knee = one.keypoints.skeleton.index("left_knee")
    assert one.world.score[12, H36M17.index("left_knee")] == pytest.approx(one.points[12, knee, 2])


@pytest.mark.parametrize(
    ("view_deg", "name"), [(0, "front"), (45, "front-quarter"), (90, "side"), (135, "back-quarter"), (180, "back")]
)
def test_view(view_deg, name):
    assert view_of(view_deg) == name


def test_another_file_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", joints=np.zeros(3))
    with pytest.raises(FormatError, match="no rendered sets"):
        read_sets(tmp_path / "other.npz")
