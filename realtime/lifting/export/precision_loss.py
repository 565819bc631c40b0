"""Precision loss of a quantised network: its error before and after, on motion that it was
not trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...metrics import about_hips, mpjpe
from ...pose import Array
from ...skeleton import H36M17, LIMB_JOINTS
from ..model_files import Network
from .parity import RUNNERS, own_joints

_LIMBS = H36M17.indices(LIMB_JOINTS)


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
    """Sequences of rays (T, 17, 2) of at least a window each, and true limb joints (T', 12, 3)
    of the last T' frames of each."""

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
    answers = own_joints(network, rays), RUNNERS[form](session, rays, network.card.config.receptive_field)
    count = min(len(true), *map(len, answers))
    before, after = (about_hips(joints[-count:], H36M17)[:, _LIMBS] for joints in answers)
    return before, after, true[-count:]
