"""The publishing socket in a process of its own: what readers do there does not reach the pipeline."""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zmq
import zmq.auth
from hypothesis import given
from hypothesis import strategies as st
from support import flooding_reader
from support.publishers import ANY_PORT, LINUX, reader, relay, resident_bytes, send_until

from realtime.errors import MessageError, PublishError
from realtime.wire import relay as relay_module
from realtime.wire.framing import FrameReader, framed
from realtime.wire.relay import FIFO, SocketProcess
from realtime.wire.socket_process import MEMORY_LIMIT_BYTES
from realtime.wire.topics import MAX_PREVIEW_BYTES, TOPICS, heads_of


def test_messages_arrive_in_order():
    with relay() as process, reader(process.state.address) as subscriber:
        send_until(process, lambda: subscriber.poll(0))
        subscriber.setsockopt(zmq.RCVTIMEO, 5000)
        for number in range(200):
            process.send(b"pose3d %d" % number)
            time.sleep(0.001)
        got = []
        while not got or got[-1] != b"pose3d 199":
            got.append(subscriber.recv())
        assert got[-200:] == [b"pose3d %d" % number for number in range(200)]
        assert process.dropped == 0


def test_a_process_that_was_killed_is_started_again_at_the_same_address(caplog):
    with relay() as process, reader(process.state.address) as subscriber:
        send_until(process, lambda: subscriber.poll(0))
        address, pid = process.state.address, process._process.pid
        os.kill(pid, signal.SIGKILL)
        send_until(process, lambda: process.restarts == 1)
        while subscriber.poll(0):
            subscriber.recv()
        send_until(process, lambda: subscriber.poll(0))
        assert process.state.address == address
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert address in caplog.text


def test_an_address_that_another_program_took_is_tried_again_and_told():
    with relay() as process:
        address = process.state.address
        os.kill(process._process.pid, signal.SIGKILL)
        process._process.wait()
        with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
            send_until(process, lambda: "in use by another program" in process.state.fault)
            assert process.restarts < 10  # not with every message
        with reader(address) as subscriber:
            send_until(process, lambda: subscriber.poll(0))
            assert (process.state.fault, process.state.address) == ("", address)


def test_a_process_that_cannot_be_started_again_is_tried_again_and_told(monkeypatch):
    def no_memory(*_words, **_options):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    with relay() as process, reader(process.state.address) as subscriber:
        send_until(process, lambda: subscriber.poll(0))
        with monkeypatch.context() as patch:
            patch.setattr(relay_module.subprocess, "Popen", no_memory)
            os.kill(process._process.pid, signal.SIGKILL)
            send_until(process, lambda: process.restarts == 2)
            assert "Cannot allocate memory" in process.state.fault
        while subscriber.poll(0):
            subscriber.recv()
        send_until(process, lambda: subscriber.poll(0))
        assert process.state.fault == ""


def test_while_it_is_busy_the_oldest_messages_are_dropped_and_counted():
    with relay() as process:
        send_until(process, lambda: process.state.address)
        os.kill(process._process.pid, signal.SIGSTOP)
        try:
            message = b"pose3d " + bytes(3000)
            longest_s = 0.0
            for _ in range(500):
                start_s = time.perf_counter()
                process.send(message)
                longest_s = max(longest_s, time.perf_counter() - start_s)
            assert process.dropped > 500 - FIFO - 100  # the rest is in the system's buffer
            assert longest_s < 1
        finally:
            os.kill(process._process.pid, signal.SIGCONT)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends a process there")
def test_it_outlives_the_signals_that_all_processes_of_a_terminal_get():
    with relay() as process, reader(process.state.address) as subscriber:
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            os.kill(process._process.pid, number)
        send_until(process, lambda: subscriber.poll(0))
        assert process.restarts == 0
        process.close()
        assert process._process.returncode == 0


def test_a_pipeline_that_was_killed_takes_its_socket_along(tmp_path):
    script = tmp_path / "pipeline.py"
    script.write_text(
        "import os, signal\n"
        "from realtime.wire.relay import BindOptions, SocketProcess\n"
        "process = SocketProcess()\n"
        f"process.bind(BindOptions({ANY_PORT!r}, 'welcome'))\n"
        "print(process.state.address, process._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    paths = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=paths, check=False)
    address, pid = run.stdout.split()
    end_s = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() or _answers(address):
        assert time.monotonic() < end_s
        time.sleep(0.05)


def _answers(address):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0


def test_no_module_in_the_current_folder_is_run(tmp_path, monkeypatch):
    for name in ("zmq", "json", "signal", "realtime"):
        (tmp_path / f"{name}.py").write_text("open('was_run', 'w')\nraise SystemExit")
    monkeypatch.chdir(tmp_path)
    with relay() as process:
        assert process.state.address
    assert not (tmp_path / "was_run").exists()


def test_what_cannot_be_bound_is_told():
    with (
        relay() as process,
        pytest.raises(PublishError, match="in use by another program"),
        relay(process.state.address),
    ):
        pass


@LINUX
@pytest.mark.parametrize("topic_bytes", [60, 4000])
def test_a_million_subscriptions_cost_neither_time_nor_memory(topic_bytes):
    with relay() as process, reader(process.state.address) as subscriber:
        send_until(process, lambda: subscriber.poll(0))
        host, port = process.state.address.removeprefix("tcp://").split(":")
        attacker = subprocess.Popen([sys.executable, flooding_reader.__file__, host, port, str(topic_bytes)])
        try:
            longest_s, most_bytes, arrived = 0.0, 0, 0
            end_s = time.monotonic() + 2.5
            while time.monotonic() < end_s:
                start_s = time.perf_counter()
                process.send(b"pose3d {}")
                longest_s = max(longest_s, time.perf_counter() - start_s)
                most_bytes = max(most_bytes, resident_bytes(process._process.pid))
                while subscriber.poll(0):
                    subscriber.recv()
                    arrived += 1
                time.sleep(0.01)
        finally:
            attacker.kill()
            attacker.wait()
        assert most_bytes < MEMORY_LIMIT_BYTES + (100 << 20)
        assert longest_s < 2  # it was 18 s inside the library
        assert arrived > 20
        start_s = time.monotonic()
        process.close()
        assert time.monotonic() - start_s < 3


def test_a_reader_of_many_topics_that_do_not_exist_is_cut_off_and_another_stays():
    with relay() as process, reader(process.state.address) as good, reader(process.state.address, b"x") as bad:
        send_until(process, lambda: good.poll(0) and process.state.subscribers == 1)
        for number in range(150):
            bad.subscribe(b"topic %d" % number)
        send_until(process, lambda: process.state.cut >= 1)
        while good.poll(0):
            good.recv()
        send_until(process, lambda: good.poll(0))
        assert process.restarts == 0


def test_a_key_works_with_the_limits(tmp_path):
    public, secret = zmq.auth.create_certificates(tmp_path, "publisher")
    Path(secret).chmod(0o600)
    with relay(curve_secret_file=str(secret)) as process:
        subscriber = zmq.Context.instance().socket(zmq.SUB)
        subscriber.curve_publickey, subscriber.curve_secretkey = zmq.curve_keypair()
        subscriber.curve_serverkey = zmq.auth.load_certificate(public)[0]
        subscriber.subscribe(b"pose3d ")
        subscriber.connect(process.state.address)
        try:
            send_until(process, lambda: subscriber.poll(0))
        finally:
            subscriber.close(linger=0)


@given(st.lists(st.binary(max_size=300), max_size=8), st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_frames_come_whole_however_the_stream_is_cut(contents, cuts):
    stream, frames, got = b"".join(map(framed, contents)), FrameReader(), []
    position = number = 0
    while position < len(stream):
        size = cuts[number % len(cuts)]
        frames.feed(stream[position : position + size])
        position, number = position + size, number + 1
        while frames.complete:
            got.append(frames.take())
    assert got == contents


# Subscriptions


@pytest.mark.parametrize("topic", TOPICS)
def test_every_beginning_of_a_topic_subscribes_to_it(topic):
    head = f"{topic} ".encode()
    assert all(head in heads_of(head[:length]) for length in range(len(head) + 1))


def test_previews_are_for_those_who_name_them():
    assert heads_of(b"preview") == heads_of(b"preview ") == {b"preview "}
    assert heads_of(b"") == {b"pose3d ", b"status ", b"schema ", b"angles ", b"gait ", b"form "}
    assert heads_of(b"p") == {b"pose3d "}
    assert heads_of(b"s") == {b"status ", b"schema "}


def test_a_subscription_to_nothing_is_answered_with_nothing():
    for strange in (b"x", b"pose3d", b"Pose3d ", b"previews", bytes(60)):
        assert heads_of(strange) == ({b"pose3d "} if strange == b"pose3d" else set())
    assert heads_of(b'pose3d {"v"') == {b'pose3d {"v"'}  # some poses


def test_what_is_cancelled_stays_where_another_subscription_means_it_too():
    with relay() as process, reader(process.state.address, b"", b"pose3d ") as subscriber:
        send_until(process, lambda: process.state.subscribers == 1)
        subscriber.unsubscribe(b"")
        got = []

        def only_poses():
            process.send(b"status {}")
            while subscriber.poll(0):
                got.append(subscriber.recv())
            return got[-50:] == [b"pose3d {}"] * 50

        send_until(process, only_poses)
        subscriber.unsubscribe(b"pose3d ")
        send_until(process, lambda: process.state.subscribers == 0)


# Previews


def test_previews_reach_those_who_ask_for_them_and_nobody_else():
    with relay() as process, reader(process.state.address, b"") as everything:
        send_until(process, lambda: process.state.subscribers == 1)
        assert process.state.previews == 0
        with reader(process.state.address, b"preview ") as viewer:
            send_until(process, lambda: process.state.previews == 1)
            assert process.state.subscribers == 1
            picture = b"preview {}" + bytes(MAX_PREVIEW_BYTES - 10)
            process.send_preview(picture)
            send_until(process, lambda: viewer.poll(0))
            assert viewer.recv() == picture
        send_until(process, lambda: process.state.previews == 0)
        while everything.poll(50):
            assert not everything.recv().startswith(b"preview")
        with pytest.raises(MessageError, match="the limit is 262144"):
            process.send_preview(picture + b".")


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="there is no SIGSTOP")
def test_of_the_previews_only_the_newest_waits_and_no_pose_waits_behind_it():
    with relay() as process, reader(process.state.address, b"pose3d ", b"preview ") as subscriber:
        send_until(process, lambda: process.state.previews and subscriber.poll(0))
        while subscriber.poll(100):
            subscriber.recv()
        os.kill(process._process.pid, signal.SIGSTOP)
        for number in range(50):
            process.send_preview(b"preview %d " % number + bytes(100_000))
            process.send(b"pose3d %d" % number)
        os.kill(process._process.pid, signal.SIGCONT)
        got = []

        def complete():
            process.update()
            while subscriber.poll(10):
                got.append(tuple(subscriber.recv().split()[:2]))
            return {(b"pose3d", b"49"), (b"preview", b"49")} <= set(got)

        end_s = time.monotonic() + 20
        while not complete():
            assert time.monotonic() < end_s
        assert [int(number) for topic, number in got if topic == b"pose3d"] == list(range(50))
        assert [topic for topic, _ in got[:20]] == [b"pose3d"] * 20
        assert len(got) - 50 <= 20  # what the system's buffer had taken, and the newest
        assert process.dropped == 0


@LINUX
def test_readers_that_do_not_read_their_previews_cost_no_memory_and_no_poses():
    with relay() as process, contextlib.ExitStack() as stack, reader(process.state.address) as good:
        frozen = [stack.enter_context(reader(process.state.address, b"preview ")) for _ in range(4)]
        for subscriber in frozen:
            subscriber.setsockopt(zmq.RCVHWM, 1)
        send_until(process, lambda: process.state.previews == 4 and good.poll(0))
        before, most, arrived = resident_bytes(process._process.pid), 0, 0
        for number in range(300):
            process.send_preview(b"preview %d " % number + bytes(MAX_PREVIEW_BYTES - 20))
            process.send(b"pose3d %d" % number)
            arrived += bool(good.poll(1000) and good.recv())
            most = max(most, resident_bytes(process._process.pid))
        assert most - before < 4 * 64 * MAX_PREVIEW_BYTES + (20 << 20)
        assert arrived == 300
        assert process.restarts == process.dropped == 0


def test_a_bug_in_the_process_keeps_its_traceback():
    process = SocketProcess()
    process._messages.put(json.dumps({"no": "such option"}).encode())
    try:
        with pytest.raises(RuntimeError, match="Traceback"):
            hear(process)
    finally:
        process.close()


def hear(process):
    for _ in range(1000):
        process._messages.flush(process._channel)
        process._receive()
        time.sleep(0.01)
