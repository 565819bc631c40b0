"""Trials before virtual cameras."""

import numpy as np
import pytest
import torch
from support.gait_trials import trial_of
from support.gait_walkers import Walker

from realtime.analysis.gait.analyse import analyse_gait
from realtime.analysis.gait.result import CONTACT, EVENTS
from realtime.motion import motion
from realtime.skeleton import COCO_FEET21
from realtime.training.evaluation.gait.contacts import true_events
from realtime.training.evaluation.gait.events import span_of
from realtime.training.evaluation.gait.matching import match
from realtime.training.evaluation.gait.wayside import SIDE, VIEWS, WAYSIDE, shoot
from realtime.training.mocap.canonical25 import CANONICAL25
from realtime.training.synthesis.recorded_errors import load_bank

SIZE_WH = WAYSIDE.size_wh
FOCAL_PX = SIZE_WH[0] / 2 / np.tan(np.radians(30))


@pytest.fixture(scope="module")
def trial():
    return trial_of(Walker(), 4.0)


@pytest.mark.parametrize("view", VIEWS)
def test_the_whole_way_is_in_the_picture_from_that_side(trial, view):
    shot = shoot(trial, view, 0, 30.0, None)
    xy = shot.seen.best()[..., :2]
    assert (xy > 0).all()
    assert (xy < SIZE_WH).all()
    looks = np.degrees(np.arctan2(shot.rotation[2, 1], shot.rotation[2, 0]))  # the walker goes along x
    assert any(low <= looks % 360 <= high or low <= looks <= high for low, high in VIEWS[view])
    assert 0.8 <= shot.place[2] <= 1.6


def test_keypoints_are_the_points_of_the_trial_and_analysis_of_what_they_show_finds_its_events(trial):
    """The rays with the true depths are the true points again, at the times of the frames."""
    shot = shoot(trial, SIDE, 0, 30.0, None)
    xy = shot.seen.best()[..., :2]
    times_s = shot.start_s + np.arange(len(xy)) / 30.0
    true = np.stack(
        [np.interp(times_s, trial.times_s, path) for path in trial.points.reshape(len(trial), -1).T], 1
    ).reshape(len(xy), 25, 3)
    depth = ((true - shot.place) @ shot.rotation.T)[..., CANONICAL25.indices(COCO_FEET21.joints), 2]
    rays = np.concatenate([(xy - np.array(SIZE_WH) / 2) / FOCAL_PX, np.ones((*xy.shape[:2], 1))], -1)
    back = rays * depth[..., None] @ shot.rotation + shot.place
    assert back == pytest.approx(true[:, CANONICAL25.indices(COCO_FEET21.joints)], abs=2e-3)

    hips = back[:, COCO_FEET21.hips].mean(1)
    seen = motion(back - hips[:, None], 30.0, times_s=times_s, root_m=hips, skeleton=COCO_FEET21)
    events = true_events(trial)
    for kind in EVENTS:
        matches = match(events, analyse_gait(seen).events, kind, span_of(trial, events))
        assert matches.found == matches.true > 3
        assert matches.false == 0
        assert np.abs(np.median(matches.errors_s)) < (0.03 if kind == CONTACT else 0.04)


def test_the_same_camera_gives_the_same_shot(trial):
    bank = load_bank(torch.device("cpu"), heldout=True, skeleton=COCO_FEET21)
    first, again, other = (shoot(trial, SIDE, camera, 30.0, bank) for camera in (0, 0, 1))
    assert np.array_equal(first.seen.best(), again.seen.best())
    assert first.distance_m != other.distance_m
    exact = shoot(trial, SIDE, 0, 30.0, None)
    assert exact.rotation == pytest.approx(first.rotation)
    off = np.linalg.norm(first.seen.best()[..., :2] - exact.seen.best()[..., :2], axis=-1)
    height_px = FOCAL_PX * trial.height_m / first.distance_m
    assert 0.005 < np.median(off) / height_px < 0.05
    steps = np.linalg.norm(np.diff(off, axis=0), axis=-1)
    assert steps.max() < 12 * np.median(steps)  # chunks of errors fade into each other
