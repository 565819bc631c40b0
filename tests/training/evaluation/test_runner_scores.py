"""The held-out trial of a runner before three cameras."""

from __future__ import annotations

import numpy as np
import pytest
from support.qualisys_files import CORPUS, standing_markers, write_text_layout

from realtime.errors import FormatError
from realtime.formats.qualisys.miqus_cameras import MIQUS_CAMERAS
from realtime.skeleton import RUNNER20
from realtime.training.evaluation.runner_scores import HEELS, HeldoutRun
from realtime.training.evaluation.runner_trial import DRAWS, View, read_trials


def test_trials_are_told_apart_and_missing_ones_are_told(tmp_path):
    for number in (1, 2):
        write_text_layout(tmp_path / f"Tindra{number}.txt.gz", standing_markers(40))
    with pytest.raises(FormatError, match="does not have the Qualisys trials"):
        read_trials(tmp_path)
    write_text_layout(tmp_path / "Tindra3.txt.gz", standing_markers(40))
    training, held_out = read_trials(tmp_path)
    assert ([trial.name for trial in training], held_out.name) == (["Tindra1", "Tindra2"], "Tindra3")
    assert held_out.joints.shape == (7, 20, 3)  # 40 frames at 170 Hz are 0.229 s


@pytest.fixture(scope="module")
def run():
    if not CORPUS.is_dir():
        pytest.skip("the motion capture is not part of the project")
    return HeldoutRun.read(CORPUS)


def test_the_cameras_see_the_runner_and_windows_end_with_the_frames_that_count(run):
    assert [len(view.frames) for view in run.views] == [99, 73, 118]
    view = run.views[1]
    samples = view.samples
    assert len(samples.row) == DRAWS * 73
    assert (samples.row.numpy() == np.tile(view.frames, DRAWS)).all()
    assert 1.5 < float(samples.height_m[0]) < 1.7
    # The keypoints are where the camera has them, give or take a detector's error.
    exact = run.with_exact_keypoints().views[1].samples
    pixels = MIQUS_CAMERAS[1].pixels(read_trials(CORPUS)[1].points[view.frames[0]])
    rays = MIQUS_CAMERAS[1].intrinsics.rays(pixels[:1], MIQUS_CAMERAS[1].size_wh)
    assert exact.points[0, 1, 0, :2] / exact.points[0, 1, 0, 2] == pytest.approx(rays[0], abs=1e-3)
    assert 0.001 < (samples.rays - exact.rays).norm(dim=-1).mean() < 0.1


def test_what_needs_no_network(run):
    skin, mean = run.of_learned_skin(), run.of_mean_pose()
    assert skin.shape == mean.shape == (DRAWS * (99 + 73 + 118), 20)
    assert not skin[:, RUNNER20.root].any()
    best, worst = run.score(skin), run.score(mean)
    assert 10 < best.low < best.value < best.high < 20
    assert 150 < worst.value < 300
    assert run.difference(skin, mean).high < -100
    assert set(run.by_camera(skin)) == {"camera1", "camera2", "camera3"}
    assert run.score(skin, HEELS).value < 20


def test_distances_by_hand(run):
    """Answers that are right but for one joint, which is 9 cm off."""
    answers = [view.drawn(view.joints) for view in run.views]
    for joints in answers:
        joints[:, RUNNER20.index("left_wrist"), 1] += 0.09
    distances = run._distances(answers)
    assert run.score(distances).value == pytest.approx(90 / 18)
    assert run.score_running(distances).value == pytest.approx(90 / 18)
    assert run.score(distances, ("left_wrist",)).value == pytest.approx(90)
    assert 0.2 < run.running.mean() < 0.7


def test_a_view_without_errors_is_the_same_for_every_draw(run):
    view = run.with_exact_keypoints().views[0]
    assert isinstance(view, View)
    rays = view.samples.rays.reshape(DRAWS, 99, -1)
    assert bool((rays == rays[:1]).all())
