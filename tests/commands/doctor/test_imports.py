from __future__ import annotations

import pytest
from support.broken_libraries import CAUSES, FAULTS, plant

from realtime.commands.doctor.imports import evaluate, import_fault, is_installed


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("kind", FAULTS)
def test_why_a_library_cannot_be_imported(kind, folder):
    plant(folder, "broken_one", FAULTS[kind])
    assert is_installed("broken_one")
    fault = import_fault("broken_one")
    assert CAUSES[kind] in fault
    assert "\n" not in fault


def test_what_ends_or_blocks_python(folder):
    plant(folder, "crashing", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    plant(folder, "leaving", "import os; os._exit(7)")
    plant(folder, "blocking", "import time; time.sleep(60)")
    assert import_fault("crashing") == "its import ends Python with SIGILL"
    assert import_fault("leaving") == "its import ends Python with code 7"
    assert import_fault("blocking", patience_s=0.5) == "its import does not end within 0.5 s"


def test_what_works(folder):
    plant(folder, "talking", "print('hello'); x = 3; import sys; print('a warning', file=sys.stderr)")
    assert import_fault("talking") is None
    assert evaluate("talking", "module.x + 1") == "4"
    assert evaluate("talking", "module.y") == ""
    assert not is_installed("no_such_library.part")
