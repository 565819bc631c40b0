"""Device files of cameras, in a folder that stands for /dev."""

import subprocess
import sys

import pytest

from realtime.sources.cameras import nodes


@pytest.fixture
def devices(tmp_path, monkeypatch):
    """An empty folder in the place of /dev."""
    folder = tmp_path / "dev"
    folder.mkdir()
    monkeypatch.setattr(nodes, "DEVICES", folder)
    return folder


@pytest.fixture
def held_file(devices):
    """A device file that another process holds open, and the number of that process."""
    path = devices / "video0"
    path.touch()
    script = f"import sys; f = open({str(path)!r}); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        yield path, process.pid
        process.stdin.close()
