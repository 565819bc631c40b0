import os
import subprocess
import sys

import pytest
from support.poses import ROOT

from realtime.detectors.blazepose.threads import default_threads, usable_cores


def test_at_most_two_and_no_more_than_there_are_cores():
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
    assert default_threads() == (1 if usable_cores() == 1 else 2)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot bind a process to a core")
def test_one_core():
    code = "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\n"
    code += "from realtime.detectors.blazepose.threads import default_threads, usable_cores\n"
    code += "print(usable_cores(), default_threads())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "1 1\n"
