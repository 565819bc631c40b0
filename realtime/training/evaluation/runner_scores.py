"""How far networks, and what needs none, are from the markers of a runner's held-out trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ...formats.qualisys.miqus_cameras import MIQUS_CAMERAS
from ...lifting.model_files import Network
from ...metrics import joint_distances
from ...motion import Floats
from ...skeleton import H36M17, RUNNER18, RUNNER20, Skeleton
from ..mocap.canonical25 import CANONICAL25
from ..mocap.runner import runner_joints
from .bootstrap import Resampling, Score, resample
from .runner_trial import DRAWS, RATE_HZ, Trial, View, read_trials

# Joints that are the same points of the body for Human3.6M and for a runner.
SHARED = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("elbow", "wrist", "knee", "ankle"))
HEELS, TOES = (("left_heel", "right_heel"), ("left_toe", "right_toe"))
_ROOT = (RUNNER20.joints[RUNNER20.root],)
_HIPS = ("left_hip", "right_hip")
_BLOCK = round(RATE_HZ / 2)  # frames of a block of the intervals: a stride of the runner


@dataclass(frozen=True, eq=False)
class HeldoutRun:
    """The held-out trial before all cameras, and the trials for training.

    Distances are in mm, of all views one after the other: (n, J), n = views · draws · frames."""

    views: Sequence[View]
    training: Sequence[Trial]
    resampling: Resampling

    @classmethod
    def read(cls, folder: Path) -> HeldoutRun:
        """From the Qualisys corpus in a folder.  Raises FormatError."""
        training, trial = read_trials(folder)
        views = [View.of(trial, camera) for camera in MIQUS_CAMERAS]
        at = np.concatenate([np.tile(view.frames, DRAWS) for view in views])
        return cls(views, training, resample(np.full(len(at), trial.name), at, _BLOCK))

    @cached_property
    def running(self) -> NDArray[np.bool_]:
        """In which of n the runner runs; in the others she crouches at the start and begins."""
        return np.concatenate([view.drawn(view.running) for view in self.views])

    def with_exact_keypoints(self) -> HeldoutRun:
        """The same, seen without a detector's errors."""
        return replace(self, views=[replace(view, with_errors=False) for view in self.views])

    def of_network(self, network: Network, *, told: bool = True, single: bool = False) -> Floats:
        """Of every joint of RUNNER20, about the back of the waist, in what a network that answers with it gives; as
        in `View.answers`."""
        return self._distances([view.answers(network, told=told, single=single) for view in self.views])

    def of_mean_pose(self) -> Floats:
        """Of the mean pose of the trials for training in the axes of the same camera: of answers that do not look
        at the picture the best."""
        means = []
        for camera, view in zip(MIQUS_CAMERAS, self.views, strict=True):
            poses = [_about(camera.axes(trial.joints), RUNNER20, _ROOT) for trial in self.training]
            mean = np.concatenate(poses).mean(0, keepdims=True)
            means.append(np.repeat(mean, DRAWS * len(view.frames), axis=0))
        return self._distances(means)

    def of_learned_skin(self) -> Floats:
        """Of the points on the skin that networks learn, for the true body: the error that is left to a network
        without one."""
        return self._distances(
            [view.drawn(runner_joints(torch.from_numpy(view.points)).numpy()) for view in self.views]
        )

    def of_shared(self, network: Network) -> Floats:
        """Of SHARED, about the middle of the hips of the network's own skeleton."""
        return 1000 * np.concatenate(
            [_shared_distances(view, view.answers(network), network.card.joints) for view in self.views]
        )

    def _distances(self, answers: Sequence[Floats]) -> Floats:
        pairs = zip(answers, self.views, strict=True)
        return 1000 * np.concatenate(
            [
                joint_distances(_about(ours, RUNNER20, _ROOT), view.drawn(_about(view.joints, RUNNER20, _ROOT)))
                for ours, view in pairs
            ]
        )

    def score(self, distances: Floats, joints: Sequence[str] = RUNNER18.joints) -> Score:
        """The mean over frames and some of the joints of RUNNER20, with its 95 % interval."""
        return self.resampling.score(self._means(distances, joints))

    def score_running(self, distances: Floats) -> Score:
        """The same of the frames in which the runner runs."""
        return self.score(np.where(self.running[:, None], distances, np.nan))

    def difference(self, one: Floats, other: Floats, joints: Sequence[str] = RUNNER18.joints) -> Score:
        """By how much the mean of the one is above that of the other, paired."""
        return self.resampling.score(self._means(one, joints) - self._means(other, joints))

    def by_camera(self, distances: Floats) -> Mapping[str, float]:
        """The mean over frames and the joints of RUNNER18, of every camera."""
        cuts = np.cumsum([DRAWS * len(view.frames) for view in self.views])[:-1]
        parts = np.split(distances[:, : len(RUNNER18)].mean(1), cuts)
        return {view.camera: float(part.mean()) for view, part in zip(self.views, parts, strict=True)}

    def _means(self, distances: Floats, joints: Sequence[str]) -> Floats:
        chosen = RUNNER20.indices(joints) if distances.shape[1] == len(RUNNER20) else slice(None)
        return np.asarray(self.resampling.means(distances[:, chosen].mean(1)), np.float64)


def _about(joints: Floats, skeleton: Skeleton, origin: Sequence[str]) -> Floats:
    """Joints (T, J, 3) relative to the middle of some of them."""
    centred: Floats = joints - joints[:, skeleton.indices(origin)].mean(1, keepdims=True)
    return centred


def _shared_distances(view: View, answers: Floats, skeleton: Skeleton) -> Floats:
    true = view.points[:, CANONICAL25.indices(H36M17.joints)] if skeleton is H36M17 else view.joints
    shared = skeleton.indices(SHARED)
    ours, truth = (_about(joints, skeleton, _HIPS)[:, shared] for joints in (answers, view.drawn(true)))
    return np.asarray(joint_distances(ours, truth), np.float64)
