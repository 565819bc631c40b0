"""Intervals: the rate at which they hold what they should, and what is resampled."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t

from realtime.training.evaluation.bootstrap import FEWEST, RESAMPLES, expanded_tail, resample


def one_clip(frames, block=30):
    return resample(np.zeros(frames, int), np.arange(frames), block)


def held(resampling, draw, trials=250):
    """How often the interval of what `draw` gives, whose mean is 0, holds 0."""
    scores = [resampling.score(resampling.means(draw())) for _ in range(trials)]
    return np.mean([low <= 0 <= high for _, low, high in scores])


def test_the_interval_of_frames_that_follow_each_other_holds_the_mean_as_often_as_it_says(rng):
    def path():
        """A frame is 0.8 of the one before it, and something new."""
        values = rng.normal(size=700)
        for i in range(1, len(values)):
            values[i] += 0.8 * values[i - 1]
        return values[100:]

    assert 0.89 <= held(one_clip(600), path) <= 0.99
    # Frames taken for independent would say far too little.
    assert held(one_clip(600, block=1), path) < 0.75


@pytest.mark.parametrize("clips", [FEWEST, 8, 40])
def test_the_interval_of_clips_holds_the_mean_as_often_as_it_says(clips, rng):
    clip = np.repeat(np.arange(clips), 20)
    resampling = resample(clip, np.tile(np.arange(20), clips), 30)
    assert (resampling.label, resampling.independent) == (f"{clips} clips", clips)
    assert 0.9 <= held(resampling, lambda: rng.normal(size=clips)[clip] + 0.3 * rng.normal(size=len(clip))) <= 0.99


def test_the_first_is_the_mean_itself_without_what_is_not_known():
    values = np.array([1.0, np.nan, 3.0, 5.0])
    means = one_clip(4, 1).means(values)
    assert means[0] == 3
    assert means.shape == (1 + RESAMPLES,)
    assert np.nanmin(means) == 1
    assert np.nanmax(means) == 5


def test_a_clips_frames_count_alike_and_blocks_go_on_at_its_start():
    weights = one_clip(90).weights
    assert (weights.sum(1) == 90).all()
    assert weights[1:].mean(0) == pytest.approx(np.ones(90), abs=0.1)
    # Three blocks of 30 begin and end: never more than six changes, the last frame beside the first.
    assert (np.diff(weights, axis=1, append=weights[:, :1]) != 0).sum(1).max() <= 6


def test_blocks_stay_in_their_clip():
    clip = np.repeat(["a", "b"], [100, 50])
    resampling = resample(clip, np.concatenate([np.arange(100), 500 + np.arange(50)]), 10)
    assert (resampling.label, resampling.independent) == ("15 blocks", 15)
    means = resampling.means((clip == "b").astype(float))
    assert means == pytest.approx(np.full(1 + RESAMPLES, 1 / 3))


def test_one_long_clip_beside_short_ones_is_cut_into_blocks():
    lengths = [200, 10, 10, 10, 10]
    clip, at = np.repeat(np.arange(5), lengths), np.concatenate([np.arange(n) for n in lengths])
    assert resample(clip, at, 10).label == "24 blocks"


def test_moments_of_one_frame_stay_together():
    at = np.array([7, 7, 7, 200, 400, 600])
    resampling = resample(np.zeros(6, int), at, 60)
    means = resampling.means(np.array([1.0, 2.0, 3.0, 2.0, 2.0, 2.0]))
    assert means[np.isfinite(means)] == pytest.approx(2)


def test_differences_are_paired(rng):
    hard = 50 * rng.normal(size=300)
    resampling = one_clip(300)
    worse, better = resampling.means(hard + 3), resampling.means(hard)
    assert resampling.score(worse - better) == pytest.approx((3, 3, 3))


def test_of_too_few_nothing_is_said():
    score = one_clip(30 * (FEWEST - 1)).score(np.array([4.0, 3.0, 5.0]))
    assert score.value == 4
    assert np.isnan(score[1:]).all()


@pytest.mark.parametrize("count", [5, 8, 30, 1000])
def test_the_tails_are_those_of_students_distribution(count):
    """Hesterberg (2015): alpha/2 = Phi(-sqrt(n / (n - 1)) t)."""
    exact = norm.cdf(-np.sqrt(count / (count - 1)) * t.ppf(0.975, count - 1))
    assert expanded_tail(count) == pytest.approx(exact, rel=0.03)
