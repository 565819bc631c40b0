"""--analyze with the networks that ship, from keypoints to a reader of the socket."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import zmq
from support.live_walks import keypoint_file

from realtime.analysis.form.exercises import EXERCISES as FORM_EXERCISES
from realtime.errors import UsageError, WeightsError
from realtime.estimation import build, network
from realtime.lifting.choice import choose_network
from realtime.lifting.model_files import MODEL_FOLDER
from realtime.online.analyses import ANALYSES
from realtime.online.gait import open_gait
from realtime.online.live_sink import RunContext
from realtime.online.sinks import open_sinks
from realtime.settings import ANALYSES as FLAG_ANALYSES
from realtime.settings import EXERCISES, settings_from
from realtime.skeleton import BLAZEPOSE33, COCO17, COCO_FEET21
from realtime.stages import all_frames
from realtime.wire.analyses.angles import AnglesMessage
from realtime.wire.analyses.gait import GaitMessage
from realtime.wire.message import PoseMessage, decode

WAIT_MS = 20_000


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    return keypoint_file(tmp_path_factory.mktemp("walk") / "walk.npz")


def opened(walk, out, cleanup, **more):
    settings = settings_from(source=walk, bind="tcp://127.0.0.1:*", out=out, min_free_gb=0, **more)
    detector, source = build.detector_and_source(settings, cleanup)
    estimator = build.estimator(settings, detector)
    return source, estimator, open_sinks(RunContext(settings, source, estimator, "f" * 32), cleanup)


def run(walk, out, **more):
    """The messages but statuses and schemas, in the order in which a reader of everything gets them, and the joints
    that are recorded."""
    got = []
    with ExitStack() as cleanup:
        source, estimator, sinks = opened(walk, out, cleanup, **more)
        reader = cleanup.enter_context(zmq.Context.instance().socket(zmq.SUB))
        reader.linger = 0
        reader.subscribe(b"")
        reader.connect(sinks["publish"].address)
        assert reader.poll(WAIT_MS)  # the schema
        for estimate in estimator.run(all_frames(source)):
            for sink in sinks.values():
                sink(estimate)
            while not got or not isinstance(got[-1], PoseMessage) or got[-1].frame < estimate.pose.index:
                assert reader.poll(WAIT_MS)
                got.append(decode(reader.recv()))
        while reader.poll(300):
            got.append(decode(reader.recv()))
    return [m for m in got if isinstance(m, PoseMessage | AnglesMessage | GaitMessage)], np.load(out / "joints.npy")


@pytest.fixture(scope="module")
def analysed(walk, tmp_path_factory):
    return run(walk, tmp_path_factory.mktemp("run") / "out", analyze="angles,gait,form")


def test_poses_and_recording_are_bit_for_bit_what_they_are_without(analysed, walk, tmp_path):
    messages, joints = analysed
    plain_messages, plain_joints = run(walk, tmp_path / "out")
    assert joints.tobytes() == plain_joints.tobytes()
    poses = [m for m in messages if isinstance(m, PoseMessage)]
    assert len(poses) == len(plain_messages) == 240
    for one, other in zip(poses, plain_messages, strict=True):
        assert one.joints.tobytes() == other.joints.tobytes()
        assert one.score.tobytes() == other.score.tobytes()
        assert (one.seq, one.frame, one.model, one.reason) == (other.seq, other.frame, other.model, other.reason)
        assert np.array_equal(one.root_m, other.root_m)


def test_angles_come_after_every_pose_and_gait_after_them(analysed):
    messages, _ = analysed
    poses = [i for i, m in enumerate(messages) if isinstance(m, PoseMessage)]
    for i in poses:
        pose, angles = messages[i : i + 2]
        assert isinstance(angles, AnglesMessage)
        assert (angles.seq, angles.frame, angles.session) == (pose.seq, pose.frame, pose.session)
        assert angles.t_capture_ns == pose.t_capture_ns
        assert {"knee_angle_l", "hip_flexion_r", "elbow_flex_l"} <= angles.degrees.keys()
    for i, message in enumerate(messages):
        if isinstance(message, GaitMessage):
            assert isinstance(messages[i - 1], AnglesMessage)
            assert (message.seq, message.frame) == (messages[i - 1].seq, messages[i - 1].frame)


def test_the_steps_of_a_walk_are_found_from_its_keypoints(analysed):
    gait = [m for m in analysed[0] if isinstance(m, GaitMessage)]
    assert (gait[-1].kind, gait[-1].why) == ("walk", "")
    assert gait[-1].steps_per_min == pytest.approx(120, rel=0.03)
    assert gait[-1].strides_per_min == pytest.approx(60, rel=0.03)
    contacts = [event for m in gait for event in m.events if event.kind == "contact"]
    assert [a.side != b.side for a, b in pairwise(contacts)] == [True] * (len(contacts) - 1)
    assert len(contacts) >= 10


@pytest.mark.parametrize("keypoints", [COCO17, COCO_FEET21, BLAZEPOSE33])
def test_events_without_keypoints_of_the_feet_are_marked(keypoints, tmp_path):
    """Feet follow from the motion of the legs then."""
    path = keypoint_file(tmp_path / "walk.npz", seconds=4, keypoints=keypoints)
    messages = []
    with ExitStack() as cleanup:
        settings = settings_from(source=path)
        detector, source = build.detector_and_source(settings, cleanup)
        sink = open_gait(settings, detector, messages.append)
        for estimate in build.estimator(settings, detector).run(all_frames(source)):
            sink(estimate)
    lows = [event.low for message in messages for event in message.events]
    assert len(lows) > 6
    assert all("hardly seen" in low for low in lows) == (keypoints is COCO17)


def test_without_a_socket_the_status_line_still_shows_the_gait(walk, tmp_path):
    with ExitStack() as cleanup:
        source, estimator, sinks = opened(walk, tmp_path, cleanup, sinks=("record",), analyze="gait")
        assert list(sinks) == ["record", "gait"]
        for estimate in estimator.run(all_frames(source)):
            sinks["gait"](estimate)
        assert sinks["gait"].status_words().long == "gait 120 steps/min"


def test_analyses_are_those_that_the_flag_takes():
    assert set(ANALYSES) == set(FLAG_ANALYSES)
    with pytest.raises(
        UsageError, match=r"analyze takes one or more of angles, gait, form .* \(did you mean gait\?\), not"
    ):
        settings_from(analyze="gate")


def test_exercises_are_those_that_the_flag_takes():
    assert set(FORM_EXERCISES) == set(EXERCISES)
    with pytest.raises(UsageError, match=r"exercise takes one of auto, squat, .*\(did you mean squat\?\)"):
        settings_from(exercise="squats")


def test_an_exercise_without_form_is_told_before_anything_is_opened(walk, tmp_path):
    with ExitStack() as cleanup, pytest.raises(UsageError, match="--exercise squat needs --analyze form, which counts"):
        opened(walk, tmp_path / "out", cleanup, exercise="squat")
    assert not (tmp_path / "out").exists()


def test_without_its_network_gait_does_not_start_and_touches_no_recording(walk, tmp_path, monkeypatch):
    run(walk, tmp_path / "out")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    models = tmp_path / "models"
    models.mkdir()
    for path in MODEL_FOLDER.glob("causal-feet-27.*"):
        shutil.copy(path, models)
    monkeypatch.setattr(network, "choose_network", partial(choose_network, folder=models))
    with ExitStack() as cleanup, pytest.raises(WeightsError, match="gait needs a network for the joints") as fault:
        opened(walk, tmp_path / "out", cleanup, analyze="gait")
    assert "\n" not in str(fault.value)
    shutil.rmtree(models)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
