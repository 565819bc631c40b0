"""The transformer: its published size, its tokens, and that it answers for every frame."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from support.networks import dst_config, random_dst
from torch import nn

from realtime.lifting.features import feature_set, mirrors
from realtime.lifting.transformer.config import DstConfig, config_of_state, read_config
from realtime.lifting.transformer.network import DSTformer, network_of
from realtime.lifting.transformer.tokens import tokens_of
from realtime.skeleton import COCO17, COCO_FEET21, H36M17

TURNED = feature_set("turned", COCO_FEET21)
FED_RAYS = dst_config(inputs=TURNED.channels, keypoints=21, token_inputs=5)


def test_the_published_size():
    with torch.device("meta"):
        net = DSTformer(DstConfig())
    assert sum(p.numel() for p in net.parameters()) == 42_466_317
    assert {name: tuple(p.shape) for name, p in net.state_dict().items()} == DstConfig().shapes()


def test_its_arrays_tell_its_sizes():
    net = random_dst(dst_config(9, 24, mlp_ratio=3, depth=1))
    assert config_of_state(net.arrays()) == net.config
    assert read_config(asdict(net.config)) == net.config


@pytest.mark.parametrize(
    "wrong",
    [
        {"heads": 3},
        {"depth": 0},
        {"inputs": 50},
        {"token_inputs": 2.0},
        {"mirrored": 1},
        {"joints_out": 18},
        {"layers": 2},
        {"channels": 1 << 20},
    ],
)
def test_sizes_that_make_no_network(wrong):
    with pytest.raises((ValueError, TypeError)):
        read_config(asdict(dst_config()) | wrong)


def test_the_tokens_by_hand():
    rng = np.random.default_rng(0)
    found = rng.normal(size=(5, 21, 2)).astype(np.float32)
    at = dict(zip(COCO_FEET21.joints, found.swapaxes(0, 1), strict=True))
    tokens = dict(zip([*H36M17.joints, *COCO_FEET21.joints[17:]], (tokens_of(21) @ found).swapaxes(0, 1), strict=True))
    pelvis, neck = ((at[f"left_{part}"] + at[f"right_{part}"]) / 2 for part in ("hip", "shoulder"))
    made = {"pelvis": pelvis, "neck": neck, "spine": (pelvis + neck) / 2}
    made["head_top"] = (at["left_eye"] + at["right_eye"]) / 2
    for name, token in tokens.items():
        np.testing.assert_allclose(token, made.get(name, at.get(name)), atol=1e-6)
    assert np.array_equal(tokens_of(17), tokens_of(21)[:17, :17])
    with pytest.raises(ValueError, match="17 or 21 keypoints, not 26"):
        tokens_of(26)


@pytest.mark.parametrize("config", [dst_config(), FED_RAYS])
def test_every_frame_of_a_clip_is_answered_for(config):
    net = random_dst(replace(config, mirrored=False))
    clips = torch.randn(2, 16, config.inputs)
    joints = net(clips)
    assert joints.shape == (2, 16, 17, 3)
    assert torch.allclose(net(clips[1:]), joints[1:], atol=1e-5)
    assert torch.equal(net.forward_window(clips), joints[:, 16 - 1 - config.lookahead])
    assert net(clips[:, :3]).shape == (2, 3, 17, 3)
    for wrong in (torch.randn(2, 17, config.inputs), clips[0], clips[..., 1:]):
        with pytest.raises(ValueError, match="at most 16"):
            net(wrong)


def test_an_answer_depends_on_every_joint_and_every_frame():
    net = random_dst(dst_config(mirrored=False))
    clip = torch.randn(1, 16, 51)
    joints = net(clip)
    for frame, keypoint in ((0, 0), (15, 5), (8, 16)):
        changed = clip.clone()
        changed[0, frame, 3 * keypoint] += 1
        assert ((net(changed) - joints).abs().amax(-1) > 1e-6).all()


@pytest.mark.parametrize(
    ("config", "features"),
    [(dst_config(), feature_set("scored", COCO17)), (FED_RAYS, TURNED)],
    ids=["scored", "turned"],
)
def test_the_mirror_image_is_answered_for_by_the_mirrored_answer(config, features):
    about = mirrors(features, H36M17)
    net = random_dst(config, mirrors=about)
    clip = torch.randn(1, 16, config.inputs)
    mirrored = about.joints(net(clip).flatten(-2)).unflatten(-1, (17, 3))
    assert torch.allclose(net(about.channels(clip)), mirrored, atol=1e-5)
    with pytest.raises(ValueError, match="mirror image"):
        DSTformer(config)


def test_a_block_by_an_independent_way():
    """PyTorch's own attention with the same weights gives the same."""
    net = random_dst(dst_config())
    attention = net.blocks_st[0].attn_s
    own = nn.MultiheadAttention(16, 8, batch_first=True).eval()
    own.load_state_dict(
        {
            "in_proj_weight": attention.qkv.weight,
            "in_proj_bias": attention.qkv.bias,
            "out_proj.weight": attention.proj.weight,
            "out_proj.bias": attention.proj.bias,
        }
    )
    x = torch.randn(3, 5, 17, 16)
    rows = x.flatten(0, 1)
    assert torch.allclose(attention(x).flatten(0, 1), own(rows, rows, rows, need_weights=False)[0], atol=1e-5)


def test_it_is_the_same_from_its_arrays():
    net = random_dst(FED_RAYS, mirrors=mirrors(TURNED, H36M17))
    again = network_of(net.config, net.arrays(), mirrors(TURNED, H36M17))
    clip = torch.randn(1, 7, FED_RAYS.inputs)
    assert torch.equal(net(clip), again(clip))
