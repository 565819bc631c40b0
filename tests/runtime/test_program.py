from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from support.poses import ROOT

from realtime.errors import EXIT_CODE, PoseError, SinkError, SourceError
from realtime.runtime.program import INTERRUPTED, interruptible, run_program
from realtime.runtime.stop import stop_signals

SIGNALS = stop_signals()


def test_the_code_is_the_programs_own():
    assert run_program(lambda: None) == 0
    assert run_program(lambda: 3) == 3


def test_a_fault_is_one_line_and_2(capsys):
    def main():
        raise SourceError("the camera\nis gone;  plug \x1b[2Jit in")

    assert run_program(main) == EXIT_CODE == 2
    assert capsys.readouterr().err == "error: the camera is gone; plug ?[2Jit in\n"


def test_an_interrupt_is_quiet(capsys):
    def main():
        raise KeyboardInterrupt

    assert run_program(main) == INTERRUPTED == 130
    assert capsys.readouterr().err == ""


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        run_program(lambda: 1 // 0)


@pytest.fixture(autouse=True)
def handlers_come_back():
    former = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_it_at_once_and_quietly(number):
    code = f"""
import os, sys, time
from realtime.runtime.program import run_program
def main():
    os.kill(os.getpid(), {int(number)})
    print("not here")
sys.exit(run_program(main))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, b"", b"")


@pytest.mark.parametrize("number", SIGNALS)
def test_who_wants_an_exception_gets_one(number):
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), number)


class Dying:
    """It is told to stop while Python takes it down."""

    def __init__(self, number):
        self.number = number

    def __del__(self):
        os.kill(os.getpid(), self.number)
        time.sleep(0)  # the handler is called by now


@pytest.mark.parametrize("number", SIGNALS)
def test_an_exception_that_a_finalizer_swallows_comes_again(number):
    def work():
        Dying(number)
        for _ in range(3000):
            time.sleep(0.01)

    hook = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt), interruptible():
        work()
    assert sys.unraisablehook is hook


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_the_second_ends_the_cleaning_up_too(second):
    """Also where blocks are nested, as of a download within a lift."""
    code = f"""
import os, signal
from realtime.runtime.program import interruptible
with interruptible():
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        print("cleaning", flush=True)
        os.kill(os.getpid(), {int(second)})
        print("not here", flush=True)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, b"cleaning\n", b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["--help"], ["lift", "--help"]])
def test_a_reader_that_has_read_enough_is_no_fault(unbuffered, words):
    process = subprocess.Popen(
        [sys.executable, "-m", "realtime", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()  # before anything is printed
    with process.stderr as told:
        assert told.read() == b""
    assert process.wait(60) == 0


@pytest.mark.parametrize("library", ["numpy", "safetensors", "zmq"])
def test_another_python_is_told(library, tmp_path):
    (tmp_path / f"{library}.py").write_text(f"raise ModuleNotFoundError('no', name={library!r})")
    done = subprocess.run(
        [sys.executable, "run.py", "--source", "demo"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert f"this Python has no {library}" in line


def test_training_without_torch_is_told(tmp_path):
    done = without_torch(tmp_path, "-m", "realtime", "train", "--data", "x")
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert "needs torch: pip install torch" in line


def test_live_use_goes_without_torch(tmp_path):
    flags = ["--source", "demo", "--every-frame", "--max-frames", "20", "--bind", "tcp://127.0.0.1:*", "--out", "out"]
    done = without_torch(tmp_path, str(ROOT / "run.py"), *flags)
    assert done.returncode == 0, done.stderr
    assert np.load(tmp_path / "out" / "joints.npy").shape == (20, 17, 3)


def without_torch(folder, *words):
    (folder / "torch.py").write_text("raise ModuleNotFoundError('no', name='torch')")
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_missing_module_is_a_bug():
    with pytest.raises(ModuleNotFoundError):
        run_program(lambda: __import__("no_such_module"))


def test_a_narrow_code_page_is_no_reason_to_die():
    done = subprocess.run(
        [sys.executable, "run.py", "--help"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_faults_form_one_tree():
    assert issubclass(SinkError, PoseError)
    assert not issubclass(PoseError, ValueError)  # what a bug raises is not mistaken for one


def test_a_bug_keeps_its_traceback_where_nothing_can_be_closed():
    code = "from realtime.runtime.program import leave_with\nleave_with(ZeroDivisionError('ours'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "ZeroDivisionError: ours")
