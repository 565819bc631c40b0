"""The training loop: AdamW on a cosine, an average of the weights, resumable."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..lifting.tcn.network import TemporalConvNet
from ..skeleton import H36M17
from .pool import Pool

# Far joints are the hardest and the ones people look at; head and spine are synthesised.
_JOINT_WEIGHT = {
    "pelvis": 0.0,
    "spine": 0.3,
    "neck": 0.5,
    "nose": 0.4,
    "head_top": 0.4,
    "hip": 1.0,
    "shoulder": 1.0,
    "knee": 1.2,
    "elbow": 1.3,
    "ankle": 1.5,
    "wrist": 1.5,
}


# Of the products in the layers; weights, loss and optimizer are float32 always.  bfloat16 has
# float32's range, so its gradients need no scaling.
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn.  Exactly one of `steps` and `minutes` is given.
    `precision`: a name of PRECISIONS."""

    steps: int | None = None
    minutes: float | None = None
    batch: int = 512
    learning_rate: float = 5e-3
    weight_decay: float = 0.1
    warm_up: float = 0.02  # share of the training over which the rate rises
    last_rate: float = 0.005  # of the rate, at the end of the cosine
    ema_decay: float = 0.998
    gradient_limit: float = 1.0
    precision: str = "float32"

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("a plan wants either steps or minutes")

    def rate(self, done: float) -> float:
        """Learning rate when a share `done` of the training is behind."""
        rising = min(1.0, (done + 1e-4) / self.warm_up) if self.warm_up else 1.0
        cosine = (1 + math.cos(math.pi * min(done, 1.0))) / 2
        return self.learning_rate * rising * (self.last_rate + (1 - self.last_rate) * cosine)


def joint_loss(predicted: Tensor, wanted: Tensor) -> Tensor:
    """Weighted mean distance (m) of joints (B, 17, 3), each pose about its own pelvis."""
    weight = torch.tensor([_weight(name) for name in H36M17.joints], device=predicted.device)
    root = H36M17.root
    distance = ((predicted - predicted[:, root, None]) - (wanted - wanted[:, root, None])).norm(dim=-1)
    loss: Tensor = (distance * weight).sum() / (weight.sum() * len(predicted))
    return loss


def _weight(joint: str) -> float:
    return _JOINT_WEIGHT.get(joint, _JOINT_WEIGHT.get(joint.rpartition("_")[2], 1.0))


class Training:
    """One run.  `net` learns; `average`, the exponential mean of its weights, is what ships.
    Iterate for the loss of each step until the plan is done."""

    def __init__(self, net: TemporalConvNet, pool: Pool, plan: Plan) -> None:
        self.net = net
        self.plan = plan
        self.step = 0
        self.elapsed_s = 0.0
        self._pool = pool
        self.average = copy.deepcopy(net).requires_grad_(False).eval()
        self._optimizer = torch.optim.AdamW(net.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay)

    @property
    def done(self) -> float:
        """Share of the training that is behind, 0..1."""
        if self.plan.steps is not None:
            return min(1.0, self.step / max(self.plan.steps, 1))
        return min(1.0, self.elapsed_s / 60 / max(self.plan.minutes or 0, 1e-9))

    def __iter__(self) -> Iterator[float]:
        self.net.train()
        while self.done < 1.0:
            began = time.perf_counter()
            loss = self._learn()
            self.elapsed_s += time.perf_counter() - began
            yield loss

    def _learn(self) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = self.plan.rate(self.done)
        inputs, wanted = self._pool.take()
        precision = PRECISIONS[self.plan.precision]
        with torch.autocast(inputs.device.type, precision, enabled=precision != torch.float32):
            predicted = self.net.forward_window(inputs)
        loss = joint_loss(predicted.float(), wanted)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.plan.gradient_limit)
        self._optimizer.step()
        self.step += 1
        self._update_average()
        return float(loss.detach())

    @torch.no_grad()
    def _update_average(self) -> None:
        # Shorter at first, so that the random weights of the beginning are soon forgotten.
        decay = min(self.plan.ema_decay, (1 + self.step) / (10 + self.step))
        for mean, now in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - decay)
            else:
                mean.copy_(now)

    def state(self) -> dict[str, Any]:
        """All that decides how the run goes on: tensors and plain numbers only, so that
        it can be loaded without running code."""
        return {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "pool": self._pool.state(),
            "random": torch.get_rng_state(),
            "step": self.step,
            "elapsed_s": self.elapsed_s,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state()` of an earlier run with the same network and plan."""
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._pool.restore(state["pool"])
        torch.set_rng_state(state["random"].cpu())
        self.step, self.elapsed_s = int(state["step"]), float(state["elapsed_s"])
