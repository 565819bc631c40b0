"""What `make` installs is what the lock files name: a file of which one byte is another is refused."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.poses import ROOT

# `pip install -e .` without setuptools: a project that builds itself, and is empty.
BACKEND = """
import zipfile
def _wheel(folder, *_):
    name = "empty-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("empty-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: empty\\nVersion: 1\\n")
        wheel.writestr("empty-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("empty-1.dist-info/RECORD", "")
    return name
build_wheel = build_editable = _wheel
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def make_wheel(folder, name):
    path = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", f"# {'so that there is a byte to change ' * 9}\n")
        wheel.writestr(f"{name}-1.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        wheel.writestr(f"{name}-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}-1.dist-info/RECORD", "")
    return path


def lock(path):
    return f"{path.name.partition('-')[0]}==1 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def project(tmp_path):
    """A project with our Makefile, whose lock files name two small wheels of a folder."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (tmp_path / "requirements").mkdir()
    for name in ("build", "run"):
        (tmp_path / "requirements" / f"{name}.lock").write_text(lock(make_wheel(wheels, f"of_{name}")))
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    for name in ("setup.cfg", "setup.py"):
        (tmp_path / name).touch()
    shutil.copy(ROOT / "Makefile", tmp_path)
    make_environment(tmp_path / ".venv")
    return tmp_path


def make_environment(folder):
    """An environment that has our pip, as a link: to install it takes 3 s."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (library,) = folder.glob("**/site-packages")
    (library / "pip").symlink_to(Path(find_spec("pip").origin).parent)


def make(project):
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    return subprocess.run(
        ["make", ".venv/bin/.installed"],
        cwd=project,
        env=surroundings | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "wheels", "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(
    os.name == "nt" or not (shutil.which("make") and find_spec("pip")), reason="needs make and pip, on a POSIX system"
)
def test_a_wheel_with_one_other_byte_or_without_a_hash_is_not_installed(project):
    wheel = project / "wheels" / "of_run-1-py3-none-any.whl"
    whole = wheel.read_bytes()
    wheel.write_bytes(whole.replace(b"a byte to change", b"a bite to change", 1))
    refused = make(project)
    assert refused.returncode == 2
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert "of_run==1" in refused.stderr
    assert list(project.glob(".venv/**/of_build.py"))  # those before it were whole
    assert not list(project.glob(".venv/**/of_run.py"))
    assert not (project / ".venv/bin/.installed").exists()

    wheel.write_bytes(whole)
    locked = project / "requirements" / "run.lock"
    hashed = locked.read_text()
    locked.write_text("of_run==1\n")
    refused = make(project)
    assert "--require-hashes" in refused.stderr  # pip, of an entry without a hash
    assert not list(project.glob(".venv/**/of_run.py"))

    locked.write_text(hashed)
    installed = make(project)
    assert installed.returncode == 0, installed.stderr
    assert list(project.glob(".venv/**/of_run.py"))
    assert (project / ".venv/bin/.installed").exists()


def test_make_installs_nothing_else():
    """Every call of pip in the Makefile takes hashes, but for this project itself and PyTorch."""
    calls = [
        line
        for line in (ROOT / "Makefile").read_text().splitlines()
        if re.search(r"pip install|\$\((PIP|LOCKED)\)", line)
    ]
    unhashed = [line.strip() for line in calls if "$(LOCKED)" not in line and "--require-hashes" not in line]
    assert unhashed == [
        "PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check",
        "@$(PIP) --no-build-isolation --no-deps -e .",
        "@$(PIP) -c constraints.txt torch",
    ]
