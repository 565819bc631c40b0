from __future__ import annotations

import pytest
from support.broken_libraries import CAUSES, FAULTS, plant

from realtime.commands.doctor.imports import examine, import_fault, is_installed


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
    assert examine("talking", "module.x + 1") == (None, "4")
    assert examine("talking", "module.y") == (None, "")
    assert not is_installed("no_such_library.part")


def test_one_import_tells_whether_it_works_and_what_it_says(folder):
    plant(folder, "counting", "from pathlib import Path; Path(__file__).with_suffix('.log').open('a').write('+')")
    assert examine("counting", "module.__name__") == (None, "counting")
    assert (folder / "counting" / "__init__.log").read_text() == "+"
    plant(folder, "hanging", "import os, time")  # as a GPU's driver may, after the import
    assert examine("hanging", "module.os._exit(3)") == (None, "")
    assert examine("hanging", "module.time.sleep(60)", patience_s=3) == (None, "")
    plant(folder, "broken_one", FAULTS["OSError"])
    assert examine("broken_one", "1") == ("foo.dll is not a valid Win32 application", "")
