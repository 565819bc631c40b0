"""Where cameras stand beside a walk, and how what they see is lifted: the networks for a runner's joints."""

from __future__ import annotations

from ....offline.quality import FAST, GOOD
from ...synthesis.recorded_errors import ErrorBank
from .. import shots
from ..lifts import Way
from ..shots import Place, Shot
from .trials import Trial

SIDE = "side"
WAYSIDE = Place(
    views={
        SIDE: ((60, 120), (-120, -60)),
        "oblique from the front": ((120, 150), (-150, -120)),
        "oblique from behind": ((30, 60), (-60, -30)),
        "front": ((165, 195),),
        "back": ((-15, 15),),
    },
    distance_m=(3.0, 6.0),
    height_m=(0.8, 1.6),
    size_wh=(1920, 1080),
)
VIEWS = WAYSIDE.views

OFFLINE = Way("lift --quality good", "symmetric-runner-feet-81", GOOD)
LIVE = Way("live", "causal-runner-feet-27", FAST)


def shoot(trial: Trial, view: str, camera: int, rate_hz: float, bank: ErrorBank | None) -> Shot:
    """A trial from one of VIEWS (`shots.shoot`)."""
    return shots.shoot(trial, WAYSIDE, view, camera, rate_hz, bank)
