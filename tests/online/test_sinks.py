"""What every sink of the table promises."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from support.estimators import estimator, late_estimator
from support.example_estimates import estimate

from realtime.errors import PublishError, UsageError
from realtime.online.live_sink import RunContext
from realtime.online.monitor import Monitor
from realtime.online.sinks import SINKS, open_sinks, publishes_previews
from realtime.pose import Frame
from realtime.settings import SINKS as FLAG_SINKS
from realtime.settings import settings_from
from realtime.stages import STREAMING, SourceStatus
from realtime.wire.message import StatusMessage
from realtime.wire.subscriber import PoseSubscriber


class Camera:
    name = "camera 0"


@pytest.fixture
def run(tmp_path):
    def context(**settings):
        usual = {"bind": "tcp://127.0.0.1:*", "out": tmp_path / "out", "min_free_gb": 0}
        chosen = settings_from(**usual | settings)
        return RunContext(chosen, Camera(), estimator({}), "f" * 32)

    return context


def test_the_default_is_all_that_was_ever_there(run):
    with ExitStack() as held:
        assert list(open_sinks(run(), held)) == ["record", "publish"]


def test_no_record_leaves_the_files_out(run, tmp_path):
    with ExitStack() as held:
        assert list(open_sinks(run(record=False), held)) == ["publish"]
    assert not (tmp_path / "out").exists()


def test_the_video_is_kept_only_when_asked_for(run, tmp_path):
    with ExitStack() as held:
        assert list(open_sinks(run(save_video=True), held)) == ["record", "publish", "video"]
    about = json.loads((tmp_path / "out" / "joints.json").read_text())
    assert {"video.mp4", "video_time.npy"} <= about.keys()
    with ExitStack() as held:  # into the folder that the recorder holds, whatever the order
        assert list(open_sinks(run(sinks=("video", "record")), held)) == ["record", "video"]
    with ExitStack() as held:
        open_sinks(run(), held)
    assert "video.mp4" not in json.loads((tmp_path / "out" / "joints.json").read_text())


@pytest.mark.parametrize("settings", [{"record": False}, {"sinks": ("publish",)}])
def test_a_video_without_a_recording_is_refused(run, settings):
    with ExitStack() as held, pytest.raises(UsageError, match="--save-video keeps the video"):
        open_sinks(run(save_video=True, **settings), held)


def test_a_start_that_fails_leaves_the_recording_before_it_alone(run, tmp_path):
    with ExitStack() as held:
        open_sinks(run(sinks=("record",)), held)["record"](estimate())
    before = contents_of(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = run(bind=f"tcp://127.0.0.1:{other.getsockname()[1]}")
        with ExitStack() as held, pytest.raises(PublishError, match="in use"):
            open_sinks(taken, held)
    assert contents_of(tmp_path) == before


def contents_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("preview", "bind", "wanted"),
    [
        ("auto", "tcp://127.0.0.1:5556", True),
        ("auto", "ipc:///tmp/poses", True),
        ("auto", "tcp://0.0.0.0:5556", False),
        ("auto", "tcp://[::]:5556", False),
        ("auto", "tcp://*:5556", False),
        ("auto", "tcp://laptop.local:5556", False),
        ("auto", "tcp://192.168.0.7:5556", False),
        ("on", "tcp://0.0.0.0:5556", True),
        ("off", "tcp://127.0.0.1:5556", False),
    ],
)
def test_the_camera_picture_leaves_this_machine_only_when_asked_to(preview, bind, wanted):
    assert publishes_previews(settings_from(preview=preview, bind=bind)) == wanted


def test_poses_and_frames_have_one_clock(run):
    with ExitStack() as held:
        context = run(save_video=True)
        sinks = open_sinks(context, held)
        one = estimate()
        frame = Frame(np.zeros((48, 64, 3), np.uint8), 0, one.pose.t_capture_ns, one.pose.t_unix_ns)
        for sink in sinks.values():
            sink(replace(one, frame=frame))
    poses, frames = (np.load(f"{context.settings.out}/{name}_time.npy") for name in ("joints", "video"))
    assert poses.tolist() == frames.tolist() == [context.clock.unix_s(one.pose.t_capture_ns)]


def test_files_and_socket_say_how_tall_and_how_late(run):
    late = late_estimator({}, height_m=1.8)
    with ExitStack() as held:
        context = replace(run(), estimator=late)
        sinks = open_sinks(context, held)
        assert json.loads(Path(context.settings.out, "joints.json").read_text())["height_m"] == 1.8
        with PoseSubscriber(sinks["publish"].address) as poses:
            while poses.schema is None:
                poses.poll(0.1)
            assert (poses.schema.delay_frames, poses.schema.height_m) == (late.delay, 1.8)


def test_sinks_are_those_that_the_flag_takes(run):
    assert set(SINKS) == set(FLAG_SINKS)
    with pytest.raises(UsageError, match=r"sinks takes one or more of publish, .* \(did you mean record\?\), not"):
        run(sinks=("publish", "recrod"))


@pytest.mark.parametrize("name", SINKS)
def test_it_takes_estimates_and_reports_and_closes_twice(name, run):
    with ExitStack() as held:
        sink = open_sinks(run(sinks={"video": ("record", "video")}.get(name, (name,))), held)[name]
        for index in range(3):
            sink(estimate(index))
        sink(estimate(3, "no_person"))
        known = {field.name for field in fields(StatusMessage)}
        assert sink.status_fields().keys() <= known - {"fault"}
        sink.report(Monitor(27).status(SourceStatus(STREAMING), **sink.status_fields()))
        assert sink.status_words().long
        assert "\n" not in "".join(sink.status_words()[:2])
        assert sink.fault == ""
        sink.close()
        sink.close()


def test_each_says_its_part_on_the_status_line(run):
    with ExitStack() as held:
        sinks = open_sinks(run(), held)
        for sink in sinks.values():
            sink(estimate())
        sinks["record"].close()  # written
        assert [sink.status_words().long for sink in sinks.values()] == ["1 pose recorded", "0 subscribers"]
        assert sinks["record"].status_fields() == {"recorded": 1}
