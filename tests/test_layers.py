"""Who may import whom: docs/architecture.md, read from the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from poses import ROOT

PACKAGE = ROOT / "realtime"

WORDS = {"errors", "skeleton", "pose", "window", "stages"}
PURE = {
    "coords",
    "geometry",
    "features",
    "sides",
    "guard",
    "smoothing",
    "metrics",
    "wire",
    "wire_fields",
    "timing",
    "settings",
    "program",
    "stop",
}
NETWORK = {"tcn", "streaming", "network_files", "checkpoints", "weights", "lifter", "windowed", "onnx_lifter", "edge"}
OUTSIDE = {"sources", "detectors", "sinks", "formats", "subscriber", "viewer", "optional", "console"}
JOINS = {
    "estimator",
    "hindsight",
    "passed",
    "placing",
    "monitor",
    "pipeline",
    "build",
    "dask_workers",
    "doctor",
    "executors",
    "cameras",
    "cli",
    "export",
    "infer",
    "legacy",
    "lift",
    "lift_place",
    "offline",
    "quantisation",
    "render",
    "training",
    "__main__",
}

# A layer may import itself and what is named here; the outside worlds not each other.
MAY_IMPORT = {
    "words": {"words"},
    "pure": {"words", "pure"},
    "network": {"words", "pure", "network"},
    "outside": {"words", "pure"},
    "joins": {"words", "pure", "network", "outside", "joins"},
}
LAYERS = {"words": WORDS, "pure": PURE, "network": NETWORK, "outside": OUTSIDE, "joins": JOINS}
# Small things that several outside worlds stand on.
FOUNDATIONS = {"optional", "formats", "subscriber"}


def part_of(module: str) -> str:
    """realtime.sinks.publisher → sinks."""
    return module.split(".")[1] if "." in module else ""


def layer_of(part: str) -> str:
    return next(name for name, parts in LAYERS.items() if part in parts)


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(module: str, path: Path):
    """The modules of ours that a module imports, anywhere in it."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("realtime"))
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            target = ".".join(filter(None, (base, node.module)))
            if target == "realtime":
                yield from (f"realtime.{alias.name}" for alias in node.names)
            elif target.startswith("realtime"):
                yield target


ALL = [(module, path) for module, path in modules() if module != "realtime"]


@pytest.mark.parametrize(("module", "path"), ALL, ids=[m for m, _ in ALL])
def test_imports_go_downwards(module, path):
    part = part_of(module)
    allowed = MAY_IMPORT[layer_of(part)]
    for target in imports(module, path):
        other = part_of(target)
        if other in ("", part) or other in FOUNDATIONS:
            continue
        assert layer_of(other) in allowed, f"{module} imports {target}"


def test_every_module_has_a_layer():
    assert {part_of(m) for m, _ in ALL} <= set().union(*LAYERS.values())


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {"distributed", "torch", "cv2", "mediapipe", "matplotlib", "av", "acapture", "detectron2"}


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import realtime") & (HEAVY | {"numpy", "zmq"})


@pytest.mark.parametrize("name", sorted(WORDS | PURE - {"metrics"}))
def test_words_and_pure_modules_need_numpy_only(name):
    assert not loaded_by(f"import realtime.{name}") & (HEAVY | {"zmq"})


def test_the_subscriber_needs_numpy_and_zmq_only():
    assert not loaded_by("import realtime.subscriber") & HEAVY


def test_the_viewer_never_loads_torch():
    assert not loaded_by("import viz") & {"torch", "cv2", "mediapipe"}
    code = """
import importlib, pkgutil, realtime.viewer
for module in pkgutil.iter_modules(realtime.viewer.__path__):
    importlib.import_module("realtime.viewer." + module.name)
"""
    assert not loaded_by(code) & {"torch", "cv2", "mediapipe"}


def test_run_answers_help_before_it_loads_anything():
    code = "import run\ntry: run.main(['--help'])\nexcept SystemExit: pass"
    assert not loaded_by(code) & (HEAVY | {"zmq"})
