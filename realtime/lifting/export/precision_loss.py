"""Precision loss of a quantised network: its error before and after, on motion that it was
not trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...camera import DEFAULT_FOV_DEG
from ...metrics import about_hips, mpjpe
from ...pose import Array
from ...skeleton import LIMB_JOINTS
from ..model_files import Network
from .parity import RUNNERS, own_joints

# Half the width of a landscape image at distance 1, for networks whose input is scaled to -1..1.
_HALF_WIDTH = np.tan(np.radians(DEFAULT_FOV_DEG) / 2)


@dataclass(frozen=True)
class PrecisionLoss:
    """Millimetres over 12 limb joints about the hips: MPJPE in 32 bits and in fewer, and how
    far the joints moved, mean and maximum.  `motion` names the motion."""

    motion: str
    before_mm: float
    after_mm: float
    moved_mm: float
    moved_most_mm: float

    def __str__(self) -> str:
        return (
            f"{self.motion}: MPJPE {self.after_mm:.2f} mm, {self.before_mm:.2f} mm before "
            f"({self.after_mm - self.before_mm:+.2f} mm); joints moved by {self.moved_mm:.2f} mm, "
            f"at most {self.moved_most_mm:.1f} mm"
        )


@dataclass(frozen=True, eq=False)
class Motion:
    """Sequences of rays (T, 17, 2) of at least a window each, through a camera of the assumed field
    of view, and true limb joints (T', 12, 3) of the last T' frames of each."""

    name: str
    rays: list[Array]
    true: list[Array]


def loss(network: Network, session: Any, form: str, motion: Motion) -> PrecisionLoss:
    """The loss of an exported network (`session`, `form`) against the network it was exported from."""
    poses = [_three(network, session, form, *one) for one in zip(motion.rays, motion.true, strict=True)]
    was, now, right = (1000 * np.concatenate(parts) for parts in zip(*poses, strict=True))
    moved = np.linalg.norm(was - now, axis=-1)
    before, after = (float(mpjpe(answer, right).mean()) for answer in (was, now))
    return PrecisionLoss(motion.name, before, after, float(moved.mean()), float(moved.max()))


def _three(network: Network, session: Any, form: str, rays: Array, true: Array) -> tuple[Array, Array, Array]:
    """A sequence's limb joints before, after and in truth, as many frames of each."""
    if network.card.normalise == "width":
        rays = (rays / _HALF_WIDTH).astype(np.float32)
    answers = own_joints(network, rays), RUNNERS[form](session, rays, network.card.config.receptive_field)
    count = min(len(true), *map(len, answers))
    skeleton = network.card.joints
    limbs = skeleton.indices(LIMB_JOINTS)
    before, after = (about_hips(joints[-count:], skeleton)[:, limbs] for joints in answers)
    return before, after, true[-count:]
