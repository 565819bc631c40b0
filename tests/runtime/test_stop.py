from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from support.poses import ROOT

from realtime.runtime.stop import stop_on_signals, stop_signals

SIGNALS = stop_signals()


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_asks_and_the_handlers_come_back(number):
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.is_set()
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_the_second_ends_at_once(first, second):
    code = f"""
import os
from realtime.runtime.stop import stop_on_signals
with stop_on_signals():
    os.kill(os.getpid(), {int(first)})
    print("still here", flush=True)
    os.kill(os.getpid(), {int(second)})
    print("not here")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -second
    assert done.stdout == "still here\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
@pytest.mark.parametrize("block", ["runtime.stop import stop_on_signals", "runtime.program import interruptible"])
def test_a_terminal_that_closes_says_so_twice(block):
    """So does bash in a pseudo-terminal, 0.2 ms apart; cleaning up goes on."""
    code = f"""
import os, signal
from realtime.{block} as block
try:
    with block():
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
finally:
    print("cleaned up")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "cleaned up\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
def test_who_began_with_nohup_goes_on():
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.is_set()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no poll")
def test_who_has_something_to_save_is_waited_for():
    """A step of training may take seconds in one call; who gives it no time of its own is ended after 1.5 s."""
    code = f"""
import ctypes, os, threading
from realtime.runtime.signal_watch import watch_signals
from realtime.runtime.stop import stop_on_signals
watch_signals()
with stop_on_signals(patient=True) as stop:
    threading.Timer(0.3, os.kill, (os.getpid(), {int(signal.SIGINT)})).start()
    ctypes.CDLL(None).poll(None, 0, 2500)
    print("saved", stop.is_set())
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "saved True\n"), done.stderr
