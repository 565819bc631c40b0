import contextlib
import dataclasses
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import zmq
import zmq.auth
from support.example_estimates import estimate, status_message
from support.publishers import connected, free_port, publish_until, publishing
from support.strangers import Stranger

from realtime.errors import PublishError
from realtime.pose import NO_PERSON
from realtime.skeleton import H36M17
from realtime.wire.keys import create_keys
from realtime.wire.publisher import Publisher
from realtime.wire.subscriber import PoseSubscriber

ROOT = Path(__file__).parents[2]


# What is sent


def test_a_pose_arrives_as_it_was():
    options = {"fov_deg": 70.0, "session": "5eed", "delay_frames": 3, "height_m": 1.8}
    with publishing(**options) as publisher, connected(publisher) as (poses, pose):
        sent = estimate().pose
        np.testing.assert_allclose(pose.joints, sent.xyz, atol=1e-4)
        np.testing.assert_allclose(pose.root_m, [0, 3, 0.9])
        assert pose.keypoints_px.shape == (33, 2)
        assert (pose.keypoints_skeleton, pose.skeleton) == ("blazepose-33", "h36m-17")
        assert (pose.source, pose.model, pose.session) == ("demo", "causal-27", "5eed")
        assert (pose.image_wh, pose.fov_deg) == ((640, 480), 70.0)
        assert (pose.valid, pose.reason, pose.person, pose.place) == (True, "ok", 0, "pelvis")
        assert pose.lag_ms.detect == 12.0
        assert 0 <= pose.lag_ms.total < 10_000
        assert pose.t_publish_ns >= pose.t_capture_ns
        assert (pose.delay_frames, pose.height_m) == (3, None)  # this person's height is not known
        assert (poses.schema.delay_frames, poses.schema.height_m) == (3, 1.8)
        publisher(dataclasses.replace(estimate(), height_m=1.7))
        assert poses.poll(5).height_m == 1.7


def test_seq_rises_by_one_with_every_pose():
    with publishing() as publisher, connected(publisher, newest=False) as (poses, last):
        for rise in range(1, 20):
            publisher(estimate())
            publisher.report(status_message())
            assert poses.poll(5).seq - last.seq == rise
        assert poses.lost == 0


def test_nobody_there_is_told_as_an_invalid_pose():
    with publishing() as publisher, connected(publisher, newest=False) as (poses, _):
        publisher(estimate(5, NO_PERSON))
        pose = poses.poll(5)
        assert (pose.valid, pose.reason, pose.frame) == (False, NO_PERSON, 5)
        assert pose.joints.shape == (0, 3)
        assert pose.root_m is None
        assert pose.person is None
        assert pose.keypoints_px.shape == (0, 2)


def spoil(part, bad):
    sent = estimate()
    if part == "root_m":
        sent.pose.root_m[1] = bad
    elif part == "xy":
        sent.keypoints.xy[3, 1] = bad
    else:
        getattr(sent.pose, part)[4] = bad
    return sent


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_number_that_is_not_finite_reaches_the_socket(bad):
    with publishing() as publisher, connected(publisher, newest=False) as (poses, _):
        for part in ("xyz", "score", "root_m", "xy"):
            publisher(spoil(part, bad))
        joints, score, root, pixels = (poses.poll(5) for _ in range(4))
        assert [pose.reason for pose in (joints, score)] == ["not_finite"] * 2
        assert not joints.valid
        assert not score.valid
        assert root.valid
        assert root.root_m is None
        assert pixels.valid
        assert pixels.keypoints_px.shape == (0, 2)
        assert publisher.not_finite == 4


def test_the_status_is_filled_in():
    long_fault = "a\nfault " * 200
    with publishing() as publisher, connected(publisher) as (poses, _):
        publisher.report(status_message(fault=long_fault))
        publish_until(publisher, lambda: poses.poll(0) and poses.status)
        status = poses.status
        assert (status.session, status.source) == (publisher.session, "demo")
        assert 0 < status.seq <= publisher.seq
        assert status.subscribers == 1
        assert abs(status.t_unix_ns - time.time_ns()) < 60e9
        assert status.fault.startswith("a?fault")


def test_a_source_name_with_control_characters_is_cleaned():
    with publishing(source="caf\u00e9\n\x1b[2J" + "x" * 500) as publisher, connected(publisher) as (_, pose):
        assert pose.source.startswith("caf\u00e9??[2J")


# Readers


def test_subscribers_are_counted():
    with publishing() as publisher, contextlib.ExitStack() as stack:
        readers = [stack.enter_context(PoseSubscriber(publisher.address)) for _ in range(3)]
        publish_until(publisher, lambda: publisher.subscribers == 3)
        readers[0].close()
        publish_until(publisher, lambda: publisher.subscribers == 2)
        status_only = stack.enter_context(zmq.Context.instance().socket(zmq.SUB))
        status_only.linger = 0
        status_only.subscribe("status")
        status_only.connect(publisher.address)
        for _ in range(2):
            readers.pop().close()
        publish_until(publisher, lambda: publisher.subscribers == 0)


# Strangers


def test_a_peer_that_takes_back_what_it_never_asked_for_ends_nothing():
    with publishing() as publisher, connected(publisher) as (poses, _), Stranger(publisher.address) as stranger:
        for _ in range(20):
            stranger.say(b"\x00pose3d ")
        stranger.say(b"\x01pose3d ")  # when this has been heard, so have those before
        publish_until(publisher, lambda: poses.poll(0) and publisher.subscribers == 2)
        stranger.say(b"\x00pose3d ")
        stranger.say(b"\x00pose3d ")
        publish_until(publisher, lambda: publisher.subscribers == 1)
        publisher.report(status_message())
        publish_until(publisher, lambda: poses.poll(0) and poses.status)
        assert poses.status.subscribers == 1


def test_a_peer_that_asks_five_times_counts_once_and_leaves_no_ghost():
    with publishing() as publisher, connected(publisher):
        with Stranger(publisher.address) as stranger:
            for topic in [b"pose3d "] * 5 + [b"", b"pose"]:
                stranger.say(b"\x01" + topic)
            publish_until(publisher, lambda: publisher.subscribers == 2)
        publish_until(publisher, lambda: publisher.subscribers == 1)
        for _ in range(10):
            publisher(estimate())
            assert publisher.subscribers == 1


def test_more_words_than_are_heard_at_once_leave_no_ghost():
    with publishing() as publisher, PoseSubscriber(publisher.address):
        publish_until(publisher, lambda: publisher.subscribers == 1)
        with Stranger(publisher.address) as stranger:
            for _ in range(5000):
                stranger.say(b"\x01pose3d ")
            publish_until(publisher, lambda: publisher.subscribers == 2)
        publish_until(publisher, lambda: publisher.subscribers == 1)
        for _ in range(60):
            publisher(estimate())
            assert publisher.subscribers == 1


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc on this system")
def test_readers_by_ipc_are_counted(tmp_path):
    with publishing(f"ipc://{tmp_path}/s") as publisher:
        with PoseSubscriber(publisher.address):
            publish_until(publisher, lambda: publisher.subscribers == 1)
        publish_until(publisher, lambda: publisher.subscribers == 0)


def test_a_message_that_is_wrong_is_left_out_and_told_once(caplog):
    with publishing() as publisher, connected(publisher, newest=False) as (poses, last):
        for _ in range(3):
            publisher(dataclasses.replace(estimate(), have=-1))
            publisher.report(status_message(fps=float("nan")))
        publisher(estimate())
        assert poses.poll(5).seq == last.seq + 1
        assert publisher.unsendable == 6
    told = [record.message for record in caplog.records]
    assert len(told) == 1
    assert told[0].startswith("cannot send this pose3d message: window")


# Where it may publish


@pytest.mark.parametrize(
    "address",
    [
        "",
        "foo",
        "5556",
        "127.0.0.1:5556",
        "tcp://",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:70000",
        "tcp://127.0.0.1:http",
        "tcp://127.0.0.1:5556 ",
        "tcp://a b:5556",
        "udp://127.0.0.1:5556",
        "http://127.0.0.1:5556",
        "ipc://",
        "inproc://x",
        "tcp://127.0.0.1:5556\n",
    ],
)
def test_what_is_no_address_is_told_in_one_line(address):
    with pytest.raises(PublishError, match=r"write it like tcp://127\.0\.0\.1:5556") as told, publishing(address):
        pass
    assert "\n" not in str(told.value)


def test_a_port_in_use_is_told_in_one_line():
    with (
        publishing() as first,
        pytest.raises(PublishError, match=r"another `python run\.py`: .*--bind"),
        publishing(first.address),
    ):
        pass


def test_a_foreign_address_is_told_in_one_line():
    with pytest.raises(PublishError, match="no such address"), publishing("tcp://192.0.2.1:5556", insecure=True):
        pass


def test_after_close_the_port_is_free_again():
    address = f"tcp://127.0.0.1:{free_port()}"
    for _ in range(3):
        publisher = None
        while publisher is None:  # the system takes its time to close
            with contextlib.suppress(PublishError):
                publisher = Publisher(address, source="demo", skeleton=H36M17, model="m")
        publisher(estimate())
        publisher.close()
        publisher.close()


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc on this system")
def test_ipc_deletes_no_file_and_steals_no_socket(tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("keep")
    with pytest.raises(PublishError, match="not a socket"), publishing(f"ipc://{mine}"):
        pass
    assert mine.read_text() == "keep"
    address = f"ipc://{tmp_path}/s"
    with (
        publishing(address) as publisher,
        connected(publisher),
        pytest.raises(PublishError, match="in use by another program"),
        publishing(address),
    ):
        pass


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc on this system")
def test_an_ipc_socket_that_a_dead_program_left_is_taken_over(tmp_path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(f"{tmp_path}/s")
    with publishing(f"ipc://{tmp_path}/s") as publisher, connected(publisher) as (_, pose):
        assert pose.valid


def test_a_path_that_is_too_long_is_told_in_one_short_line():
    with pytest.raises(PublishError, match=r"too long.*--bind") as told, publishing("ipc://" + "a" * 5000):
        pass
    assert len(str(told.value)) < 250


# Keys


@pytest.mark.skipif(os.name != "posix", reason="the mode tells rights on POSIX only")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610, 0o777])
def test_a_secret_key_that_others_can_read_is_refused_with_what_to_do(tmp_path, mode):
    _, secret = zmq.auth.create_certificates(tmp_path, "my publisher")
    Path(secret).chmod(mode)
    with pytest.raises(PublishError) as told, publishing(curve_secret_file=secret):
        pass
    assert str(told.value).endswith(f": chmod 600 '{secret}'")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_key_of_pyzmq_that_only_this_user_can_read_is_taken(tmp_path, caplog, mode):
    _, secret = zmq.auth.create_certificates(tmp_path, "publisher")
    Path(secret).chmod(mode)
    with publishing(curve_secret_file=secret):
        pass
    assert caplog.records == []


@pytest.mark.parametrize("content", [None, "", "junk", 'curve\n    public-key = "short"\n    secret-key = "short"\n'])
def test_a_broken_key_file_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "publisher.key_secret"
    if content is not None:
        path.write_text(content)
    with pytest.raises(PublishError) as told, publishing(curve_secret_file=path):
        pass
    assert "\n" not in str(told.value)


def test_a_public_key_file_is_not_a_secret_one(tmp_path):
    public, _ = create_keys(tmp_path / "publisher")
    with pytest.raises(PublishError, match="key_secret"), publishing(curve_secret_file=public):
        pass


# The example


def test_the_example_prints_the_hand():
    with publishing() as publisher:
        example = subprocess.Popen(
            [sys.executable, ROOT / "examples" / "subscribe.py", publisher.address], stdout=subprocess.PIPE, text=True
        )
        try:
            publish_until(publisher, lambda: publisher.subscribers == 1)
            publisher(estimate())
            seq, _, hand = example.stdout.readline().partition(" ")
            assert int(seq) >= 1
            assert json.loads(hand) == [1.6, 0.8, -1.6]
            publisher(estimate(reason=NO_PERSON))
            for line in example.stdout:
                if line.split()[1] == NO_PERSON:
                    break
        finally:
            example.kill()
            example.wait()
            example.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_the_example_without_a_traceback():
    with publishing() as publisher:
        example = subprocess.Popen(
            [sys.executable, ROOT / "examples" / "subscribe.py", publisher.address],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            publish_until(publisher, lambda: publisher.subscribers == 1)
            example.send_signal(signal.SIGINT)
            _, said = example.communicate(timeout=20)
            assert said == ""
        finally:
            example.kill()
            example.wait()


def test_logging_is_quiet_when_all_is_well(caplog):
    with caplog.at_level(logging.DEBUG, "realtime"), publishing() as publisher, connected(publisher):
        pass
    assert not caplog.records
