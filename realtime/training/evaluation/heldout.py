"""Accuracy of a network on held-out people, with simulated detector noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...camera import DEFAULT_FOV_DEG
from ...lifting.features import FeatureSet
from ...metrics import Array, about_hips, joint_errors_mm
from ...pose import ASSUMED_HEIGHT_M
from ...skeleton import COCO17, H36M17, LIMB_JOINTS, Skeleton
from ..mocap.corpora import Motions
from ..networks import LiftingNet, NetConfig
from ..synthesis.batches import Recipe, Sampler
from ..synthesis.targets import TARGETS, target_joints

_SEED = 20210
_FRAME_STEP = 2.0  # of 60 Hz frames: 30 frames per second
_BATCH = 128  # larger batches exceed the CPU caches
# Frames before and after the target frame in the longest windows, 243, causal and symmetric.  They
# are drawn for every network, so that all are compared on the same samples with the same noise.
_PAST, _FUTURE = 242, 121
# Half the width of a landscape image at distance 1, for networks whose input is scaled to -1..1.
_HALF_WIDTH = math.tan(math.radians(DEFAULT_FOV_DEG) / 2)


@dataclass(frozen=True, eq=False)
class HeldoutSamples:
    """Input windows and ground truth of held-out people.  `rays` (B, T, J, 2) are noisy
    `keypoints` as in live use; the target is the frame `now`.  `points` (B, 2, 25, 3) are the true bodies
    of the frame before it and of the frame itself, in camera axes, metres.  `row` (B,) is the row of the target in
    the motion, `height_m` (B,) how tall the people are."""

    rays: Tensor
    points: Tensor
    now: int
    row: Tensor
    height_m: Tensor
    keypoints: Skeleton = COCO17

    def joints(self, skeleton: Skeleton = H36M17) -> Tensor:
        """The true joints (B, 2, J, 3) of both frames, relative to the root, of a skeleton of targets.TARGETS."""
        return target_joints(self.points, skeleton)

    def seen_by(self, config: NetConfig, keypoints: Skeleton = COCO17) -> Tensor:
        """Rays (B, receptive field + 1, J, 2) of some of the keypoints: without the last frame, the input
        window of a network for the frame before the target; without the first, that for the target."""
        rays = self.rays[:, self.now - 1 - _past(config) : self.now + 1 + config.lookahead]
        return rays if keypoints is self.keypoints else rays[:, :, self.keypoints.indices(keypoints.joints)]


def heldout_samples(
    motions: Motions,
    configs: Sequence[NetConfig],
    size: int,
    device: torch.device,
    keypoints: Skeleton = COCO17,
    landmarks: str = "full",
) -> HeldoutSamples:
    """The same samples in every call, with the frames that these networks need: bodies as
    recorded, views and noise as in training, of these `keypoints` and recorded with this network.  Beyond
    the ends of a clip its first and last poses are repeated."""
    before, after = max(map(_past, configs)), max(config.lookahead for config in configs)
    now, future = max(before, _PAST) + 1, max(after, _FUTURE)
    recipe = Recipe(
        now + 1 + future,
        now,
        step=(_FRAME_STEP, _FRAME_STEP),
        body=None,
        keypoints=keypoints.name,
        landmarks=landmarks,
    )
    sampler = Sampler(motions, recipe, device, _SEED, heldout=True)
    rays, points, rows, heights = [], [], [], []
    for done in range(0, size, _BATCH):
        scenes = sampler.scenes(min(_BATCH, size - done))
        rays.append(scenes.rays[:, now - 1 - before : now + 1 + after].clone())
        points.append(torch.stack([scenes.seen(now - 1), scenes.seen(now)], 1))
        rows.append(scenes.row)
        heights.append(scenes.height_m)
    return HeldoutSamples(
        torch.cat(rays), torch.cat(points), before + 1, torch.cat(rows), torch.cat(heights), keypoints
    )


def heldout_batch(
    motions: Motions,
    config: NetConfig,
    size: int,
    device: torch.device,
    keypoints: Skeleton = COCO17,
    landmarks: str = "full",
) -> HeldoutSamples:
    """`heldout_samples` for one network."""
    return heldout_samples(motions, (config,), size, device, keypoints, landmarks)


def answered_frame(config: NetConfig) -> int:
    """Index of the target frame in a network's window."""
    return -1 - config.lookahead


def _past(config: NetConfig) -> int:
    """Number of frames before the target frame in a network's window."""
    return config.receptive_field - 1 - config.lookahead


@torch.no_grad()
def heldout_answers(net: LiftingNet, features: FeatureSet, samples: HeldoutSamples, normalise: str = "rays") -> Tensor:
    """Predicted joints (B, 2, J, 3), camera axes, of the frames before the targets and of the targets."""
    training = net.training
    net.eval()
    first = _past(net.config)
    predictions = []
    for window in samples.seen_by(net.config, features.skeleton).split(_BATCH):
        rays = window / _HALF_WIDTH if normalise == "width" else window
        hips = features.hip_ray(rays)
        channels = features.encode(rays, hips)
        pair = [net.forward_window(inputs) for inputs in (channels[:, :-1], channels[:, 1:])]
        predictions.append(features.decode(torch.stack(pair, 1), hips[:, first : first + 2]))
    net.train(training)
    return torch.cat(predictions)


def heldout_errors(
    net: LiftingNet,
    features: FeatureSet,
    samples: HeldoutSamples,
    normalise: str = "rays",
    joints: Skeleton = H36M17,
    height_m: float | None = None,
    *,
    told: bool = False,
) -> dict[str, Array]:
    """Every metric in mm (B, 12) of the limb joints relative to the hips, as `joints`, the skeleton that the
    network answers with, means them, or Human3.6M where no truth is known of that.  `height_m` how tall the person is
    that it answers for; `told`: everybody's own height."""
    predictions = heldout_answers(net, features, samples, normalise)
    known = joints if joints.name in TARGETS else H36M17
    if told or height_m is not None:
        person_m = samples.height_m if told else torch.full_like(samples.height_m, ASSUMED_HEIGHT_M)
        predictions = predictions * (person_m / (height_m or ASSUMED_HEIGHT_M))[:, None, None, None]
    (before, now), (true_before, true) = (
        [about_hips(pair[:, i].cpu().numpy(), skeleton)[:, skeleton.indices(LIMB_JOINTS)] for i in range(2)]
        for pair, skeleton in ((predictions, joints), (samples.joints(known), known))
    )
    return joint_errors_mm(now, true, before, true_before)


def heldout_scores(
    net: LiftingNet,
    features: FeatureSet,
    samples: HeldoutSamples,
    height_m: float | None = None,
    joints: Skeleton = H36M17,
    *,
    told: bool = False,
) -> dict[str, float]:
    """The means of the errors over samples and joints; `height_m`, `joints` and `told` as in `heldout_errors`."""
    errors = heldout_errors(net, features, samples, joints=joints, height_m=height_m, told=told)
    return {name: float(np.mean(error)) for name, error in errors.items()}
