import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from subprocess import PIPE
from types import SimpleNamespace

import numpy as np
import pytest
import zmq
from support.example_analyses import (
    angles_message,
    form_fault,
    form_message,
    form_repetition,
    gait_event,
    gait_message,
)
from support.example_estimates import estimate, pose_message, status_message

from realtime.errors import UsageError
from realtime.skeleton import H36M17
from realtime.wire.message import encode
from realtime.wire.publisher import Publisher
from realtime.wire.subscriber import PoseSubscriber

ROOT = Path(__file__).parents[2]
DEADLINE_S = 20.0


def wait_for(condition):
    end_s = time.monotonic() + DEADLINE_S
    while not (answer := condition()):
        assert time.monotonic() < end_s, "the condition never came"
        time.sleep(0.002)
    return answer


@contextlib.contextmanager
def raw_publisher():
    """A socket of which every byte is ours to choose, and its address."""
    with zmq.Context.instance().socket(zmq.XPUB) as server:
        server.linger = 0
        server.bind("tcp://127.0.0.1:*")
        yield server, server.last_endpoint.decode()


@contextlib.contextmanager
def heard(*frames, **options):
    """A subscriber to which these frames have been sent, all in its queue."""
    with raw_publisher() as (server, address), PoseSubscriber(address, **options) as poses:
        assert server.poll(5000)
        server.recv()  # its subscription
        for frame in frames:
            server.send(frame)
        yield poses, server


def pose_frame(seq, **changes):
    return encode(pose_message(seq=seq, **changes))


def test_every_pose_in_order():
    with heard(*(pose_frame(seq) for seq in range(1, 6)), newest=False, timeout_s=0.5) as (poses, _):
        assert [pose.seq for pose in poses] == [1, 2, 3, 4, 5]
        assert poses.lost == poses.skipped == 0


def test_only_the_newest_pose():
    end = encode(status_message(session="5eed"))
    with heard(*(pose_frame(seq) for seq in range(1, 201)), end) as (poses, _):
        newest = wait_for(lambda: poses.poll(0))
        while pose := poses.poll(0.2):
            newest = pose
        assert newest.seq == 200
        assert poses.skipped > 0
        assert poses.lost == 0  # skipped is not lost
        assert poses.status is not None


def test_iteration_ends_when_nothing_comes():
    with PoseSubscriber("tcp://127.0.0.1:9", timeout_s=0.05) as poses:
        assert list(poses) == []
        assert poses.poll(0) is None
        assert poses.silent_s == float("inf")
        assert (poses.session, poses.status, poses.schema) == (None, None, None)


def test_gaps_in_seq_are_counted():
    frames = [pose_frame(seq) for seq in (5, 6, 9, 10, 20)]
    with heard(*frames, newest=False, timeout_s=0.5) as (poses, _):
        assert len(list(poses)) == 5
        assert poses.lost == 2 + 9


def test_a_new_session_is_told_and_its_gap_is_no_loss():
    frames = [pose_frame(5), pose_frame(6), pose_frame(100, session="other"), pose_frame(101, session="other")]
    with heard(*frames, newest=False, timeout_s=0.5) as (poses, _):
        sessions = [(pose.session, poses.restarts) for pose in poses]
        assert sessions == [("5eed", 0), ("5eed", 0), ("other", 1), ("other", 1)]
        assert poses.lost == 0
        assert poses.session == "other"


def test_status_without_a_pose():
    with heard(encode(status_message(session="5eed", reason="no_person"))) as (poses, _):
        assert poses.poll(0.3) is None
        assert poses.status.reason == "no_person"
        assert poses.silent_s < 60


def test_malformed_messages_are_counted_and_nothing_else():
    frames = [
        b"",
        b"pose3d",
        b"pose3d {",
        b"\xff" * 100,
        pose_frame(1).replace(b'"v":1', b'"v":2'),
        pose_frame(2).replace(b"0.250", b"NaN"),
        pose_frame(3),
    ]
    with heard(*frames, newest=False) as (poses, _):
        assert wait_for(lambda: poses.poll(0)).seq == 3
        assert poses.malformed == 6
        assert poses.last_fault
        assert "\n" not in poses.last_fault


def test_no_gait_event_is_lost_where_only_the_newest_pose_is_wanted():
    frames = [encode(gait_message(gait_event(number), seq=number)) for number in range(1, 60)]
    with heard(*frames, encode(angles_message(seq=8)), encode(angles_message(seq=9)), pose_frame(1)) as (poses, _):
        assert wait_for(lambda: poses.poll(0)).seq == 1
        assert [event.number for event in poses.gait_events()] == list(range(1, 60))
        assert list(poses.gait_events()) == []
        assert (poses.gait.seq, poses.angles.seq) == (59, 9)
        assert poses.lost_events == poses.malformed == 0


def test_a_restart_between_messages_that_wait_is_one_restart(monkeypatch):
    old, new = {"session": "old"}, {"session": "new"}
    frames = [encode(status_message(**old)), encode(gait_message(gait_event(5), **old)), pose_frame(3, **old)]
    frames += [pose_frame(0, **new), encode(gait_message(gait_event(1), **new)), encode(angles_message(**new))]
    with heard() as (poses, _):
        monkeypatch.setattr(poses, "_arrived", lambda: iter(frames))  # all at once, as to a slow reader
        assert poses.poll(0).session == "new"
        assert (poses.session, poses.restarts, poses.lost_events) == ("new", 1, 0)
        assert [event.number for event in poses.gait_events()] == [5, 1]
        assert poses.gait.session == "new"


def test_gaps_in_the_numbers_of_gait_events_are_counted():
    frames = [encode(gait_message(*map(gait_event, numbers))) for numbers in ((4, 5), (), (9,))]
    other = encode(gait_message(gait_event(1), session="other"))
    with heard(*frames, other, pose_frame(1, session="other"), newest=False) as (poses, _):
        wait_for(lambda: poses.poll(0))
        assert [event.number for event in poses.gait_events()] == [4, 5, 9, 1]
        assert poses.lost_events == 3


def test_repetitions_and_faults_are_given_once_though_messages_repeat_them():
    fault = form_fault(1)
    told = [(None,), (None, fault), (None, fault), (form_repetition(1), fault), (form_repetition(1), fault)]
    told += [(form_repetition(1),), (form_repetition(4), form_fault(3))]
    messages = [form_message(*one, seq=number) for number, one in enumerate(told, 1)]
    with heard(*map(encode, messages), pose_frame(1)) as (poses, _):
        assert wait_for(lambda: poses.poll(0)).seq == 1
        assert [one.number for one in poses.repetitions()] == [1, 4]
        assert [one.number for one in poses.form_faults()] == [1, 3]
        assert list(poses.repetitions()) == list(poses.form_faults()) == []
        assert poses.form == messages[-1]
        assert (poses.lost_events, poses.malformed) == (2 + 1, 0)


def test_numbers_of_repetitions_begin_again_in_another_session():
    other = {"session": "other"}
    frames = [encode(form_message(form_repetition(3))), encode(form_message(form_repetition(1), **other))]
    with heard(*frames, pose_frame(1, **other), newest=False) as (poses, _):
        wait_for(lambda: poses.poll(0))
        assert [one.number for one in poses.repetitions()] == [3, 1]
        assert (poses.lost_events, poses.form.session) == (0, "other")


def test_topics_of_a_later_version_are_ignored():
    later = [b'crowd {"v":1,"session":"5eed","people":3}', pose_frame(1).replace(b"pose3d ", b"pose4d ")]
    with heard(*later, pose_frame(2), newest=False) as (poses, _):
        assert wait_for(lambda: poses.poll(0)).seq == 2
        assert poses.malformed == 0


FLOOD = """
import sys, zmq
flooding = zmq.Context().socket(zmq.PUB)
flooding.bind("tcp://127.0.0.1:*")
print(flooding.last_endpoint.decode(), flush=True)
head, tail = (part.encode() for part in sys.stdin.read().split("SEQ"))
for seq in range(10**9):
    flooding.send(head + str(seq).encode() + tail)
"""


@contextlib.contextmanager
def flooding_publisher(text):
    """A process that sends the text as fast as it can, with a number for SEQ; its address."""
    with subprocess.Popen([sys.executable, "-c", FLOOD], stdin=PIPE, stdout=PIPE, text=True) as process:
        process.stdin.write(text)
        process.stdin.close()
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


FLOODS = {
    "poses": encode(pose_message(seq=7)).decode().replace('"seq":7', '"seq":SEQ'),
    "statuses": encode(status_message(session="5eed", seq=7)).decode().replace('"seq":7', '"seq":SEQ'),
    "malformed": "pose3d SEQ",
    "unknown": "nothing SEQ" + "." * 60_000,
}


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_holds_nobody_up(flood, newest):
    with flooding_publisher(FLOODS[flood]) as address, PoseSubscriber(address, newest=newest) as poses:
        wait_for(lambda: poses.poll(0.01) or poses.malformed or poses.status)
        if flood == "poses":
            seqs = [wait_for(lambda: poses.poll(0.016)).seq for _ in range(10)]
            while newest and poses.skipped <= 10:
                time.sleep(0.01)  # how many come meanwhile depends on the machine
                seqs.append(wait_for(lambda: poses.poll(0.016)).seq)
            assert seqs == sorted(set(seqs))
            assert (poses.skipped > 0) == newest
        else:
            assert [poses.poll(0.016) for _ in range(10)] == [None] * 10
        assert (poses.malformed > 0) == (flood in ("malformed", "unknown"))


@pytest.mark.parametrize("newest", [True, False])
def test_a_poll_reads_for_a_few_milliseconds_however_much_waits(monkeypatch, newest):
    ticks = itertools.count()
    clock = SimpleNamespace(monotonic=time.monotonic, perf_counter=lambda: next(ticks) / 1000)  # a look takes 1 ms
    monkeypatch.setattr("realtime.wire.subscriber.time", clock)
    with heard(*[b"nothing"] * 60, pose_frame(1), newest=newest) as (poses, _):
        read: list[int] = []
        wait_for(lambda: poses.poll(0) or read.append(poses.malformed))
        assert np.diff([0, *read]).max() <= 5
        assert poses.malformed == 60


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_flood_that_nobody_reads_costs_bounded_memory():
    def resident_bytes():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    with flooding_publisher(FLOODS["unknown"]) as address, PoseSubscriber(address, newest=False) as poses:
        wait_for(lambda: poses.poll(0.01) or poses.malformed)
        before = resident_bytes()
        time.sleep(1)
        assert resident_bytes() - before < 100 << 20


def test_a_huge_message_never_gets_in():
    with heard(b"pose3d " + b"x" * 1_000_000) as (poses, server):
        assert wait_for(lambda: server.send(pose_frame(1)) or poses.poll(0.05)).seq == 1  # after reconnecting
        assert poses.malformed == 0


def test_it_lives_through_another_program_on_the_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with PoseSubscriber(f"tcp://127.0.0.1:{port}") as poses:
            server.settimeout(DEADLINE_S)
            stranger, _ = server.accept()
            stranger.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 100)
            assert poses.poll(0.2) is None
            stranger.close()
            server.close()
            with publisher_process(poses.address):
                assert wait_for(lambda: poses.poll(0.05)).valid


def test_it_may_start_before_the_publisher():
    with PoseSubscriber(f"tcp://127.0.0.1:{free_port()}") as poses:
        assert poses.poll(0.05) is None
        publisher = Publisher(poses.address, source="demo", skeleton=H36M17, model="m")
        pose = wait_for(lambda: publisher(estimate()) or poses.poll(0))
        publisher.close()
        assert pose.valid
        assert poses.schema.as_skeleton() == H36M17


def free_port():
    with zmq.Context.instance().socket(zmq.PUB) as probe:
        probe.bind("tcp://127.0.0.1:*")
        return int(probe.last_endpoint.rpartition(b":")[2])


PUBLISH_FOR_EVER = """
import sys, time
from support.example_analyses import (
    angles_message,
    form_fault,
    form_message,
    form_repetition,
    gait_event,
    gait_message,
)
from support.example_estimates import estimate
from realtime.wire.publisher import Publisher
from realtime.skeleton import H36M17
publisher = Publisher(sys.argv[1], source="demo", skeleton=H36M17, model="m")
while True:
    publisher(estimate(publisher.seq))
    time.sleep(0.005)
"""


@contextlib.contextmanager
def publisher_process(address):
    path = f"{ROOT}{os.pathsep}{ROOT / 'tests'}"
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISH_FOR_EVER, address], env={**os.environ, "PYTHONPATH": path}
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_it_lives_through_restarts_of_the_publisher():
    address = f"tcp://127.0.0.1:{free_port()}"
    with PoseSubscriber(address) as poses:
        sessions = set()
        for killed in range(4):
            with publisher_process(address):
                pose = wait_for(lambda: (p := poses.poll(0.05)) and p.session not in sessions and p)
                sessions.add(pose.session)
                assert poses.restarts == killed
                assert wait_for(lambda: poses.poll(0.05) and poses.schema).session == pose.session
        assert len(sessions) == 4


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot freeze a process")
def test_a_publisher_that_was_frozen_is_heard_again():
    address = f"tcp://127.0.0.1:{free_port()}"
    with publisher_process(address) as process, PoseSubscriber(address) as poses:
        before = wait_for(lambda: poses.poll(0.05))
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: poses.poll(0.05) is None)
        process.send_signal(signal.SIGCONT)
        after = wait_for(lambda: poses.poll(0.05))
        assert after.seq > before.seq
        assert after.session == before.session
        assert poses.restarts == 0


def test_a_wait_can_be_interrupted():
    code = f"""
import signal, sys
from realtime.wire.subscriber import PoseSubscriber
signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs may begin without it
poses = PoseSubscriber("tcp://127.0.0.1:{free_port()}")
try:
    print("waiting", flush=True)
    for pose in poses:
        pass
except KeyboardInterrupt:
    poses.close()
    sys.exit(3)
"""
    waiter = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    waiter.stdout.readline()
    waiter.send_signal(signal.SIGINT)
    assert waiter.wait(10) == 3
    waiter.stdout.close()


@pytest.mark.parametrize("address", ["", "foo", "tcp://", "tcp://127.0.0.1", "nope://127.0.0.1:1", "tcp://127.0.0.1:x"])
def test_what_is_no_address_is_told_in_one_line(address):
    with pytest.raises(UsageError, match=r"write it like tcp://127\.0\.0\.1:5556") as told:
        PoseSubscriber(address)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("content", [None, "junk", 'curve\n    public-key = "short"\n'])
def test_a_broken_key_file_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "publisher.key"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=r"publisher\.key") as told:
        PoseSubscriber(curve_server_file=path)
    assert "\n" not in str(told.value)


def test_close_twice_and_from_a_with():
    with PoseSubscriber() as poses:
        poses.close()
    poses.close()


def test_two_sources_do_not_mix():
    with (
        contextlib.closing(Publisher("tcp://127.0.0.1:*", source="a", skeleton=H36M17, model="m")) as a,
        contextlib.closing(Publisher("tcp://127.0.0.1:*", source="b", skeleton=H36M17, model="m")) as b,
        PoseSubscriber(a.address, newest=False) as of_a,
        PoseSubscriber(b.address, newest=False) as of_b,
    ):
        wait_for(lambda: a(estimate(value=1)) or of_a.poll(0))
        wait_for(lambda: b(estimate(value=2)) or of_b.poll(0))
        for _ in range(100):
            a(estimate(value=1))
            b(estimate(value=2))
            assert (of_a.poll(5).source, of_b.poll(5).source) == ("a", "b")
        assert of_a.lost == of_b.lost == 0


def test_it_loads_no_heavy_library():
    code = "import sys, realtime.wire.subscriber\n"
    code += "print(*{'torch', 'cv2', 'matplotlib', 'ai_edge_litert', 'mediapipe'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not loaded.stdout.split()


def test_a_reader_in_a_thread_of_its_own():
    with contextlib.closing(Publisher("tcp://127.0.0.1:*", source="a", skeleton=H36M17, model="m")) as publisher:
        got = []

        def read():
            with PoseSubscriber(publisher.address, newest=False) as poses:
                for pose in poses:
                    got.append(pose)
                    if len(got) == 20:
                        return

        reader = threading.Thread(target=read)
        reader.start()
        wait_for(lambda: publisher(estimate()) or len(got) == 20)
        reader.join()
    assert np.diff([pose.seq for pose in got]).tolist() == [1] * 19
