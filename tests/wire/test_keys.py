"""Key files: what is in them, who can read them, and that none is lost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import zmq
import zmq.auth
from support.poses import ROOT

from realtime.errors import RecordError
from realtime.wire.keys import create_keys, read_secret_key


def test_pyzmq_reads_them(tmp_path):
    public, secret = create_keys(tmp_path / "deep" / "robot.left")
    assert (public.name, secret.name) == ("robot.left.key", "robot.left.key_secret")
    public_key, nothing = zmq.auth.load_certificate(public)
    again, secret_key = zmq.auth.load_certificate(secret)
    assert nothing is None
    assert public_key == again == zmq.curve_public(secret_key)
    assert read_secret_key(secret) == secret_key


@pytest.mark.skipif(os.name != "posix", reason="the mode tells rights on POSIX only")
def test_the_secret_one_is_never_readable_by_others(tmp_path, monkeypatch):
    modes = []
    really_open = os.open

    def watched(path, flags, mode=0o777, **more):
        number = really_open(path, flags, mode, **more)
        if str(path).endswith(".key_secret"):
            modes.append(os.fstat(number).st_mode & 0o777)  # when nothing is in it yet
        return number

    monkeypatch.setattr(os, "open", watched)
    before = os.umask(0)
    try:
        _, secret = create_keys(tmp_path / "publisher")
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert secret.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("ending", ["key", "key_secret"])
def test_no_key_takes_the_place_of_another(tmp_path, ending):
    theirs = tmp_path / f"publisher.{ending}"
    theirs.write_text("theirs")
    with pytest.raises(RecordError, match=rf"publisher\.{ending} exists already"):
        create_keys(tmp_path / "publisher")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["theirs"]


def test_the_command_says_how_they_are_used(tmp_path):
    words = [sys.executable, "-m", "realtime", "keys", str(tmp_path / "my key")]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True)
    assert f"--curve-key '{tmp_path / 'my key'}.key_secret'" in done.stdout
    assert f"--curve-server '{tmp_path / 'my key'}.key'" in done.stdout
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
