from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.networks import random_net, small_network

from realtime.errors import UsageError
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import Network
from realtime.lifting.tcn.config import TcnConfig
from realtime.skeleton import COCO17, COCO_FEET21
from realtime.training.synthesis import recorded_errors as recorded
from realtime.training.synthesis.recorded_errors import (
    LANDMARKS,
    ErrorBank,
    RecordedSequence,
    about_hips,
    load_bank,
    write_bank,
)
from realtime.training.warm_start import warm_start

CPU = torch.device("cpu")
WRIST = COCO17.index("left_wrist")


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def body(bend=0.0):
    """Keypoints (17, 2) in standing heights, the left wrist at a height of its own."""
    points = torch.zeros(17, 2)
    points[:, 0] = torch.linspace(-0.2, 0.2, 17)
    points[WRIST] = torch.tensor([0.3, bend])
    return points


def bank_of_two():
    """Two sequences of ten frames, the arm up in one and down in the other; the errors count
    frames, ten times as large in the second."""
    true = torch.stack([body(0.3)] * 10 + [body(-0.3)] * 10)
    size = torch.cat([torch.arange(10.0), 10 * torch.arange(10.0)])
    first = torch.tensor([0] * 10 + [10] * 10)
    return ErrorBank(about_hips(true), size[:, None, None].expand(20, 17, 2), first, torch.full((20,), 30.0))


def test_errors_come_from_the_pose_that_looks_alike(generator):
    people = torch.stack([body(0.3), body(-0.3)]).repeat(50, 1, 1)[:, None].expand(100, 4, 17, 2)
    error = bank_of_two().draw(people * 0.5, torch.full((100,), 0.5), torch.full((100,), 1 / 30), generator)
    assert error.shape == (100, 4, 17, 2)
    counted = error[..., 0, 0] / 0.5
    assert counted[::2].max() < 9 * 1.3 + 1e-3  # never of the other sequence
    assert counted[1::2].max() > 30


def test_errors_follow_each_other_as_they_did_and_stay_in_their_sequence(generator):
    people = body(0.3).expand(200, 6, 17, 2)
    error = bank_of_two().draw(people, torch.ones(200), torch.full((200,), 1 / 30), generator)[..., 0, 0]
    strength = error[:, -1:] / (error[:, -1:] / error.diff(dim=1)[:, -1:]).round().clamp(min=1)
    frames = error / strength
    steps = frames.diff(dim=1)[torch.isfinite(frames).all(1)]
    assert ((steps - steps.round()).abs() < 1e-3).all()
    assert (steps > -1e-3).all()
    assert (steps < 1 + 1e-3).all()


def test_a_slower_camera_takes_errors_further_apart(generator):
    people = body(-0.3).expand(300, 3, 17, 2)
    error = bank_of_two().draw(people, torch.ones(300), torch.full((300,), 3 / 30), generator)[..., 0, 0]
    late = error[error[:, 0] > 0]  # reaches back to a frame after the first
    ratio = late.diff(dim=1)
    assert torch.allclose(ratio[:, 0], ratio[:, 1], rtol=1e-3)


def recorded_scene(scene, landmarks="full", rate_hz=25.0):
    """A body that moves by a pixel a frame, found two pixels aside; in standing heights of 10 px."""
    true = np.zeros((5, 21, 2)) + np.arange(21)[:, None]
    detected = true + 2.0
    detected[0] = detected[3] = np.nan  # nobody yet; nobody for a frame
    moved = true + np.arange(5)[:, None, None]
    return RecordedSequence(scene, landmarks, moved, detected, np.full(5, 10.0), rate_hz)


@pytest.fixture
def a_bank(tmp_path, monkeypatch):
    """Sixteen scenes seen by full, and two of them by heavy at another rate."""
    path = tmp_path / "assets" / recorded.BANK_FILE
    path.parent.mkdir()
    sequences = [recorded_scene(scene) for scene in range(16)]
    write_bank(path, [*sequences, recorded_scene(8, "heavy", 50.0), recorded_scene(9, "heavy", 50.0)])
    monkeypatch.setattr(recorded.resources, "files", lambda _: tmp_path)


def test_writing_and_reading_a_bank(a_bank):
    training, heldout = load_bank(CPU), load_bank(CPU, heldout=True)
    assert len(training.true) == 2 * 14 * 4  # with mirror images, two sequences kept out
    assert len(heldout.true) == 2 * 2 * 4
    assert training.rate_hz.unique().tolist() == [25]
    # Frame 3 has the keypoints of frame 2, while the person has moved on.
    assert training.error[:4, 0, 0].tolist() == pytest.approx([0.1, 0.0, -0.1, -0.2], abs=1e-3)
    half = len(training.true) // 2
    assert training.error[half : half + 4, 0, 0].tolist() == pytest.approx([-0.1, 0.0, 0.1, 0.2], abs=1e-3)
    assert training.first[half] == half
    assert training.first[half + 4] == half + 4


def test_after_half_a_second_without_anybody_a_motion_ends(tmp_path, monkeypatch):
    scene = recorded_scene(1, rate_hz=4.0)  # frame 3 is 0.25 s after the one that is repeated
    longer = replace(scene, scene=2, rate_hz=1.0)  # a second after
    for name, scenes in {"gap": [scene] * 16, "end": [longer] * 16}.items():
        path = tmp_path / name / "assets" / recorded.BANK_FILE
        path.parent.mkdir(parents=True)
        write_bank(path, scenes)
    monkeypatch.setattr(recorded.resources, "files", lambda _: tmp_path / "gap")
    assert load_bank(CPU).first[:4].tolist() == [0, 0, 0, 0]
    monkeypatch.setattr(recorded.resources, "files", lambda _: tmp_path / "end")
    assert load_bank(CPU).first[:6].tolist() == [0, 0, 2, 3, 3, 5]


def test_a_bank_knows_several_networks_and_keeps_the_same_scenes_out(a_bank):
    training, heldout = (load_bank(CPU, kept_out, "heavy") for kept_out in (False, True))
    assert len(training.true) == len(heldout.true) == 2 * 4
    assert training.rate_hz.unique().tolist() == [50]


def test_feet_are_read_by_name_and_mirrored(a_bank):
    with_feet = load_bank(CPU, skeleton=COCO_FEET21)
    toe, heel = COCO_FEET21.index("left_toe"), COCO_FEET21.index("right_heel")
    hips = np.mean(COCO_FEET21.hips)
    assert with_feet.true[0, toe].tolist() == pytest.approx([(toe - hips) / 10] * 2, abs=1e-3)
    mirrored = with_feet.true[len(with_feet.true) // 2]
    assert mirrored[COCO_FEET21.mirror[heel]].tolist() == pytest.approx(
        [(hips - heel) / 10, (heel - hips) / 10], abs=1e-3
    )
    assert torch.equal(with_feet.true[:, :17], load_bank(CPU).true)


@pytest.mark.parametrize("landmarks", LANDMARKS)
@pytest.mark.parametrize("heldout", [False, True], ids=["training", "held out"])
def test_the_bank_that_ships_is_whole(landmarks, heldout):
    bank = load_bank(CPU, heldout, landmarks, COCO_FEET21)
    assert torch.isfinite(bank.true).all()
    assert torch.isfinite(bank.error).all()
    assert 0.005 < bank.error.norm(dim=-1).median() < 0.04  # BlazePose: 1 to 3 % of the height
    assert ((bank.first >= 0) & (bank.first <= torch.arange(len(bank.true)))).all()


def network(widths, **about):
    config = TcnConfig(widths, 8, 5, 3, **about)
    return Network(random_net(config).arrays(), ModelCard("small", config, "turned"), "0" * 8)


def test_a_grown_network_answers_nearly_as_the_smaller_one():
    small = network((3, 3))
    larger = random_net(TcnConfig((3, 3, 3), 8, 5, 3), seed=1)
    for norm in larger.layers_bn[2:]:  # as a new network has them
        norm.reset_running_stats()
        torch.nn.init.ones_(norm.weight)
        torch.nn.init.zeros_(norm.bias)
    warm_start(larger, card_of(larger), small)
    window = torch.randn(4, 27, 5)
    before, after = small.net(window[:, -9:]), larger(window)
    assert (after - before).norm() < 0.2 * before.norm()
    assert not torch.equal(after, before)


def test_growing_with_as_many_blocks_is_the_same_network():
    small = network((3, 3))
    same = random_net(TcnConfig((3, 3), 8, 5, 3), seed=1)
    warm_start(same, card_of(same), small)
    window = torch.randn(2, 9, 5)
    assert torch.equal(same(window), small.net(window))


def test_a_network_that_takes_feet_too_begins_with_the_answers_of_the_one_that_takes_none():
    small = small_network((3, 3), mirrored=True)
    card = small_network((3, 3), mirrored=True, keypoints=COCO_FEET21).card
    larger = random_net(card.config, seed=1, mirrors=card.mirrors)
    warm_start(larger, card, small)
    rays = torch.rand(2, 9, 21, 2)
    ours, theirs = (
        net(features.encode(seen, features.hip_ray(seen)))
        for net, features, seen in (
            (larger, card.feature_set, rays),
            (small.net, small.card.feature_set, rays[:, :, COCO_FEET21.indices(COCO17.joints)]),
        )
    )
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_network_of_more_keypoints_is_no_beginning_of_one_of_fewer():
    more, fewer = (small_network((3, 3), keypoints=keypoints) for keypoints in (COCO_FEET21, COCO17))
    with pytest.raises(UsageError, match="it takes left_heel of coco-feet-21, which coco-17 lacks"):
        warm_start(random_net(fewer.card.config), fewer.card, more)


def card_of(net):
    return ModelCard("larger", net.config, "turned")


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (TcnConfig((3,), 8, 5, 3), r"filter widths \(3, 3\), which are not the first of \(3,\)"),
        (TcnConfig((3, 3), 4, 5, 3), "channels 8, but 4 is wanted"),
        (TcnConfig((3, 3), 8, 5, 3, causal=False), "causal True, but False is wanted"),
    ],
)
def test_what_is_no_beginning_is_refused(config, says):
    net = random_net(config)
    with pytest.raises(UsageError, match=f"--init-from small cannot initialise this network: {says}"):
        warm_start(net, card_of(net), network((3, 3)))


@pytest.mark.parametrize("name", ["features", "normalise", "skeleton_out"])
def test_weights_for_other_features_are_refused(name):
    """Of as many channels: only the card tells them apart."""
    small = network((3, 3))
    net = random_net(small.card.config, seed=1)
    before = net.arrays()
    other = {"features": "centred", "normalise": "width", "skeleton_out": "runner-18"}[name]
    small = replace(small, card=replace(small.card, **{name: other}))
    with pytest.raises(UsageError, match=f"{name} {other}, but {getattr(card_of(net), name)} is wanted") as fault:
        warm_start(net, card_of(net), small)
    assert "\n" not in str(fault.value)
    assert all(np.array_equal(array, before[key]) for key, array in net.arrays().items())


def test_weights_of_one_view_are_no_beginning_of_a_mirrored_network():
    small = small_network((3, 3))
    mirrored = small_network((3, 3), mirrored=True).card
    with pytest.raises(UsageError, match="mirrored False, but True is wanted"):
        warm_start(random_net(mirrored.config), mirrored, small)
