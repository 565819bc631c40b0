"""The lock files hold what setup.cfg, pyproject.toml and the *.in files ask for, for every Python and system."""

from __future__ import annotations

import re
import tomllib
from configparser import ConfigParser
from importlib import metadata
from itertools import product

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.poses import ROOT

FOLDER = ROOT / "requirements"
LOCKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.lock"))}
SETUP = ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
EXTRAS = SETUP["options.extras_require"]
SYSTEMS = {
    "Linux x86_64": ("linux", "Linux", "x86_64", "posix"),
    "Linux aarch64": ("linux", "Linux", "aarch64", "posix"),
    "macOS arm64": ("darwin", "Darwin", "arm64", "posix"),
    "Windows": ("win32", "Windows", "AMD64", "nt"),
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLACES = list(product(PYTHONS, SYSTEMS))


def place(python, system):
    """What a marker sees there."""
    platform, platform_system, machine, os_name = SYSTEMS[system]
    return {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": platform,
        "platform_system": platform_system,
        "platform_machine": machine,
        "os_name": os_name,
        "extra": "",
    }


def requirements(text):
    lines = (line.strip() for line in text.splitlines())
    return [Requirement(line.partition("  #")[0]) for line in lines if line and not line.startswith("#")]


def entries(lock):
    """(Requirement, number of hashes) of each entry."""
    for line in LOCKS[lock].replace("\\\n", "").splitlines():
        if line and not line.lstrip().startswith("#"):
            wanted, *hashes = line.split("--hash=sha256:")
            assert all(re.fullmatch(r"[0-9a-f]{64}", text.strip()) for text in hashes)
            yield Requirement(wanted), len(hashes)


def versions(lock, where):
    """{name: version} of what is installed there; an entry pins one version, and no name has two."""
    pinned = {}
    for entry, hashes in entries(lock):
        assert hashes, f"{entry.name} has no hash"
        ((operator, version),) = [(part.operator, part.version) for part in entry.specifier]
        assert operator == "=="
        assert entry.url is None
        if entry.marker is None or entry.marker.evaluate(where):
            name = canonicalize_name(entry.name)
            assert name not in pinned
            pinned[name] = version
    return pinned


def unmet(wanted, pinned, where):
    """Those of the requirements that the pinned versions do not meet."""
    asked = [entry for entry in wanted if entry.marker is None or entry.marker.evaluate(where)]
    return [str(entry) for entry in asked if pinned.get(canonicalize_name(entry.name)) not in _Within(entry.specifier)]


class _Within:
    def __init__(self, specifier):
        self._specifier = specifier

    def __contains__(self, version):
        return version is not None and self._specifier.contains(version, prereleases=True)


LOCKED_EXTRAS = ("mediapipe", "c3d", "heif", "onnx", "dask", "dev", "train")
NOT_LOCKED = {"fuzz"}  # nobody gets it from make


def asked_of_dev():
    extras = [row for name in LOCKED_EXTRAS for row in EXTRAS[name].split("\n")]
    text = "\n".join([SETUP["options"]["install_requires"], *extras, (FOLDER / "dev.in").read_text()])
    return [entry for entry in requirements(text) if entry.name != "torch"]


@pytest.mark.parametrize(("python", "system"), PLACES)
def test_what_setup_cfg_asks_for_is_locked_within_its_ranges(python, system):
    where = place(python, system)
    run, dev = versions("run", where), versions("dev", where)
    assert not unmet(requirements(SETUP["options"]["install_requires"]), run, where)
    assert not unmet(asked_of_dev(), dev, where)
    assert not unmet(requirements(EXTRAS["qt"]), versions("window", where), where)
    assert not unmet(requirements((FOLDER / "tools.in").read_text()), versions("tools", where), where)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert not unmet(requirements("\n".join(build)), versions("build", where), where)
    assert not unmet(requirements((FOLDER / "limits.in").read_text()), run, where)
    assert run.items() <= dev.items()  # users run what is tested


def test_every_extra_is_locked_or_left_out_on_purpose():
    assert set(EXTRAS) == {*LOCKED_EXTRAS, "qt"} | NOT_LOCKED


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_what_a_locked_library_needs_is_locked_too(lock):
    where = place(*PLACES[0]) | {"python_full_version": "3.11.7"}
    pinned = versions(lock, where)
    seen = 0
    for name, version in pinned.items():
        try:
            library = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        if library.version == version:
            seen += 1
            assert not unmet([Requirement(line) for line in library.requires or ()], pinned, where), name
    assert seen > len(pinned) / 2


def test_pytorch_is_in_no_lock_file_and_pinned_within_its_range():
    """Its builds for CPUs and GPUs have different hashes, and everybody chooses their own."""
    assert not [name for name in LOCKS for entry, _ in entries(name) if entry.name == "torch"]
    ((pinned),) = requirements((ROOT / "constraints.txt").read_text())
    (wanted,) = [entry for entry in requirements(EXTRAS["train"]) if entry.name == "torch"]
    assert wanted.specifier.contains(next(iter(pinned.specifier)).version)


def test_mediapipe_is_the_release_that_the_program_names():
    ((entry, hashes),) = entries("mediapipe")
    assert str(entry) == "mediapipe==0.10.21"
    assert hashes


def test_the_lock_files_name_no_server():
    for name, text in LOCKS.items():
        assert "://" not in text, name
        assert "/tmp" not in text, name
