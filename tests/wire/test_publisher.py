import contextlib
import dataclasses
import json
import logging
import os
import random
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

from realtime.errors import PublishError
from realtime.pose import NO_PERSON
from realtime.skeleton import H36M17
from realtime.wire.bind import is_local
from realtime.wire.keys import create_keys
from realtime.wire.message import SchemaMessage, decode
from realtime.wire.publisher import Publisher
from realtime.wire.subscriber import PoseSubscriber

ROOT = Path(__file__).parents[2]
ANY_PORT = "tcp://127.0.0.1:*"


@contextlib.contextmanager
def publishing(address=ANY_PORT, **options):
    publisher = Publisher(address, **{"source": "demo", "skeleton": H36M17, "model": "causal-27", **options})
    try:
        yield publisher
    finally:
        publisher.close()


def publish_until(publisher, condition, limit_s=20.0, pause_s=0.002):
    """Publish poses until the condition holds; it must before the limit."""
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s, "the condition never came"
        publisher(estimate(publisher.seq))
        time.sleep(pause_s)


@contextlib.contextmanager
def connected(publisher, **options):
    """A subscriber that has read all that was published, and the last pose of it."""
    with PoseSubscriber(publisher.address, **options) as poses:
        last = None
        while last is None or last.seq < publisher.seq:
            pose = poses.poll(0.02)
            if pose is None:
                publisher(estimate(publisher.seq))
            last = pose or last
        yield poses, last


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


# The schema


def test_the_first_thing_a_late_joiner_hears_is_the_schema():
    with publishing() as publisher:
        for _ in range(100):
            publisher(estimate())
        with zmq.Context.instance().socket(zmq.SUB) as reader:
            reader.linger = 0
            reader.subscribe("")
            reader.connect(publisher.address)
            publish_until(publisher, lambda: reader.poll(0))
            schema = decode(reader.recv())
        assert isinstance(schema, SchemaMessage)
        assert schema.as_skeleton() == H36M17
        assert schema.axes == "x right, y away, z up"


def test_the_schema_comes_again():
    with publishing() as publisher, zmq.Context.instance().socket(zmq.SUB) as reader:
        reader.linger = 0
        reader.subscribe("schema ")
        reader.connect(publisher.address)
        count = []
        publish_until(publisher, lambda: count.append(reader.poll(0) and reader.recv()) or sum(map(bool, count)) >= 2)


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


def test_readers_that_come_and_go_cost_another_reader_nothing():
    with publishing() as publisher, connected(publisher, newest=False) as (reference, last):
        dice = random.Random(1)
        readers = []
        for rise in range(1, 201):
            if len(readers) < 20 and dice.random() < 0.6:
                readers.append(PoseSubscriber(publisher.address))
            elif readers:
                readers.pop(dice.randrange(len(readers))).close()
            publisher(estimate())
            assert reference.poll(5).seq - last.seq == rise
        assert reference.lost == 0
        for reader in readers:
            reader.close()
        publish_until(publisher, lambda: publisher.subscribers == 1)


FROZEN = """
import sys, zmq
reader = zmq.Context().socket(zmq.SUB)
reader.subscribe("")
reader.connect(sys.argv[1])
reader.recv()
print("here", flush=True)
while True:
    reader.recv()
"""


def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_frozen_reader_costs_neither_time_nor_memory_nor_another_readers_messages():
    with publishing() as publisher, connected(publisher, newest=False) as (reader, _):
        frozen = subprocess.Popen([sys.executable, "-c", FROZEN, publisher.address], stdout=subprocess.PIPE)
        try:
            publish_until(publisher, lambda: publisher.subscribers == 2)
            frozen.stdout.readline()
            os.kill(frozen.pid, signal.SIGSTOP)
            while reader.poll(0):
                pass

            def grown_by_publishing(count):
                before = resident_bytes()
                for _ in range(count):
                    publisher(estimate())
                    reader.poll(5)
                return resident_bytes() - before

            grown_by_publishing(2500)  # fills what the system holds for the frozen one
            # Kept messages, 1.4 kB each, would show in every round; what else lives here only in some.
            assert min(grown_by_publishing(2000) for _ in range(3)) < 1_000_000
            assert reader.lost == 0
        finally:
            frozen.kill()
            frozen.wait()
            frozen.stdout.close()


# Strangers


class Stranger:
    """A peer on a plain socket that speaks ZMTP 3.0, and says what no library would."""

    def __init__(self, address):
        host, port = address.removeprefix("tcp://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.socket.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32))
        ready = b"\x05READY" + b"\x0bSocket-Type" + (3).to_bytes(4, "big") + b"SUB"
        self.socket.sendall(bytes([4, len(ready)]) + ready)
        heard = b""
        while b"XPUB" not in heard:
            heard += self.socket.recv(1)

    def say(self, body):
        self.socket.sendall(bytes([0, len(body)]) + body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


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


def test_refusals_are_told_in_good_grammar(caplog):
    with publishing() as publisher:
        host, port = publisher.address.removeprefix("tcp://").split(":")
        for told in (1, 2):
            with socket.create_connection((host, int(port))) as stranger:
                stranger.sendall(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")
            publish_until(publisher, lambda told=told: publisher.refused == told)
            publisher._refused_due_s = 0.0  # the minute is over
            publisher(estimate())
    said = [record.message.partition(" at ")[0] for record in caplog.records]
    assert said == ["1 connection was refused", "2 connections were refused"]


# Where it may publish


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the open ports are read from /proc")
def test_the_default_is_loopback():
    with publishing() as publisher:
        port = int(publisher.address.rpartition(":")[2])
        sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = [local for _, local, _, state, *_ in sockets if state == "0A" and local.endswith(f":{port:04X}")]
        assert listening == [f"0100007F:{port:04X}"]  # 127.0.0.1, as the kernel writes it


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("tcp://127.0.0.1:5556", True),
        ("tcp://127.8.9.1:*", True),
        ("tcp://localhost:5556", True),
        ("tcp://[::1]:5556", True),
        ("ipc:///tmp/x", True),
        ("tcp://*:5556", False),
        ("tcp://0.0.0.0:5556", False),
        ("tcp://[::]:5556", False),
        ("tcp://192.168.1.5:5556", False),
        ("tcp://eth0:5556", False),
        ("tcp://127.0.0.1.example.org:5556", False),
    ],
)
def test_which_addresses_stay_on_this_machine(address, inside):
    assert is_local(address) is inside


def test_beyond_this_machine_a_key_or_a_word_is_wanted(tmp_path):
    with pytest.raises(PublishError, match=r"anybody.*--curve-key.*--insecure"), publishing("tcp://0.0.0.0:*"):
        pass
    with publishing("tcp://0.0.0.0:*", insecure=True):
        pass
    _, secret = create_keys(tmp_path / "publisher")
    with publishing("tcp://0.0.0.0:*", curve_secret_file=secret):
        pass


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


def test_with_a_key_only_who_knows_it_reads(tmp_path, caplog):
    public, secret = create_keys(tmp_path / "publisher")
    wrong, _ = create_keys(tmp_path / "other")
    with (
        publishing(curve_secret_file=secret) as publisher,
        connected(publisher, curve_server_file=public) as (friend, first),
        PoseSubscriber(publisher.address, curve_server_file=wrong) as stranger,
        PoseSubscriber(publisher.address) as plain,
    ):
        assert first.valid
        publish_until(publisher, lambda: friend.poll(0) and publisher.refused >= 4)
        assert stranger.poll(0.1) is plain.poll(0.1) is None
        assert stranger.silent_s == plain.silent_s == float("inf")
        assert publisher.subscribers == 1
    assert sum("wrong CURVE key" in record.message for record in caplog.records) == 1


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
