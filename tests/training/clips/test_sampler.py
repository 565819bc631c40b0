"""Windows of recordings as cameras saw them."""

import numpy as np
import pytest
import torch
from support.fit3d_files import write_fit3d

from realtime.errors import FormatError
from realtime.formats.perfectrep.preprocessed import SeenRecording
from realtime.lifting.features import feature_set
from realtime.skeleton import COCO17, COCO_FEET21, H36M17
from realtime.training.clips.bodies import SeenBodies, canonical
from realtime.training.clips.pool import ClipPool
from realtime.training.clips.recordings import read_seen_recordings
from realtime.training.clips.sampler import SeenSampler, rays_of, seen_samples
from realtime.training.mocap.canonical25 import CANONICAL25, CANONICAL25_TO_H36M
from realtime.training.synthesis.batches import Recipe

CPU = torch.device("cpu")
TALL = {"s03": 1.0, "s04": 1.08, "s08": 0.94}


@pytest.fixture(scope="module")
def split(tmp_path_factory):
    return read_seen_recordings(write_fit3d(tmp_path_factory.mktemp("fit3d"), actions=("squat",)))


def test_joints_stay_where_they_are_and_a_face_is_added(split):
    recording = split["train"][0]
    points = canonical(recording)
    np.testing.assert_allclose(points[:, CANONICAL25_TO_H36M], recording.joints_m[:, :17], atol=1e-5)
    at = {name: points[:, i] for i, name in enumerate(CANONICAL25.joints)}
    eyes = np.linalg.norm(at["left_eye"] - at["right_eye"], axis=-1)
    assert eyes == pytest.approx(np.full(len(points), 0.064), abs=1e-4)
    assert (np.linalg.norm(at["left_eye"] - at["nose"], axis=-1) < 0.1).all()


def test_rays_are_where_the_camera_saw_the_joints(split):
    """Of an undistorted picture: x = f · ray + c."""
    recording = split["train"][0]
    rays = rays_of(torch.from_numpy(canonical(recording)), COCO17).numpy()
    hips = COCO17.indices(("left_hip", "right_hip"))
    joints = recording.joints_m[:, H36M17.indices(("left_hip", "right_hip"))]
    np.testing.assert_allclose(rays[:, hips], joints[..., :2] / joints[..., 2:], atol=1e-5)


def test_people_have_one_height(split):
    bodies = SeenBodies.of(split["train"] + split["test"], CPU)
    heights = bodies.height_m.unique()
    assert len(heights) == 3
    assert sorted(heights / bodies.height_m[0]) == pytest.approx(sorted(TALL.values()), abs=1e-4)
    assert 1.5 < float(bodies.height_m[0]) < 1.9


def test_windows_stay_in_their_recording():
    points = torch.arange(10.0)[:, None, None].expand(10, 25, 3)
    first, last = torch.tensor([0] * 4 + [4] * 6), torch.tensor([3] * 4 + [9] * 6)
    bodies = SeenBodies(points, first, last, torch.ones(10))
    frames = torch.tensor([[-2, -1, 0, 1], [-2, -1, 0, 1], [-4, -2, 0, 2]])
    rows = bodies.windows(torch.tensor([0, 3, 9]), frames)[:, :, 0, 0]
    assert rows.tolist() == [[0, 0, 0, 1], [1, 2, 3, 3], [5, 7, 9, 9]]


def sampler(split, **recipe):
    return SeenSampler(split["train"], Recipe(window=9, **recipe), CPU, seed=1)


@pytest.mark.parametrize("answer", [-1, -5])
def test_a_sample_has_the_pose_of_its_answered_frame(split, answer):
    made = sampler(split, answer=answer, height_m=None)
    batch = made.batch(torch.arange(len(made)))
    assert (batch.rays.shape, batch.joints.shape) == ((8, 9, 17, 2), (8, 17, 3))
    frames = torch.from_numpy(np.concatenate([canonical(r) for r in split["train"]]))
    all_rays = rays_of(frames, COCO17)
    for rays, joints in zip(batch.rays, batch.joints, strict=True):
        row = int((all_rays - rays[answer]).abs().sum((1, 2)).argmin())
        truth = frames[row, CANONICAL25_TO_H36M]
        torch.testing.assert_close(joints, truth - truth[0])


def test_all_frames_are_answered_for_where_the_network_does(split):
    made = sampler(split, every_frame=True, answer=-5)
    batch = made.batch(torch.tensor([0, 5]))
    assert batch.joints.shape == (2, 9, 17, 3)
    assert (batch.joints[:, :, H36M17.root] == 0).all()
    inputs, targets = batch.pair(feature_set("turned", COCO17))
    assert (inputs.shape[:2], targets.shape) == ((2, 9), (2, 9, 17, 3))


def test_people_are_scaled_to_one_height(split):
    """The same squat of two people is one pose then."""
    of_each = [sampler({"train": [r]}, height_m=1.7) for r in split["train"] if r.name.endswith("50591643")]
    first, second = (made.batch(torch.arange(len(made))).joints for made in of_each)
    torch.testing.assert_close(first, second, atol=1e-4, rtol=0)


def test_an_epoch_has_every_clip_once(split):
    made = sampler(split)
    seen = []
    made.batch = lambda clips, draw=made.batch: seen.append(clips.tolist()) or draw(clips)
    pool = ClipPool(made, feature_set("turned", COCO17), 3)
    assert pool.steps == 3
    shapes = {tuple(part.shape for part in pool.take()) for _ in range(8)}
    assert shapes == {((3, 9, 37), (3, 17, 3))}
    clips = [clip for batch in seen for clip in batch]
    for epoch in range(3):
        assert sorted(clips[8 * epoch : 8 * epoch + 8]) == list(range(8))
    assert clips[:8] != clips[8:16]
    assert ClipPool(made, feature_set("turned", COCO17), 500).take()[0].shape[0] == len(made) == 8


def test_a_pool_goes_on_where_it_was(split):
    features = feature_set("turned", COCO_FEET21)
    first, second = (ClipPool(sampler(split, keypoints="coco-feet-21"), features, 3) for _ in range(2))
    for _ in range(4):
        first.take()
    second.restore(first.state())
    for _ in range(4):
        for ours, theirs in zip(first.take(), second.take(), strict=True):
            assert torch.equal(ours, theirs)
    assert first.mean_target.shape == (17, 3)


def test_a_pool_of_other_clips_is_said(split):
    features = feature_set("turned", COCO17)
    fewer = SeenSampler(split["train"][:1], Recipe(window=9), CPU, seed=1)
    with pytest.raises(ValueError, match="it had more than 2 clips"):
        ClipPool(fewer, features, 2).restore(ClipPool(sampler(split), features, 3).state())


def test_samples_of_people_held_out_are_the_same_in_every_call(split):
    one, other = (seen_samples(split["test"], 9, 4, 20, CPU) for _ in range(2))
    assert torch.equal(one.rays, other.rays)
    assert one.rays.shape == (20, 10, 17, 2)
    assert (one.now, one.points.shape) == (5, (20, 2, 25, 3))
    for pair, frame in ((0, one.now - 1), (1, one.now)):
        torch.testing.assert_close(rays_of(one.points[:, pair], COCO17), one.rays[:, frame])
    tall = SeenBodies.of(split["train"], CPU).height_m[0]
    assert (one.height_m / tall).tolist() == pytest.approx([0.94] * 20, abs=1e-4)
    assert np.isfinite(one.joints().numpy()).all()


def test_what_is_no_person_is_said(split):
    good = split["train"][0]
    large = SeenRecording(good.name, good.joints_m * 100, good.pixels)
    with pytest.raises(FormatError, match=r"s03_squat_50591643: a thigh is 42.1 m long; check the unit of length"):
        SeenBodies.of([large], CPU)
