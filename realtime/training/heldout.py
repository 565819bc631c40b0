"""How good a network is on people it was not trained on, with detector-like noise."""

from __future__ import annotations

import torch

from ..features import FEATURES, hip_ray
from ..geometry import TcnConfig
from ..metrics import about_hips, scores_mm
from ..skeleton import H36M17, LIMB_JOINTS
from ..tcn import TemporalConvNet
from .batches import Batch, Recipe, Sampler
from .corpora import Motions

_SEED = 20210
_FRAMES_APART = 2.0  # 30 frames a second
_BATCH = 512
_WINDOW = 243


def heldout_batch(motions: Motions, config: TcnConfig, size: int, device: torch.device) -> Batch:
    """Always the same samples: bodies as recorded, views and noise as in training.  Causal
    networks get the newest frames of the same windows, however many they see, so that they
    can be compared; symmetric ones have samples of their own."""
    field = config.receptive_field
    window = max(field, _WINDOW) if config.causal else field
    recipe = Recipe(window, answered_frame(config), step=(_FRAMES_APART, _FRAMES_APART), body=None)
    sampler = Sampler(motions, recipe, device, _SEED, heldout=True)
    rays, joints = [], []
    for done in range(0, size, _BATCH):
        batch = sampler.draw(min(_BATCH, size - done))
        rays.append(batch.rays[:, -field:].clone())
        joints.append(batch.joints)
    return Batch(torch.cat(rays), torch.cat(joints), recipe.answer)


def answered_frame(config: TcnConfig) -> int:
    """Which frame of its window a network answers for."""
    return -1 if config.causal else config.receptive_field // 2


@torch.no_grad()
def heldout_scores(net: TemporalConvNet, features: str, batch: Batch) -> dict[str, float]:
    """MPJPE, PA-MPJPE and N-MPJPE in mm over 12 limb joints about the hips.  The samples
    are single moments, so there is no velocity."""
    training = net.training
    net.eval()
    encode, decode = FEATURES[features].encode, FEATURES[features].decode
    outputs = [net.forward_window(encode(rays, hip_ray(rays))) for rays in batch.rays.split(_BATCH)]
    net.train(training)
    joints = decode(torch.cat(outputs), hip_ray(batch.answered))
    limbs = H36M17.indices(LIMB_JOINTS)
    predicted, true = (about_hips(j.cpu().numpy(), H36M17)[:, limbs] for j in (joints, batch.joints))
    return {name: score for name, score in scores_mm(predicted, true).items() if name != "MPJVE"}
