"""A trial of a runner that no network has learned from, as cameras see it: real markers as truth.

The Qualisys trial that is held out (people.HELD_OUT), at 30 frames a second, before RunningPose's three cameras, with
the detector errors that are recorded for evaluation.  Frames count in which every keypoint is in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...errors import FormatError
from ...formats.qualisys.cameras import PlacedCamera
from ...formats.qualisys.text import read_qualisys_text
from ...formats.qualisys_markers import runner20
from ...lifting.model_files import Network
from ...motion import Floats
from ...pose import ASSUMED_HEIGHT_M
from ...skeleton import COCO_FEET21
from ..mocap.canonical25 import CANONICAL25
from ..mocap.corpora import resample
from ..mocap.joint_centres import runner_points
from ..mocap.people import HELD_OUT, qualisys_person
from ..synthesis.recorded_errors import load_bank
from ..synthesis.stature import upright_stature
from ..synthesis.virtual_cameras import rays
from .heldout import HeldoutSamples, heldout_answers

RATE_HZ = 30.0
DRAWS = 4  # of recorded errors, for every frame
_SEED = 170
_PAST, _FUTURE = 243, 122  # frames of the windows around a target: of the longest networks
_RUNNING_MPS = 2.0  # of the pelvis; before it the runner crouches at the start
_KEYPOINTS = CANONICAL25.indices(COCO_FEET21.joints)


@dataclass(frozen=True, eq=False)
class Trial:
    """A run: canonical `points` (T, 25, 3) and `joints` (T, 20, 3) of RUNNER20 as the markers say, metres in the
    room, at RATE_HZ."""

    name: str
    points: Floats
    joints: Floats


def read_trials(folder: Path) -> tuple[list[Trial], Trial]:
    """The trials for training, and the one that is held out, of the Qualisys corpus in a folder.  Raises FormatError
    where one of them is missing."""
    paths = sorted(folder.glob("*.txt.gz"))
    held_out = [path for path in paths if qualisys_person(Path(path.name)) in HELD_OUT]
    if len(held_out) != 1 or len(paths) < 2:
        raise FormatError(f"{folder} does not have the Qualisys trials Tindra1, 2 and 3 (.txt.gz)")
    return [_read(path) for path in paths if path not in held_out], _read(held_out[0])


def _read(path: Path) -> Trial:
    recorded = read_qualisys_text(path)
    points, joints = (
        np.asarray(resample(of(recorded.named()), recorded.rate_hz, RATE_HZ), np.float64)
        for of in (runner_points, runner20)
    )
    return Trial(path.name.partition(".")[0], points, joints)


@dataclass(frozen=True, eq=False)
class View:
    """A trial in a camera's axes: `points` (T, 25, 3) and `joints` (T, 20, 3), and the `frames` (F,) that count.
    `with_errors`: whether the keypoints are as a detector finds them, or exact."""

    camera: str
    points: Floats
    joints: Floats
    frames: NDArray[np.intp]
    with_errors: bool = True

    @classmethod
    def of(cls, trial: Trial, camera: PlacedCamera) -> View:
        """The trial as the camera sees it."""
        inside: Any = camera.in_picture(camera.pixels(trial.points[:, _KEYPOINTS]))
        return cls(camera.name, camera.axes(trial.points), camera.axes(trial.joints), np.flatnonzero(inside.all(1)))

    def drawn(self, of_frames: NDArray[Any]) -> NDArray[Any]:
        """Values (T, …) of all frames → (DRAWS · F, …): of those that count, once for each draw."""
        return np.concatenate([of_frames[self.frames]] * DRAWS)

    @property
    def running(self) -> NDArray[np.bool_]:
        """Of all frames (T,), in which the runner runs."""
        velocity = RATE_HZ * np.gradient(self.points[:, CANONICAL25.index("pelvis")], axis=0)
        return np.asarray(np.linalg.norm(velocity, axis=1) >= _RUNNING_MPS)

    @cached_property
    def samples(self) -> HeldoutSamples:
        """Windows around the frames that count, with DRAWS recorded errors each."""
        targets = np.tile(self.frames, DRAWS)
        at = np.clip(targets[:, None] + np.arange(-_PAST, _FUTURE + 1), 0, len(self.points) - 1)
        whole = torch.from_numpy(self.points).float()
        points, stature_m = whole[torch.from_numpy(at)], upright_stature(whole)
        true = rays(points[:, :, _KEYPOINTS])
        height = stature_m / points[:, _PAST, CANONICAL25.index("pelvis"), 2]
        bank = load_bank(torch.device("cpu"), heldout=True, skeleton=COCO_FEET21)
        generator = torch.Generator().manual_seed(_SEED)
        errors = bank.draw(true, height, torch.full_like(height, 1 / RATE_HZ), generator, _PAST)
        return HeldoutSamples(
            rays=true + errors if self.with_errors else true,
            points=points[:, _PAST - 1 : _PAST + 1],
            now=_PAST,
            row=torch.from_numpy(targets),
            height_m=stature_m.expand(len(targets)),
            keypoints=COCO_FEET21,
        )

    def answers(self, network: Network, *, told: bool = True, single: bool = False) -> Floats:
        """The network's joints (DRAWS · F, J, 3) m, camera axes.  `told`: how tall the runner is; `single`: of the
        frame alone, which stands for all others of its window."""
        samples, card = self.samples, network.card
        if single:
            samples = replace(samples, rays=samples.rays[:, _PAST, None].expand_as(samples.rays))
        joints = heldout_answers(network.net, card.feature_set, samples, card.normalise)[:, 1].numpy()
        person_m = float(samples.height_m[0]) if told else ASSUMED_HEIGHT_M
        scaled: Floats = joints.astype(np.float64) * (person_m / (card.height_m or person_m))
        return scaled
