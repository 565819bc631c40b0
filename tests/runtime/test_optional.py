import os
import subprocess
import sys

import pytest

from realtime.errors import MissingLibrary
from realtime.runtime import optional


def test_a_library_that_is_there_is_given():
    assert optional.load("json", "a test", "").loads("1") == 1
    assert optional.opencv("a test").__name__ == "cv2"


def test_a_missing_one_says_who_needs_it_and_what_to_do():
    with pytest.raises(MissingLibrary, match=r"^a test needs no_such_library.*: pip install it$") as caught:
        optional.load("no_such_library", "a test", "pip install it")
    assert isinstance(caught.value.__cause__, ImportError)


def test_a_server_without_libgl_is_told_what_to_install(tmp_path):
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory\\nmore')"
    )
    script = "from realtime.sources import open_source, Request; open_source(Request('0'))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("realtime.errors.MissingLibrary: a camera needs cv2")
    assert "libGL.so.1" in last
    assert "apt install libgl1" in last
