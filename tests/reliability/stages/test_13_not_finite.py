"""NaN, infinity and points far outside, put in at every stage, never reach the socket or joints.npy."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from support.estimators import as_told, everybody, small_lifter
from support.watched_runs import Camera, Standing, run_here

from realtime.estimation.person import PersonChain

BAD = np.array([np.nan, np.inf, -np.inf, 1e30, -3e38, 1e9], np.float32)


class Spoiler:
    """Puts bad numbers into every second array on average, at one joint, some, or all of them."""

    def __init__(self, seed=13):
        self.rng, self.count = np.random.default_rng(seed), 0

    def __call__(self, array):
        if self.rng.random() < 0.5:
            return array
        self.count += 1
        array = np.array(array, np.float32)
        chosen = self.rng.random(len(array)) < self.rng.choice([0.05, 0.5, 1.0])
        chosen[self.rng.integers(len(array))] = True
        array[chosen] = self.rng.choice(BAD)
        return array


class SpoiledDetector(Standing):
    """`what`: xy or score."""

    def __init__(self, spoil, what):
        super().__init__()
        self.spoil, self.what = spoil, what

    def __call__(self, frame):
        (one,) = super().__call__(frame)
        return everybody(replace(one.keypoints, **{self.what: self.spoil(getattr(one.keypoints, self.what))}))


class SpoiledLifter:
    def __init__(self, lift, spoil):
        self._lift, self._spoil = lift, spoil

    def __getattr__(self, name):
        return getattr(self._lift, name)

    def __call__(self, window):
        return self._spoil(self._lift(window))


class SpoiledChain(PersonChain):
    """What it gives is spoiled behind smoothing and placement: `what` is xyz, score or root_m."""

    def __init__(self, lift, spoil, what):
        super().__init__(lift)
        self.spoil, self.what = spoil, what

    def push(self, keypoints, detection):
        return [
            replace(one, pose=replace(one.pose, **{self.what: self.spoil(self._of(one.pose))}))
            if one.pose.valid
            else one
            for one in super().push(keypoints, detection)
        ]

    def _of(self, pose):
        value = getattr(pose, self.what)
        return np.ones(3, np.float32) if value is None else value  # the small network's root is nowhere


def spoiled_tracker(spoil):
    return lambda people, frame: [replace(one, xy=spoil(one.xy)) for one in as_told(people, frame)]


PLACES = {
    "the detector's points": lambda spoil: {"detector": SpoiledDetector(spoil, "xy")},
    "the detector's scores": lambda spoil: {"detector": SpoiledDetector(spoil, "score")},
    "the tracker": lambda spoil: {"track": spoiled_tracker(spoil)},
    "the lifter": lambda spoil: {"lift": SpoiledLifter(small_lifter(), spoil)},
    "the placed joints": lambda spoil: {"chain": SpoiledChain(small_lifter(), spoil, "xyz")},
    "the joints' scores": lambda spoil: {"chain": SpoiledChain(small_lifter(), spoil, "score")},
    "the root": lambda spoil: {"chain": SpoiledChain(small_lifter(), spoil, "root_m")},
}
FIRST = "the detector's points", "the lifter", "the placed joints"


@pytest.mark.parametrize(
    ("place", "frames"),
    [*((place, 200) for place in FIRST), *(pytest.param(place, 2100, marks=pytest.mark.slow) for place in PLACES)],
)
def test_no_number_that_is_not_finite_leaves(place, frames, monkeypatch, tmp_path, figure):
    spoil = Spoiler()
    analyses = {"analyze": ("angles", "gait", "form")} if frames < 1000 else {}
    heard = run_here(monkeypatch, tmp_path, Camera(frames, live=False), **PLACES[place](spoil), **analyses)
    joints = np.load(tmp_path / "joints.npy")
    # The listener refuses NaN and Infinity in JSON; what is left is 1e999.
    numbers = [number for message in (*heard.poses, *heard.status, *heard.other) for number in numbers_in(message)]
    wrong = sum(not math.isfinite(number) for number in numbers) + np.count_nonzero(~np.isfinite(joints))
    assert wrong == 0
    assert np.abs(joints).max() < 100
    for pose in heard.poses:
        assert np.abs(pose["joints"]).max(initial=0) < 100
        assert np.abs(pose["keypoints_px"]).max(initial=0) <= 1e6
    assert len(heard.poses) > frames / 2
    assert spoil.count > 0.4 * frames
    assert any(pose["valid"] for pose in heard.poses)  # it goes on in between
    figure(f"{place}: {spoil.count} times spoiled, {wrong} of {len(numbers)} numbers not finite")


def numbers_in(value):
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, (int, float)):
        yield value
    elif not isinstance(value, str) and value is not None:
        for one in value:
            yield from numbers_in(one)
