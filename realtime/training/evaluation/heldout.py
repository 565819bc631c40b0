"""How good a network is on people it was not trained on, with detector-like noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...camera import DEFAULT_FOV_DEG
from ...lifting.features import feature_set
from ...lifting.tcn.config import TcnConfig
from ...lifting.tcn.network import TemporalConvNet
from ...metrics import Array, about_hips, joint_errors_mm
from ...skeleton import COCO17, H36M17, LIMB_JOINTS
from ..mocap.corpora import Motions
from ..synthesis.batches import Recipe, Sampler

_SEED = 20210
_FRAMES_APART = 2.0  # 30 frames a second
_BATCH = 128  # larger ones outgrow a CPU's caches
# Frames before and after an answered one of the longest windows, 243, causal and symmetric: they
# are drawn for every network, so that all are compared on the same moments with the same noise.
_PAST, _FUTURE = 242, 121
# Of the picture at distance 1, if it is wider than high: networks that are fed its -1..1.
_HALF_WIDTH = math.tan(math.radians(DEFAULT_FOV_DEG) / 2)
_LIMBS = H36M17.indices(LIMB_JOINTS)


@dataclass(frozen=True, eq=False)
class HeldoutSamples:
    """HeldoutSamples of a motion, and a frame earlier: `joints` (B, 2, 17, 3) of both, H36M-17, camera
    axes, metres, about the pelvis.  `rays` (B, T, 17, 2) as the program would have them,
    COCO-17, the moments being the frame `now`; `row` (B,) of the motion."""

    rays: Tensor
    joints: Tensor
    now: int
    row: Tensor

    def seen_by(self, config: TcnConfig) -> Tensor:
        """Rays (B, field + 1, 17, 2): without the newest frame what a network sees for the
        frame before, without the oldest what it sees for the moment."""
        return self.rays[:, self.now - 1 - _past(config) : self.now + 1 + config.lookahead]


def heldout_samples(motions: Motions, configs: Sequence[TcnConfig], size: int, device: torch.device) -> HeldoutSamples:
    """Always the same moments with all that these networks see of them: bodies as recorded,
    views and noise as in training.  Past a clip's ends its first and last poses are repeated."""
    before, after = max(map(_past, configs)), max(config.lookahead for config in configs)
    now, future = max(before, _PAST) + 1, max(after, _FUTURE)
    recipe = Recipe(now + 1 + future, now, step=(_FRAMES_APART, _FRAMES_APART), body=None)
    sampler = Sampler(motions, recipe, device, _SEED, heldout=True)
    rays, joints, rows = [], [], []
    for done in range(0, size, _BATCH):
        scenes = sampler.scenes(min(_BATCH, size - done))
        rays.append(scenes.rays[:, now - 1 - before : now + 1 + after].clone())
        joints.append(torch.stack([scenes.joints(now - 1), scenes.joints(now)], 1))
        rows.append(scenes.row)
    return HeldoutSamples(torch.cat(rays), torch.cat(joints), before + 1, torch.cat(rows))


def heldout_batch(motions: Motions, config: TcnConfig, size: int, device: torch.device) -> HeldoutSamples:
    """The moments, with what one network sees of them."""
    return heldout_samples(motions, (config,), size, device)


def answered_frame(config: TcnConfig) -> int:
    """Which frame of its window a network answers for."""
    return -1 - config.lookahead


def _past(config: TcnConfig) -> int:
    """Frames that an output sees before the one it answers for."""
    return config.receptive_field - 1 - config.lookahead


@torch.no_grad()
def heldout_answers(net: TemporalConvNet, features: str, moments: HeldoutSamples, normalise: str = "rays") -> Tensor:
    """Joints (B, 2, 17, 3) in camera axes of the frames before the moments and the moments."""
    training = net.training
    net.eval()
    fed = feature_set(features, COCO17)
    first = _past(net.config)
    answers = []
    for seen in moments.seen_by(net.config).split(_BATCH):
        rays = seen / _HALF_WIDTH if normalise == "width" else seen
        hips = fed.hip_ray(rays)
        channels = fed.encode(rays, hips)
        pair = [net.forward_window(window) for window in (channels[:, :-1], channels[:, 1:])]
        answers.append(fed.decode(torch.stack(pair, 1), hips[:, first : first + 2]))
    net.train(training)
    return torch.cat(answers)


def heldout_errors(
    net: TemporalConvNet, features: str, moments: HeldoutSamples, normalise: str = "rays"
) -> dict[str, Array]:
    """Every metric in mm (B, 12) of the limb joints about the hips."""
    answers = heldout_answers(net, features, moments, normalise)
    (before, now), (true_before, true) = (
        [about_hips(pair[:, i].cpu().numpy(), H36M17)[:, _LIMBS] for i in range(2)]
        for pair in (answers, moments.joints)
    )
    return joint_errors_mm(now, true, before, true_before)


def heldout_scores(net: TemporalConvNet, features: str, moments: HeldoutSamples) -> dict[str, float]:
    """The means of the errors over moments and joints."""
    return {name: float(np.mean(error)) for name, error in heldout_errors(net, features, moments).items()}
