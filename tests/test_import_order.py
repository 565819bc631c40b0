"""Who may import whom, read from the code itself: docs/architecture.md tells it in words."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from support.poses import ROOT

import realtime
from realtime.commands.cli import COMMANDS
from realtime.detectors import DETECTORS
from realtime.lifting.architectures import ARCHITECTURES
from realtime.sources import MODULES

# From the ground up: a package imports itself and what stands before it, nothing behind.
WORDS = (
    "errors",
    "skeleton",
    "pose",
    "motion",
    "track",
    "window",
    "boxes",
    "camera",
    "kinematics",
    "smoothing",
    "metrics",
    "stages",
)
ORDER = (
    *("words", "runtime", "formats", "sources", "detectors", "tracking", "lifting", "films", "wire", "recording"),
    *(
        "settings",
        "estimation",
        "analysis",
        "bridges",
        "viewer",
        "render",
        "report",
        "online",
        "offline",
        "training",
        "commands",
    ),
    "program",
)
PROGRAM = ("__init__", "__main__")  # the public names and `python -m realtime`: they may import all
# Tighter than the order.
ONLY = {
    "analysis": {"words", "wire"},
    "bridges": {"words", "runtime", "formats", "wire", "recording"},
}
MAY_IMPORT_TRAINING = {"training", "commands"}


def files():
    return sorted(path.relative_to(ROOT) for path in (ROOT / "realtime").rglob("*.py"))


def module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module(path): path for path in files()}


def room(name: str) -> str:
    """realtime.wire.publisher → wire, realtime.pose → words."""
    first = name.split(".")[1] if "." in name else "__init__"
    return "words" if first in WORDS else "program" if first in PROGRAM else first


def imported(name: str, path: Path) -> set[str]:
    """The modules of ours that a file imports, anywhere in it: in functions, for types only, and by
    the names in the tables that load on demand."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            target = ".".join(filter(None, (base, node.module)))
            found |= {f"{target}.{alias.name}" if f"{target}.{alias.name}" in FILES else target for alias in node.names}
    return (found | TABLES.get(name, set())) & FILES.keys()


TABLES = {
    "realtime.sources": {f"realtime.sources.{name}" for name in MODULES.values()},
    "realtime.detectors": {f"realtime.detectors.{row.module}" for row in DETECTORS.values()},
    "realtime.commands.cli": {f"realtime.commands.{row.module}" for row in COMMANDS.values()},
    "realtime": {f"realtime.{place}" for place in realtime.PLACES.values()},
    "realtime.lifting.architectures": {
        f"realtime.lifting{row.network.partition(':')[0]}" for row in ARCHITECTURES.values()
    },
}
IMPORTS = {name: imported(name, path) for name, path in FILES.items()}


def test_the_tables_name_files_that_are_there():
    assert set().union(*TABLES.values()) <= FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_file_imports_only_what_stands_before_it(name):
    here = room(name)
    allowed = ONLY.get(here, set(ORDER[: ORDER.index(here)])) | {here}
    if here not in MAY_IMPORT_TRAINING | {"program"}:
        allowed -= {"training"}
    assert {target for target in IMPORTS[name] if room(target) not in allowed} == set()


def test_no_files_import_each_other_in_a_circle():
    graph = {name: targets - {name} for name, targets in IMPORTS.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as fault:
        pytest.fail(" → ".join(fault.args[1]))
    assert set(order) == FILES.keys()


def test_every_room_stands_in_the_order():
    assert {room(name) for name in FILES} <= set(ORDER)


def test_rooms_are_small_enough_to_look_over():
    folders = {path.parent for path in FILES.values()}
    files_in = {folder: [path for path in FILES.values() if path.parent == folder] for folder in folders}
    root = Path("realtime")
    assert len(files_in[root]) <= 15
    assert len([folder for folder in folders if folder.parent == root]) <= 20
    assert {str(folder): len(found) for folder, found in files_in.items() if len(found) > 20} == {}


def test_no_test_module_imports_another():
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.module if isinstance(node, ast.ImportFrom) else None
            assert "test_" not in (name or ""), f"{path} imports {name}"


BESIDE_THE_PACKAGE = {Path("support"), Path("examples"), Path("requirements")}


def test_tests_mirror_the_package():
    folders = {path.parent.relative_to("realtime") for path in FILES.values()} | BESIDE_THE_PACKAGE
    for path in (ROOT / "tests").rglob("test_*.py"):
        folder = path.parent.relative_to(ROOT / "tests")
        assert folder in folders or folder.parts[0] == "reliability", path  # its rooms have the numbered checks


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


HEAVY = set("distributed torch cv2 ai_edge_litert mediapipe matplotlib av acapture detectron2".split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import realtime") & (HEAVY | {"numpy", "zmq"})


@pytest.mark.parametrize("name", [*WORDS, "settings"])
def test_words_and_settings_need_numpy_only(name):
    assert not loaded_by(f"import realtime.{name}") & (HEAVY | {"zmq"})


def test_the_subscriber_needs_numpy_and_zmq_only():
    assert not loaded_by("import realtime.wire.subscriber") & HEAVY


def test_the_viewer_never_loads_torch():
    assert not loaded_by("import viz") & {"torch", "cv2", "ai_edge_litert", "mediapipe"}
    code = """
import importlib, pkgutil, realtime.viewer
for module in pkgutil.iter_modules(realtime.viewer.__path__):
    importlib.import_module("realtime.viewer." + module.name)
"""
    assert not loaded_by(code) & {"torch", "cv2", "ai_edge_litert", "mediapipe"}


def test_run_answers_help_before_it_loads_anything():
    code = "from realtime.commands import run\ntry: run.main(['--help'])\nexcept SystemExit: pass"
    assert not loaded_by(code) & (HEAVY | {"zmq"})
