"""The training loop: AdamW with a cosine schedule and an exponential moving average (EMA), resumable."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from ..skeleton import H36M17, Skeleton
from .captured import CapturedStep, Step
from .loss import bone_loss, joint_loss, scaled_loss, velocity_loss
from .networks import LiftingNet
from .plan import Phase, Plan
from .pool import Batches

# Precision of the autocast layers; weights, loss and optimizer are always float32.  bfloat16 has
# the range of float32, so no gradient scaling is needed.
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Training:
    """One training run.  `net` is optimised; `average`, the exponential moving average of its
    weights, is the result.  Iterate to train; each step yields its loss (m), on the device.
    `joints`: the skeleton that the network answers with."""

    def __init__(self, net: LiftingNet, pool: Batches, plan: Plan, joints: Skeleton = H36M17) -> None:
        self.net = net
        self.plan = plan
        self._joints = joints
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
        self._on_gpu = on_gpu
        self._phase: Phase | None = None
        self._learn: Step = self._learn_from

    @property
    def done(self) -> float:
        """Fraction of the training that is complete, 0..1."""
        if self.plan.steps is not None:
            return min(1.0, self.step / max(self.plan.steps, 1))
        return min(1.0, self.elapsed_s / 60 / max(self.plan.minutes or 0, 1e-9))

    def __iter__(self) -> Iterator[Tensor]:
        while self.done < 1.0:
            started = time.perf_counter()
            loss = self._train_step()
            self.elapsed_s += time.perf_counter() - started
            yield loss

    def _train_step(self) -> Tensor:
        if (phase := self.plan.phase(self.done)) is not self._phase:
            self._begin(phase)
        self._rate.fill_(self.plan.rate(self.done))
        self.step += 1
        # The average follows faster at first, so that the random initial weights are discarded quickly.
        self._follow.fill_(1 - min(self.plan.ema_decay, (1 + self.step) / (10 + self.step)))
        return self._learn(*self._pool.take())

    def _begin(self, phase: Phase) -> None:
        """Freeze what a phase does not train: weights, and the statistics of batch norms."""
        self._phase = phase
        self.net.train()
        for name, layer in self.net.named_children():
            is_trained = phase.alone in (None, name)
            layer.train(is_trained).requires_grad_(is_trained)
            if not is_trained:
                layer.zero_grad()  # so that the optimizer leaves it as it is
        self._learn = CapturedStep(self._learn_from) if self._on_gpu else self._learn_from

    def _learn_from(self, inputs: Tensor, targets: Tensor) -> Tensor:
        precision = PRECISIONS[self.plan.precision]
        # Without autocast's cache of weights, which would be recorded at their first value.
        with torch.autocast(
            self._device.type, precision, enabled=precision != torch.float32, cache_enabled=self._device.type == "cpu"
        ):
            predicted = self.net.answers(inputs)
        loss = self._loss(predicted.float(), targets)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.plan.gradient_limit)
        self._optimizer.step()
        self._update_average()
        return loss.detach()

    def _loss(self, predicted: Tensor, targets: Tensor) -> Tensor:
        plan, loss = self.plan, joint_loss(predicted, targets, self._joints)
        for weight, error in ((plan.bones, bone_loss), (plan.velocity, velocity_loss), (plan.scaled, scaled_loss)):
            if weight:
                loss = loss + weight * error(predicted, targets, self._joints)
        return loss

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
