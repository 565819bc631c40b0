"""Only this machine can read the poses, unless a key or a word says otherwise.

The list wants a warning at 0.0.0.0 without a key.  Here that is refused, with what to do, and the word that allows it
(`--insecure`) is answered with the warning.
"""

import re
from pathlib import Path

import pytest
from support.publishers import LINUX, free_port, publishing
from support.replaying import replaying
from support.viewer_scenes import wait_for

from benchmarks.soak.samples import children_of
from realtime.errors import PublishError
from realtime.settings import Settings
from realtime.wire.bind import is_local
from realtime.wire.keys import create_keys
from realtime.wire.subscriber import PoseSubscriber

LOOPBACK = "0100007F"  # 127.0.0.1, as the kernel writes it


def listening(*pids):
    """(address, port) of every TCP socket on which these processes listen, in the kernel's hexadecimals."""
    files = [file for pid in pids for file in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {match[1] for file in files if (match := re.fullmatch(r"socket:\[(\d+)\]", str(file.readlink())))}
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return [tuple(line[1].split(":")) for line in lines if line[3] == "0A" and line[9] in inodes]


@LINUX
def test_the_whole_program_listens_on_loopback_alone(figure, tmp_path):
    host, _, port = Settings().bind.rpartition(":")
    assert (host, port) == ("tcp://127.0.0.1", "5556")
    port = free_port()  # the default's may be in use here
    with replaying(tmp_path, address=f"{host}:{port}") as (process, address), PoseSubscriber(address) as poses:
        wait_for(lambda: poses.poll(0.1))
        found = listening(process.pid, *children_of(process.pid))
    figure(f"{len(found)} listening socket of the whole program, at 127.0.0.1")
    assert found == [(LOOPBACK, f"{port:04X}")]


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


def test_beyond_this_machine_a_key_or_a_word_is_wanted(tmp_path, caplog):
    with pytest.raises(PublishError, match=r"anybody.*--curve-key.*--insecure"), publishing("tcp://0.0.0.0:*"):
        pass
    _, secret = create_keys(tmp_path / "publisher")
    with publishing("tcp://0.0.0.0:*", curve_secret_file=secret):
        pass
    assert caplog.records == []


def test_without_a_key_beyond_this_machine_is_warned_of(caplog):
    with publishing("tcp://0.0.0.0:*", insecure=True):
        pass
    with publishing(insecure=True):
        pass
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "anybody on the network can read the poses" in caplog.text
