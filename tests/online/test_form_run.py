"""--analyze form from keypoints to a reader of the socket: squats by formula, with the network that ships."""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
import pytest
from support.demo_clip import demo_truth
from support.exercising import Exerciser, Rep

from realtime.estimation import build
from realtime.formats.safe.npz import save_npz
from realtime.online.form import open_form
from realtime.online.live_sink import RunContext
from realtime.online.sinks import open_sinks
from realtime.settings import settings_from
from realtime.skeleton import COCO17
from realtime.stages import all_frames
from realtime.wire.subscriber import PoseSubscriber

SIZE_WH, FOV_DEG, FPS = (640, 480), 60.0, 30
REPS = 3


def keypoint_file(path, exerciser, *, facing_deg=50.0, distance_m=3.5, height_m=1.0):
    """What a level camera sees of somebody who exercises."""
    points = exerciser.points(np.arange(int(exerciser.seconds * FPS)) / FPS)
    body = np.stack([points[name] for name in COCO17.joints], 1)
    angle = np.radians(facing_deg)
    towards, aside = (
        -np.cos(angle) * body[..., 0] + np.sin(angle) * body[..., 1],
        body[..., :2] @ [np.sin(angle), np.cos(angle)],
    )
    focal_px = max(SIZE_WH) / 2 / np.tan(np.radians(FOV_DEG) / 2)
    away = distance_m + towards
    xy = np.array(SIZE_WH) / 2 + focal_px * np.stack([aside / away, (height_m - body[..., 2]) / away], -1)
    return write_keypoints(path, xy, SIZE_WH)


def write_keypoints(path, xy, size_wh):
    """Keypoints (T, 17, 2) px that are all seen well."""
    about = {"size_wh": np.array(size_wh), "fps": np.float64(FPS), "skeleton": COCO17.name}
    save_npz(path, format=1, xy=xy.astype(np.float32), score=np.full(xy.shape[:2], 0.9, np.float32), **about)
    return path


@pytest.fixture(scope="module")
def squats(tmp_path_factory):
    exerciser = Exerciser("squat", (Rep(depth_m=-0.10, shank_deg=32.0, rest_s=1.5),) * REPS)
    path = keypoint_file(tmp_path_factory.mktemp("squats") / "squats.npz", exerciser)
    begun_ns = None
    with ExitStack() as cleanup:
        settings = settings_from(
            source=path, bind="tcp://127.0.0.1:*", sinks=("publish",), analyze="form", exercise="squat", fov=FOV_DEG
        )
        detector, source = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detector)
        sinks = open_sinks(RunContext(settings, source, estimator, "f" * 32), cleanup)
        reader = cleanup.enter_context(PoseSubscriber(sinks["publish"].address, newest=False))
        while reader.schema is None:
            reader.poll(0.1)
        for estimate in estimator.run(all_frames(source)):
            for sink in sinks.values():
                sink(estimate)
            pose = reader.poll(20)
            begun_ns = pose.t_capture_ns if begun_ns is None else begun_ns
        reader.poll(0.3)  # what came after the last pose
        return exerciser, list(reader.repetitions()), begun_ns, sinks["form"].status_words().long


def test_every_repetition_is_counted_once_with_its_times(squats):
    exerciser, repetitions, begun_ns, words = squats
    assert words == f"form squat {REPS}"
    assert [one.in_set for one in repetitions] == list(range(1, REPS + 1))
    for one, span in zip(repetitions, exerciser.spans(), strict=True):
        times = (np.array([one.start_ns, one.bottom_ns, one.end_ns]) - begun_ns) / 1e9
        assert times == pytest.approx([span.start_s, (span.bottom_s + span.leaves_s) / 2, span.end_s], abs=0.35)
        assert one.t_known_ns >= one.end_ns


def test_known_half_a_second_after_lock_out_at_the_latest(squats):
    assert all(one.delay_ms < 500 for one in squats[1])


def test_depth_knees_tempo_and_velocity_loss_come_with_it(squats):
    exerciser, repetitions, *_ = squats
    for i, one in enumerate(repetitions):
        depth, knee = one.measure("depth"), one.measure("knee_flexion")
        assert depth.unit == "cm"
        assert knee.value is not None
        bent_deg = np.mean(list(exerciser.turn_answers(i).knee_flexion_deg.values()))
        assert knee.value == pytest.approx(bent_deg, abs=15)
        assert abs(depth.value - 100 * exerciser.turn_answers(i).depth_m) < depth.error
        assert 0.3 < one.measure("up_time").value < 1.2  # of 1 s, at whose ends nothing moves
        assert one.measure("velocity_loss").value == pytest.approx(0, abs=15)


@pytest.mark.parametrize("exercise", ["squat", "auto"])
def test_the_demo_walks_a_lap_and_then_squats_twice(exercise, tmp_path):
    """By its exact keypoints; eyes and ears, which the truth does not have, are on the way to the top of the head."""
    truth, _ = demo_truth()
    up = truth["head_top"] - truth["nose"]
    about = {"eye": truth["nose"] + 0.3 * up, "ear": (truth["neck"] + truth["head_top"]) / 2}
    xy = np.stack([truth.get(joint, about.get(joint[-3:])) for joint in COCO17.joints], 1)
    path, messages = write_keypoints(tmp_path / "demo.npz", xy, (854, 480)), []
    with ExitStack() as cleanup:
        settings = settings_from(source=path, analyze="form", exercise=exercise)
        detector, source = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detector)
        sink = open_form(settings, estimator.level, messages.append)
        for estimate in estimator.run(all_frames(source)):
            sink(estimate)
    assert [(one.exercise, one.count) for one in sink.sets.done] == [("squat", 2)]
    assert messages[-1].partials == 0


def test_the_demo_s_pixels_have_two_squats():
    messages = []
    with ExitStack() as cleanup:
        settings = settings_from(source="demo", every_frame=True, analyze="form", exercise="auto")
        detector, source = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detector)
        sink = open_form(settings, estimator.level, messages.append)
        for estimate in estimator.run(all_frames(source)):
            sink(estimate)
    assert [(one.exercise, one.count) for one in sink.sets.done] == [("squat", 2)]
