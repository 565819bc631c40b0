"""How good a lifted recording is to be: `--quality`, which chooses what is not given by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..detectors import AUTO, choose_detector
from ..errors import UsageError
from ..runtime.arguments import choice
from ..runtime.flags import Flag
from ..smoothing import ZERO_LAG

Values = Mapping[str, Any]  # of settings, by name


@dataclass(frozen=True)
class Quality:
    """What is taken where it is not given: `future`, with a network that sees the frames after each one
    (without: as in live use); `keypoints`, of the detector blazepose."""

    about: str
    future: Values = field(default_factory=dict)
    keypoints: Values = field(default_factory=dict)


# Right in short recordings too, from half a second on; of 81 frames there is one that takes feet, which beats 243.
_FUTURE = {"window": 81, "smooth": ZERO_LAG}
_KEYPOINTS = {"landmarks": "heavy", "mirror_average": True}

FAST, GOOD, BEST = "fast", "good", "best"
QUALITIES = {
    FAST: Quality("as live use gives it"),
    GOOD: Quality("a network that sees the future, smoothed without delay", _FUTURE),
    BEST: Quality("also --landmarks heavy and --mirror-average, 6 times slower", _FUTURE, _KEYPOINTS),
}
_NETWORK = ("model", "window", "causal", "delay")  # who names one without a quality gets it as in live use

QUALITY = Flag(
    "--quality",
    choice(*QUALITIES),
    "|".join(QUALITIES),
    "; ".join(f"{name}: {quality.about}" for name, quality in QUALITIES.items()),
    detail="; what is given by itself wins",
    shown=f"{GOOD}, or {FAST} with --model, --window, --causal or --delay",
)


def quality_of(given: Values) -> str:
    """The quality that the given flags, by name, ask for.  Raises UsageError where they contradict each other."""
    symmetric, quality = given.get("symmetric", False), given.get("quality")
    if symmetric and quality not in (None, GOOD):
        raise UsageError(f"--symmetric is --quality {GOOD} --smooth off: leave it out with --quality {quality}")
    if symmetric or quality:
        return str(quality or GOOD)
    return FAST if _names_network(given) else GOOD


def future_settings(quality: str, given: Values, *, single: bool) -> Values:
    """The settings for a network that sees the future, {} for live use's.

    A `single` picture has no future: live use's network fits it best, unless another one is asked for."""
    future = QUALITIES[quality].future
    if given.get("symmetric"):
        return {**future, "smooth": "off"}
    return {} if single and not _names_network(given) else future


def keypoint_settings(quality: str, given: Values) -> Values:
    """The settings for the detector blazepose, {} for another one."""
    detector = given.get("detector", AUTO)
    if detector == AUTO:
        detector = choose_detector(given.get("device", AUTO))
    return QUALITIES[quality].keypoints if detector == "blazepose" else {}


def _names_network(given: Values) -> bool:
    return any(name in given for name in _NETWORK)
