"""Which exercise it is: heads by synthetic representations, and a transformer's of real motion."""

from __future__ import annotations

import numpy as np
import torch
from support.motion_capture import motions
from support.networks import dst_config, random_dst

from realtime.lifting.features import feature_set, mirrors
from realtime.skeleton import COCO17, H36M17
from realtime.training.exercise_head import Confusion, representations, told_without_the_person


def test_exercises_are_told_of_people_who_were_never_seen(rng):
    exercise = np.tile(np.repeat(["lunge", "sit to stand", "squat"], 6), 3)
    person = np.repeat(["a", "b", "c"], 18)
    centres, habits = rng.normal(size=(3, 12)), rng.normal(size=(3, 12))
    inputs = np.stack([centres[["lunge", "sit to stand", "squat"].index(name)] for name in exercise])
    inputs += 0.2 * habits[np.searchsorted(["a", "b", "c"], person)] + 0.1 * rng.normal(size=inputs.shape)
    told = told_without_the_person(torch.from_numpy(inputs.astype(np.float32)), exercise, person)
    confusion = Confusion.of(exercise, told)
    assert confusion.accuracy > 0.9
    assert confusion.counts.sum(1).tolist() == [18, 18, 18]


def test_the_table_by_hand():
    confusion = Confusion.of(np.array(["a", "a", "b", "c"]), np.array(["a", "b", "b", "a"]))
    assert confusion.exercises == ("a", "b", "c")
    assert confusion.counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert confusion.accuracy == 0.5


def test_a_clip_is_told_by_all_its_joints():
    features = feature_set("turned", COCO17)
    net = random_dst(dst_config(8, inputs=features.channels, token_inputs=5), mirrors=mirrors(features, H36M17))
    clips = motions()
    first, again = (representations(net, features, clips, seed=3) for _ in range(2))
    assert first.shape == (len(clips.clip), 17 * 12)
    assert torch.equal(first, again)
