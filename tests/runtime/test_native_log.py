"""Known chatter is dropped, all else is kept."""

import os
import subprocess
import sys

from support.poses import ROOT

from realtime.runtime.native_log import without_lines


def test_known_lines_go_and_others_stay(capfd):
    with without_lines("chatter.cc"):
        os.write(2, b"W0000 chatter.cc:1 nothing\nE0000 real.cc:2 trouble\n")
    os.write(2, b"chatter.cc afterwards\n")
    assert capfd.readouterr().err == "E0000 real.cc:2 trouble\nchatter.cc afterwards\n"


def test_lines_are_not_lost_with_an_error(capfd):
    try:
        with without_lines("chatter"):
            os.write(2, b"why it failed\n")
            raise RuntimeError  # noqa: TRY301
    except RuntimeError:
        pass
    assert capfd.readouterr().err == "why it failed\n"


def test_a_closed_stderr_is_no_trouble():
    code = "import os; os.close(2)\nfrom realtime.runtime.native_log import without_lines\n"
    code += "with without_lines('x'): print('ran')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "ran\n"
