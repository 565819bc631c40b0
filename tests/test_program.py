from __future__ import annotations

import subprocess
import sys

import pytest
from poses import ROOT

from realtime.errors import EXIT_CODE, PoseError, SinkError, SourceError
from realtime.program import INTERRUPTED, run_program


def test_the_code_is_the_programs_own():
    assert run_program(lambda: None) == 0
    assert run_program(lambda: 3) == 3


def test_a_fault_is_one_line_and_2(capsys):
    def main():
        raise SourceError("the camera\nis gone;  plug it in")

    assert run_program(main) == EXIT_CODE == 2
    assert capsys.readouterr().err == "error: the camera is gone; plug it in\n"


def test_an_interrupt_is_quiet(capsys):
    def main():
        raise KeyboardInterrupt

    assert run_program(main) == INTERRUPTED == 130
    assert capsys.readouterr().err == ""


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        run_program(lambda: 1 // 0)


def test_sigterm_is_an_interrupt():
    code = """
import os, signal, sys
from realtime.program import run_program
sys.exit(run_program(lambda: os.kill(os.getpid(), signal.SIGTERM)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (INTERRUPTED, b"")


def test_faults_form_one_tree():
    assert issubclass(SinkError, PoseError)
    assert not issubclass(PoseError, ValueError)  # what a bug raises is not mistaken for one
