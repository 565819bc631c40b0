"""examples/subscribe.py, which imports nothing of the project."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time

import pytest
from support.example_estimates import estimate
from support.poses import ROOT

from realtime.skeleton import H36M17
from realtime.wire.publisher import Publisher

SCRIPT = str(ROOT / "examples" / "subscribe.py")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no head")
def test_it_ends_quietly_with_the_reader_of_its_lines():
    publisher = Publisher("tcp://127.0.0.1:*", source="test", skeleton=H36M17, model="m")
    line = f"{shlex.join([sys.executable, SCRIPT, publisher.address])} | head -3"
    process = subprocess.Popen(line, shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end_s, index = time.monotonic() + 60, 0
    while process.poll() is None and time.monotonic() < end_s:
        publisher(estimate(index))
        index += 1
        time.sleep(0.02)
    publisher.close()
    out, err = process.communicate(timeout=10)
    assert len(out.splitlines()) == 3
    assert "Traceback" not in err


def test_nobody_publishes():
    words = [sys.executable, SCRIPT, "tcp://127.0.0.1:9"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline() == "no pose from tcp://127.0.0.1:9 for 3 s: is run.py running?\n"
        process.kill()
