"""Presets of a training: the values of flags and parts of the recipe that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..skeleton import H36M17, RUNNER20
from .plan import HEAD, Phase

_RUNNER_LIMITS = (
    " Head, back, shoulders, hips, heels and toes are points on the skin at constant offsets from the joint centres, "
    "fitted on two sprints of one woman; where the keypoints have no heels and toes, these follow from the motion of "
    "the legs alone."
)


@dataclass(frozen=True)
class Preset:
    """A row of PRESETS.

    `joints`: the skeleton that the network answers with.  `phases`: one after the other.  `flags`: values of
    flags of `train` that are not given.  `from_pretrained`: it begins with the body of a network of the models'
    folder, and a new head, unless --init-from says otherwise.  `weights`: of corpora by folder, instead of their
    own.  `bones`: of `Plan`.  `name`: in the file name of the network; `limits`: further ones for its card.
    """

    joints: str = H36M17.name
    phases: tuple[Phase, ...] = (Phase(),)
    flags: Mapping[str, Any] = field(default_factory=dict)
    from_pretrained: bool = False
    weights: Mapping[str, float] = field(default_factory=dict)
    bones: float = 0.0
    name: str = ""
    limits: str = ""


PLAIN = Preset()
PRESETS = {
    # After RunningPose: a pretrained body, a new head whose bias is the mean pose, first the head alone, then
    # everything at a lower rate.  Runs and walks are more frequent than by themselves; the rest stays, so that
    # nothing is forgotten.
    "runner": Preset(
        joints=RUNNER20.name,
        phases=(Phase(0.1, 1.0, HEAD), Phase(0.9, 0.25)),
        flags={"rate": 4e-3, "batch": 512},
        from_pretrained=True,
        weights={
            "ui-prmd": 0.12,
            "cmu-amc_cyun9601": 0.11,
            "cmu-bvh_papagina": 0.12,
            "cmu-expmap_chaneyddtt": 0.25,
            "cmu-deepmimic_arpspoof-jump": 0.2,
            "running-qualisys_tifx04": 0.2,
        },
        bones=1.0,  # without it the feet are rigid on the shanks: their angle follows the true one by a third
        name="runner",
        limits=_RUNNER_LIMITS,
    )
}
