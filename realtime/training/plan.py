"""How long a training is, and how its rate goes."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Layers of the network that a phase can train alone: its head, which answers from what the body has seen.
HEAD = "shrink"


@dataclass(frozen=True)
class Phase:
    """A part of a training, with a schedule of its own: its `share` of the whole, its peak rate as a multiple of the
    plan's, and the layer that is trained alone while all others are frozen; None: all are trained."""

    share: float = 1.0
    rate: float = 1.0
    alone: str | None = None


@dataclass(frozen=True)
class Plan:
    """Length and optimizer settings of a training.  Exactly one of `steps` and `minutes` must
    be given.  `precision`: a key of loop.PRECISIONS; `phases`: one after the other; `bones`, `velocity`, `scaled`: the
    weights of the errors of bones, of velocities and of scaled poses, beside that of joints."""

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
    phases: tuple[Phase, ...] = (Phase(),)
    bones: float = 0.0
    velocity: float = 0.0
    scaled: float = 0.0

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("a plan requires either steps or minutes")
        if not math.isclose(sum(phase.share for phase in self.phases), 1.0):
            raise ValueError("the shares of a plan's phases add up to 1")

    def phase(self, done: float) -> Phase:
        """The phase after a fraction `done` of the training."""
        return self._now(done)[0]

    def rate(self, done: float) -> float:
        """Learning rate after a fraction `done` of the training."""
        phase, passed = self._now(done)
        rising = min(1.0, (passed + 1e-4) / self.warm_up) if self.warm_up else 1.0
        cosine = (1 + math.cos(math.pi * min(passed, 1.0))) / 2
        return phase.rate * self.learning_rate * rising * (self.last_rate + (1 - self.last_rate) * cosine)

    def _now(self, done: float) -> tuple[Phase, float]:
        """The phase, and how much of it has passed."""
        for phase in self.phases[:-1]:
            if done < phase.share:
                return phase, done / phase.share
            done -= phase.share
        return self.phases[-1], done / self.phases[-1].share
