"""The model card: what one must know to use a network, as a .json beside its weights."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import UsageError, WeightsError
from ..formats.safe.damage import parsing
from ..pose import ASSUMED_HEIGHT_M, HEIGHTS_M
from ..runtime.text import counted, reason
from ..skeleton import COCO17, H36M17, RUNNER18, SKELETONS, Skeleton
from .architectures import ARCHITECTURES, DEFAULT_KIND, Config
from .features import FEATURES, SCORED, FeatureSet, Mirrors, feature_set, mirrors

RAYS, WIDTH, CROP, SCREEN = NORMALISATIONS = ("rays", "width", "crop", "screen")
IN_THE_PICTURE = (CROP, SCREEN)  # answers are as large as the person in the picture, not in metres
USUAL_LANDMARKS = "full"  # the landmark network of BlazePose whose errors a network knows if its card does not say
_TEXTS = ("name", "features", "normalise", "skeleton_in", "skeleton_out")
# The joints that a checkpoint without a model card answers with, by their number.
_PER_KEYPOINT = {2: "x and y", 3: "x, y and score"}
_BY_JOINTS = {len(skeleton): skeleton for skeleton in (H36M17, RUNNER18)}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelCard:
    """What one must know to use a network; the rest of its json is kept in `extra`.

    `kind` names a row of architectures.ARCHITECTURES and `config` is its geometry; `features`
    names a row of features.FEATURES; `normalise` says how pixels become its rays (RAYS:
    through the camera's field of view, WIDTH: VideoPose3D's -1..1 over the width, SCREEN: -1..1 over the shorter side,
    CROP: -1..1 over the square about a clip's keypoints, as MotionBERT's infer_wild.py); the skeletons say in which
    order keypoints go in and joints come out.  `height_m`: how tall the person is that it answers
    for; None for a network that guesses everybody's size itself.  `landmarks`: which landmark network of
    BlazePose made the errors that it was trained with (detectors.blazepose.KINDS).
    """

    name: str
    config: Any
    features: str
    normalise: str = "rays"
    skeleton_in: str = "coco-17"
    skeleton_out: str = "h36m-17"
    kind: str = DEFAULT_KIND
    height_m: float | None = None
    landmarks: str = USUAL_LANDMARKS
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def by_clips(self) -> bool:
        """Whether it answers for all frames of a clip at once, which is for recordings only."""
        return ARCHITECTURES[self.kind].by_clips

    @property
    def is_symmetric(self) -> bool:
        """Whether it sees as many frames after the one that it answers for as before."""
        return bool(0 < self.config.lookahead == self.config.receptive_field // 2)

    @property
    def keypoints(self) -> Skeleton:
        """The skeleton of the keypoints that go in.  Raises UsageError where it is not known here."""
        return self._known(self.skeleton_in)

    @property
    def joints(self) -> Skeleton:
        """The skeleton of the joints that come out.  Raises UsageError where it is not known here, or
        has another number of joints than the network."""
        skeleton = self._known(self.skeleton_out)
        if len(skeleton) != self.config.joints_out:
            raise UsageError(
                f"{self.name} answers with {counted(self.config.joints_out, 'joint')}, but its model card says "
                f"{skeleton.name}, which has {len(skeleton)}: correct skeleton_out in the card"
            )
        return skeleton

    def _known(self, name: str) -> Skeleton:
        if name not in SKELETONS:
            raise UsageError(
                f"{self.name} lifts {self.skeleton_in} to {self.skeleton_out}, and {name} is not known here; "
                f"known skeletons: {', '.join(SKELETONS)}"
            )
        return SKELETONS[name]

    @property
    def feature_set(self) -> FeatureSet:
        """What the network is fed, and how its answer is turned back."""
        return feature_set(self.features, self.keypoints)

    @property
    def mirrors(self) -> Mirrors | None:
        """The mirror images of input and output, None for a network that does not use them."""
        return mirrors(self.feature_set, self.joints) if self.config.mirrored else None

    def to_json(self) -> dict[str, Any]:
        """The card as plain data, `architecture` holding the network's geometry."""
        own = {k: getattr(self, k) for k in _TEXTS}
        height = {} if self.height_m is None else {"height_m": self.height_m}
        landmarks = {} if self.landmarks == USUAL_LANDMARKS else {"landmarks": self.landmarks}
        about = {"format": 1, "kind": self.kind, **own, **height, **landmarks}
        return {**about, "architecture": asdict(self.config), **self.extra}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelCard:
        """Read `to_json`'s data (KeyError, TypeError, ValueError if it is something else)."""
        data = dict(data)
        if data.pop("format") != 1:
            raise ValueError("its format is not 1")
        kind = data.pop("kind", DEFAULT_KIND)
        if kind not in ARCHITECTURES:
            raise ValueError(f"its kind {kind!r} is none of {', '.join(ARCHITECTURES)}")
        config = ARCHITECTURES[kind].read_config(data.pop("architecture"))
        own = {k: data.pop(k) for k in _TEXTS}
        if not all(isinstance(text, str) for text in own.values()):
            raise ValueError("its name, features, normalise and skeletons are text")
        height_m, (low, high) = data.pop("height_m", None), HEIGHTS_M
        if height_m is not None and not (type(height_m) in (int, float) and low <= height_m <= high):
            raise ValueError(f"its height_m is a number of metres from {low:g} to {high:g}, not {height_m!r}")
        landmarks = data.pop("landmarks", USUAL_LANDMARKS)
        if not isinstance(landmarks, str):
            raise TypeError(f"its landmarks are the name of a landmark network, not {landmarks!r:.40}")
        if own["features"] not in FEATURES or own["normalise"] not in NORMALISATIONS:
            known = ", ".join((*FEATURES, *NORMALISATIONS))
            raise ValueError(
                f"its features and normalise {own['features']!r}, {own['normalise']!r} are none of {known}"
            )
        in_the_picture, by_clips = own["normalise"] in IN_THE_PICTURE, ARCHITECTURES[kind].by_clips
        if in_the_picture != (own["features"] == SCORED) or in_the_picture > by_clips:
            raise ValueError(f"{kind} cannot be fed {own['features']} by {own['normalise']}")
        card = cls(config=config, kind=kind, height_m=height_m, landmarks=landmarks, extra=data, **own)
        if own["skeleton_in"] in SKELETONS and config.inputs != card.feature_set.channels:
            raise ValueError(f"{own['features']} has {card.feature_set.channels} channels, not {config.inputs}")
        return card

    @classmethod
    def of_checkpoint(cls, path: Path, state: Mapping[str, Any], *, causal: bool = False) -> ModelCard:
        """The card of a checkpoint that comes without one: as VideoPose3D and RunningPose published
        them, from COCO-17 in screen coordinates over the width; or MotionBERT and PerfectRep, from COCO-17 and
        its scores in the crop of a clip.  `causal`: whether it is, which a
        checkpoint does not record.  What is assumed is logged.  Raises WeightsError, and UsageError for a
        transformer that is said to be causal."""
        kind = next((kind for kind, known in ARCHITECTURES.items() if known.first in state), DEFAULT_KIND)
        config = _config_of_checkpoint(path, kind, state)
        if ARCHITECTURES[kind].by_clips:
            if causal:
                raise UsageError(f"--causal: {path.name} is a {kind}, which sees the future; leave the flag out")
            card = cls(path.stem, config, SCORED, CROP, kind=kind, height_m=ASSUMED_HEIGHT_M)
        else:
            card = cls._of_convolutions(path, replace(config, causal=causal))
        if config.inputs != card.feature_set.channels:
            raise WeightsError(
                f"{path} takes {counted(config.inputs, 'number')} a frame; without a model card it must be "
                f"{card.feature_set.channels}, {_PER_KEYPOINT[card.feature_set.axes]} of the {len(COCO17)} keypoints "
                f"of {COCO17.name}"
            )
        _log_assumed(path, card)
        return card

    @classmethod
    def _of_convolutions(cls, path: Path, config: Config) -> ModelCard:
        joints = _BY_JOINTS.get(config.joints_out)
        if joints is None:
            known = " or ".join(f"{len(skeleton)} ({skeleton.name})" for skeleton in _BY_JOINTS.values())
            raise WeightsError(
                f"{path} answers with {counted(config.joints_out, 'joint')}; without a model card it must be {known}"
            )
        return cls(path.stem, config, "screen", normalise=WIDTH, skeleton_out=joints.name)


def _config_of_checkpoint(path: Path, kind: str, state: Mapping[str, Any]) -> Any:
    try:
        return ARCHITECTURES[kind].config_of_state(state)
    except KeyError as error:
        raise WeightsError(f"{path} lacks {error}") from error
    except (AttributeError, ValueError, IndexError, TypeError) as error:
        raise WeightsError(f"{path} is not a network of this kind ({error})") from error


@cache  # once for a file, however often it is opened
def _log_once(line: str) -> None:
    _log.warning("%s", line)


def _log_assumed(path: Path, card: ModelCard) -> None:
    kind, advice = "causal", ""
    if ARCHITECTURES[card.kind].by_clips:
        kind, advice = card.kind, ", keypoints cropped as infer_wild.py does without --pixel"
    elif card.config.lookahead:
        kind, advice = "symmetric", "; give --causal if it was trained as a causal one"
    _log_once(
        f"{path} has no model card: taken for a {kind} network of {counted(card.config.receptive_field, 'frame')} "
        f"from {card.skeleton_in} to {card.skeleton_out} ({counted(card.config.joints_out, 'joint')}){advice}"
    )


def card_of(network: Path) -> ModelCard:
    """The card beside a network file.  Raises WeightsError without one."""
    path = network.with_suffix(".json")
    try:
        with parsing(path, "is not a model card", WeightsError):
            return ModelCard.from_json(json.loads(path.read_bytes().decode("utf-8")))
    except FileNotFoundError as error:
        raise WeightsError(f"the model card {path} is missing; a network is used only with its card") from error
    except OSError as error:
        raise WeightsError(f"the model card {path} cannot be read: {reason(error)}") from error


def read_card(network: Path, digest: str, *, causal: bool = False) -> ModelCard:
    """The card beside a network file of this SHA-256.  Raises WeightsError without one, or
    if it was written for another file; UsageError if the network is said to be `causal` and the
    card says that it sees the future."""
    card = card_of(network)
    if card.extra.get("sha256", digest) != digest:
        raise WeightsError(f"{network} is not the file its card {network.stem}.json was written for; fetch both again")
    if causal and card.config.lookahead:
        kind = "symmetric network" if card.is_symmetric else f"network that sees {card.config.lookahead} frames ahead"
        raise UsageError(f"--causal: the model card of {network.name} declares a {kind}; leave the flag out")
    return card
