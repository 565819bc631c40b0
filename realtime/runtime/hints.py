"""Command lines for messages: how to run a command or install an extra, in a checkout of the
project or from an installed package."""

from __future__ import annotations

from contextlib import suppress
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# PyPI's names of libraries, where they differ from the module's.
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "ai_edge_litert": "ai-edge-litert",
    "cv2": "opencv-python-headless",
    "zmq": "pyzmq",
}
_SCRIPTS = {"run": "python run.py", "view": "python viz.py"}


def is_checkout() -> bool:
    """Whether this code runs from a checkout of the project (a folder with run.py)."""
    return (_ROOT / "run.py").is_file()


def command(name: str) -> str:
    """The command line of a command: `python -m realtime lift`, or `realtime-pose3d lift` if installed."""
    if not is_checkout():
        return f"realtime-pose3d {name}"
    return _SCRIPTS.get(name, f"python -m realtime {name}")


def install(extra: str = "") -> str:
    """The pip command that installs the program, with an extra if one is named."""
    brackets = f"[{extra}]" if extra else ""
    if is_checkout():
        return f"pip install -e '.{brackets}'" if extra else "pip install -e ."
    return f"pip install 'realtime-pose3d{brackets}'" if extra else "pip install realtime-pose3d"


def distribution(module: str) -> str:
    """PyPI's name of the library that a module belongs to: `pyzmq` for `zmq.auth`."""
    top = module.partition(".")[0]
    return _DISTRIBUTIONS.get(top, top)


def requirement(module: str) -> str:
    """What pip is asked for to get the library of a module, with the version that this program needs:
    `'pyzmq>=26'`, in quotes for a shell."""
    name = distribution(module)
    with suppress(metadata.PackageNotFoundError):
        for line in metadata.requires("realtime-pose3d") or ():
            wanted = line.partition(";")[0].strip()
            if wanted.startswith(name) and not wanted[len(name) :].strip(" <>=!~,.0123456789"):
                return f"'{wanted}'"
    return name
