"""The training loop: AdamW with a cosine schedule and an exponential moving average (EMA), resumable."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from ..lifting.tcn.network import TemporalConvNet
from ..skeleton import H36M17
from .captured import CapturedStep
from .pool import Pool

# Distal joints are the hardest and the most visible; head and spine points are synthetic.
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


# Precision of the autocast layers; weights, loss and optimizer are always float32.  bfloat16 has
# the range of float32, so no gradient scaling is needed.
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Plan:
    """Length and optimizer settings of a training.  Exactly one of `steps` and `minutes` must
    be given.  `precision`: a key of PRECISIONS."""

    steps: int | None = None
    minutes: float | None = None
    batch: int = 512
    learning_rate: float = 5e-3
    weight_decay: float = 0.1
    warm_up: float = 0.02  # fraction of the training with a rising learning rate
    last_rate: float = 0.005  # final learning rate as a fraction of `learning_rate`
    ema_decay: float = 0.998
    gradient_limit: float = 1.0
    precision: str = "float32"

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("a plan requires either steps or minutes")

    def rate(self, done: float) -> float:
        """Learning rate after a fraction `done` of the training."""
        rising = min(1.0, (done + 1e-4) / self.warm_up) if self.warm_up else 1.0
        cosine = (1 + math.cos(math.pi * min(done, 1.0))) / 2
        return self.learning_rate * rising * (self.last_rate + (1 - self.last_rate) * cosine)


def joint_loss(predicted: Tensor, target: Tensor) -> Tensor:
    """Weighted mean distance (m) of joints (B, 17, 3), each pose relative to its own pelvis."""
    weight = _weights(predicted.device)
    root = H36M17.root
    distance = ((predicted - predicted[:, root, None]) - (target - target[:, root, None])).norm(dim=-1)
    loss: Tensor = (distance * weight).sum() / (weight.sum() * len(predicted))
    return loss


@cache  # a recorded step cannot copy them to the GPU
def _weights(device: torch.device) -> Tensor:
    return torch.tensor([_weight(name) for name in H36M17.joints], device=device)


def _weight(joint: str) -> float:
    return _JOINT_WEIGHT.get(joint, _JOINT_WEIGHT.get(joint.rpartition("_")[2], 1.0))


class Training:
    """One training run.  `net` is optimised; `average`, the exponential moving average of its
    weights, is the result.  Iterate to train; each step yields its loss (m), on the device."""

    def __init__(self, net: TemporalConvNet, pool: Pool, plan: Plan) -> None:
        self.net = net
        self.plan = plan
        self.step = 0
        self.elapsed_s = 0.0
        self._pool = pool
        self.average = copy.deepcopy(net).requires_grad_(False).eval()
        self._device = next(net.parameters()).device
        on_gpu = self._device.type == "cuda"
        # On the device, where a recorded step reads them.
        self._rate = torch.tensor(plan.learning_rate, device=self._device)
        self._follow = torch.tensor(1.0, device=self._device)  # how far the average moves
        self._optimizer = torch.optim.AdamW(
            net.parameters(), lr=self._rate, weight_decay=plan.weight_decay, capturable=on_gpu, fused=True
        )
        self._averaged = [
            pair
            for pair in zip(self.average.state_dict().values(), net.state_dict().values(), strict=True)
            if pair[0].is_floating_point()
        ]
        self._learn = CapturedStep(self._learn_from) if on_gpu else self._learn_from

    @property
    def done(self) -> float:
        """Fraction of the training that is complete, 0..1."""
        if self.plan.steps is not None:
            return min(1.0, self.step / max(self.plan.steps, 1))
        return min(1.0, self.elapsed_s / 60 / max(self.plan.minutes or 0, 1e-9))

    def __iter__(self) -> Iterator[Tensor]:
        self.net.train()
        while self.done < 1.0:
            started = time.perf_counter()
            loss = self._train_step()
            self.elapsed_s += time.perf_counter() - started
            yield loss

    def _train_step(self) -> Tensor:
        self._rate.fill_(self.plan.rate(self.done))
        self.step += 1
        # The average follows faster at first, so that the random initial weights are discarded quickly.
        self._follow.fill_(1 - min(self.plan.ema_decay, (1 + self.step) / (10 + self.step)))
        return self._learn(*self._pool.take())

    def _learn_from(self, inputs: Tensor, targets: Tensor) -> Tensor:
        precision = PRECISIONS[self.plan.precision]
        # Without autocast's cache of weights, which would be recorded at their first value.
        with torch.autocast(
            self._device.type, precision, enabled=precision != torch.float32, cache_enabled=self._device.type == "cpu"
        ):
            predicted = self.net.forward_window(inputs)
        loss = joint_loss(predicted.float(), targets)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.plan.gradient_limit)
        self._optimizer.step()
        self._update_average()
        return loss.detach()

    @torch.no_grad()
    def _update_average(self) -> None:
        for mean, current in self._averaged:
            mean.lerp_(current, self._follow)

    def state(self) -> dict[str, Any]:
        """Everything needed to resume the run: tensors and plain numbers only, so that it can
        be loaded without executing code."""
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
        """Resume from the `state()` of an earlier run with the same network and plan."""
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._pool.restore(state["pool"])
        torch.set_rng_state(state["random"].cpu())
        # The recorded step reads the rate from this tensor, and a checkpoint holds another one.
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate
        self.step, self.elapsed_s = int(state["step"]), float(state["elapsed_s"])
