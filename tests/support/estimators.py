"""An estimator over a small network, and a detector that says what it was told."""

from __future__ import annotations

import numpy as np
from support.networks import random_net, small_card, small_network
from support.poses import frame_at, pose_2d

from realtime.estimation.estimator import Estimator
from realtime.estimation.person import PersonChain
from realtime.lifting.model_files import Network
from realtime.lifting.streaming import StreamingLifter
from realtime.pose import DetectedPerson
from realtime.skeleton import COCO17
from realtime.tracking.tracker import open_tracker

FIELD = 9
DELAY = 3


def everybody(*poses):
    """What a detector answers that has found these people, None for nobody."""
    return [DetectedPerson(pose, np.zeros(4, np.float32), 1.0) for pose in poses if pose is not None]


class Scripted:
    """A detector that gives what it was told for each frame index: a pose, several, or None."""

    name = "scripted"
    skeleton = COCO17
    many_people = True

    def __init__(self, answers):
        self.answers = answers

    def __call__(self, frame):
        answer = self.answers.get(frame.index)
        return everybody(*answer) if isinstance(answer, list) else everybody(answer)

    def close(self):
        pass


def as_told(people, _frame):
    """A tracker for people who bear their numbers already."""
    return [one.keypoints for one in people]


class Single(Estimator):
    """Of one person and without delay: one estimate a frame."""

    def __call__(self, frame):
        (estimate,) = super().__call__(frame)
        return estimate


def keypoints(index, *, skeleton=COCO17, person=0, score=1.0):
    rng = np.random.default_rng(7)
    xy = rng.uniform((200, 100), (400, 400), (len(skeleton), 2)) + index
    frame = frame_at(index)
    return pose_2d(xy, index=index, score=score, skeleton=skeleton, person=person, t_s=frame.t_capture_ns / 1e9)


def small_lifter():
    card = small_card()
    return StreamingLifter(Network(random_net(card.config).arrays(), card, "00000000"))


def estimator(answers, lift=None, **more):
    return Single(Scripted(answers), PersonChain(lift or small_lifter(), **more), track=as_told)


def late_estimator(answers, **more):
    """By a network that sees some frames ahead."""
    chain = PersonChain(StreamingLifter(small_network(delay=DELAY)), **more)
    return Estimator(Scripted(answers), chain, track=as_told)


def followed(detector, person="largest"):
    """A detector with its tracker: frame → the followed person's keypoints, or None."""
    track = open_tracker(detector, person)
    return lambda frame: next(iter(track(detector(frame), frame)), None)
