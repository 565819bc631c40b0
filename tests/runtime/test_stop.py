from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from support.poses import ROOT

from realtime.runtime.stop import stop_on_signals

SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_asks_and_the_handlers_come_back(number):
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.is_set()
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", SIGNALS)
def test_the_second_ends_at_once(number):
    code = f"""
import os
from realtime.runtime.stop import stop_on_signals
with stop_on_signals():
    os.kill(os.getpid(), {int(number)})
    print("still here", flush=True)
    os.kill(os.getpid(), {int(number)})
    print("not here")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -number
    assert done.stdout == "still here\n"
