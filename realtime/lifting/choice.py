"""Which network of a folder is taken: by the joints that are wanted, the window, the delay, and what the detector
finds.

The choice is among the networks called causal, delayN or symmetric, whatever follows (causal-27,
causal-heavy-27, symmetric-runner-feet-81); their cards say what each is for.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError, WeightsError
from ..runtime.hints import command
from ..skeleton import COCO17, H36M17, SKELETONS, Skeleton
from .model_card import USUAL_LANDMARKS, ModelCard, card_of
from .model_files import MODEL_FOLDER, find_model, fitting_model, load_network

AUTO = "auto"
_NAMES = re.compile(r"(causal|symmetric|delay\d+)(-\w+)*", re.ASCII)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NetworkUse:
    """What a network is wanted for.

    `window`: how many frames an answer may depend on.  `delay`: how many of these come after the frame that
    is answered for: 0 for a causal network, None for half of them, a symmetric one.  `landmarks`: which
    landmark network of BlazePose finds the keypoints, None for another detector.  `points`: the keypoints
    that are found.  `joints`: the skeleton that it is to answer with.
    """

    window: int = 27
    delay: int | None = 0
    landmarks: str | None = None
    points: Skeleton = COCO17
    joints: Skeleton = H36M17


@dataclass(frozen=True)
class _Candidate:
    """A network by its file and its card."""

    path: Path
    card: ModelCard

    @property
    def window(self) -> int:
        return int(self.card.config.receptive_field)

    def sees(self, delay: int | None) -> bool:
        """Whether it sees so many frames of the future; None: half its window."""
        return self.card.is_symmetric if delay is None else bool(self.card.config.lookahead == delay)

    def can_be_fed(self, use: NetworkUse) -> bool:
        """Whether its keypoints are found, by a detector with errors that it may know."""
        keypoints = SKELETONS.get(self.card.skeleton_in)
        return (
            keypoints is not None
            and set(keypoints.joints) <= set(use.points.joints)
            and self.card.landmarks in (use.landmarks, USUAL_LANDMARKS)
        )

    def rank(self, use: NetworkUse) -> tuple[int, bool, int, int]:
        """The best is the greatest: the largest window, then one that knows this detector's errors, then one
        that takes most of its points, then the one with the plainest name."""
        knows_errors = self.card.landmarks == use.landmarks
        return self.window, knows_errors, self.card.config.inputs, -len(self.path.stem)


def choose_network(use: NetworkUse, folder: Path = MODEL_FOLDER) -> Path:
    """The file of the network in `folder` that fits best.

    Raises UsageError where none has this delay, and WeightsError where there is none with these joints or for so
    small a window, or a card cannot be read.
    """
    networks = [network for network in _candidates(folder) if network.card.skeleton_out == use.joints.name]
    if not networks and use.joints is not H36M17:
        raise WeightsError(f"there is no network in {folder} that answers with {use.joints.name}")
    seeing = [network for network in networks if network.sees(use.delay)]
    if not seeing:
        raise _no_such_delay(use.delay, networks, folder)
    small = [network for network in seeing if network.window <= use.window]
    if not small:
        smallest = min(network.window for network in seeing)
        raise WeightsError(f"the smallest window of a {_what(use.delay)} is {smallest}; use --window {smallest}")
    # Where none can be fed, the joints that are missing are told when the detector is open.
    fitting = [network for network in small if network.can_be_fed(use)] or small
    return max(fitting, key=lambda network: network.rank(use)).path


def can_be_lifted(use: NetworkUse, folder: Path = MODEL_FOLDER) -> bool:
    """Whether a network in `folder` answers with the joints that are wanted from the keypoints that are found.  Raises
    WeightsError where a card cannot be read."""
    return any(
        network.card.skeleton_out == use.joints.name
        and network.sees(use.delay)
        and network.window <= use.window
        and network.can_be_fed(use)
        for network in _candidates(folder)
    )


def fitting_network(model: str, use: NetworkUse) -> Path:
    """The file of a model: a path, a name in the models' folder, or "auto" for `choose_network`."""
    return choose_network(use) if model == AUTO else fitting_model(model, use.window)


def find_network(model: str, use: NetworkUse) -> Path:
    """As `fitting_network`; a warning is logged where its window is smaller than was asked for."""
    if model != AUTO:
        return find_model(model, use.window)
    path = choose_network(use)
    window = card_of(path).config.receptive_field
    if window != use.window:
        _log.warning(
            "there is no %s for a window of %d: taking the next smaller, %d", _what(use.delay), use.window, window
        )
    return path


def own_delay(path: Path) -> int:
    """How many frames late a network file answers if nobody says: those that it was trained to wait for.
    0 also for a symmetric network, whose newest pose can stand for the future."""
    if path.suffix == ".onnx" or not path.with_suffix(".json").exists():
        return 0
    card = card_of(path)
    return 0 if card.is_symmetric else int(card.config.lookahead)


def sees_future(path: Path) -> bool:
    """Whether the network in a file sees frames after the one that it answers for; so it is taken to be
    where no card says."""
    return path.suffix == ".onnx" or not path.with_suffix(".json").exists() or card_of(path).config.lookahead > 0


def lifts_by_clips(path: Path) -> bool:
    """Whether the network in a file answers for all frames of a clip at once.  Raises WeightsError for a file that
    is no network."""
    if path.suffix == ".onnx" or path.with_suffix(".json").exists():
        return card_of(path).by_clips
    return load_network(path).card.by_clips


def _candidates(folder: Path) -> Iterator[_Candidate]:
    for path in sorted(folder.glob("*.safetensors")):
        if _NAMES.fullmatch(path.stem):
            yield _Candidate(path, card_of(path))


def _what(delay: int | None) -> str:
    if delay is None:
        return "symmetric network"
    return f"network for --delay {delay}" if delay else "causal network"


def _no_such_delay(delay: int | None, networks: Sequence[_Candidate], folder: Path) -> UsageError | WeightsError:
    if delay is None:
        return UsageError(
            f"there is no symmetric (non-causal) model in {folder}; "
            f"{command('train')} --symmetric --window 27 --out model/symmetric-27 makes one, "
            "or give the file of one as --model"
        )
    if delay == 0:
        have = ", ".join(network.path.stem for network in networks) or "none"
        return WeightsError(f"there is no causal model in {folder}; there is: {have}")
    by_name = sorted((network.path.stem for network in networks), key=len, reverse=True)  # the plainest comes last
    ahead = {network.path.stem: network.card.config.lookahead for network in networks}
    late = {ahead[name]: name for name in by_name if ahead[name]}
    delays = ", ".join(f"{frames} ({late[frames]})" for frames in sorted(late)) or "none"
    return UsageError(f"--delay {delay}: no network in {folder} answers so many frames late; there is: {delays}")
