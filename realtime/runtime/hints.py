"""Command lines for messages, as the user can type them: in a checkout of the project that is used
through make or by hand, or from an installed package."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = "realtime-pose3d"
_PAGES = "https://github.com/realtime-pose3d/realtime-pose3d/blob/main"
# PyPI's names of libraries, where they differ from the module's.
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "ai_edge_litert": "ai-edge-litert",
    "cv2": "opencv-python-headless",
    "zmq": "pyzmq",
}
_SCRIPTS = {"run": "run.py", "view": "viz.py"}
_TARGETS = ("run", "view")  # of the Makefile
_PLAIN = re.compile(r"[\w./:@%+,=-]+")  # what make and a shell both leave as it is


def is_checkout() -> bool:
    """Whether this code runs from a checkout of the project (a folder with run.py)."""
    return (_ROOT / "run.py").is_file()


def command(name: str, *words: str) -> str:
    """What a user types for a command with these words: `make view ARGS=FILE` where it was make that
    started this program, `python viz.py FILE` or `python -m realtime lift FILE` in a checkout,
    `realtime-pose3d view FILE` if installed."""
    if name in _TARGETS and _started_by_make() and all(map(_PLAIN.fullmatch, words)):
        quotes = '"' if len(words) > 1 else ""
        return f"make {name}" + (f" ARGS={quotes}{' '.join(words)}{quotes}" if words else "")
    return by_hand(name, *words)


def by_hand(name: str, *words: str) -> str:
    """The same without make."""
    if not is_checkout():
        start = [_installed(), name]
    elif name in _SCRIPTS:
        start = [python(), _shown(_ROOT / _SCRIPTS[name])]
    else:
        start = [python(), "-m realtime", name]
    return " ".join([*start, *map(quoted, words)])


def program(name: str) -> str:
    """The name of a command in the first line of its help."""
    return f"{_PROGRAM} {name}" if not is_checkout() else _SCRIPTS.get(name, f"python -m realtime {name}")


def quoted(word: str) -> str:
    """A word as a shell takes it for one."""
    return subprocess.list2cmdline([word]) if os.name == "nt" else shlex.quote(word)


def python() -> str:
    """What starts this Python: `python` if that is the one on the PATH, else its path."""
    here = Path(sys.executable)
    for word in ("python", "python3"):
        if _is_on_path(word, here):
            return word
    return _shown(here)


def pip(*words: str) -> str:
    """What installs something for this Python: `pip install WORDS`, or `.venv/bin/python -m pip install WORDS`
    where `pip` is another one's."""
    is_ours = _is_on_path("pip", Path(sys.executable).with_name("pip"))
    return " ".join(["pip" if is_ours else f"{python()} -m pip", "install", *words])


def install(extra: str = "") -> str:
    """The pip command that installs the program, with an extra if one is named."""
    brackets = f"[{extra}]" if extra else ""
    if is_checkout():
        folder = "." if Path.cwd() == _ROOT else str(_ROOT)
        return pip("-e", f"'{folder}{brackets}'" if extra else quoted(folder))
    return pip(f"'{_PROGRAM}{brackets}'" if extra else _PROGRAM)


def page(name: str) -> str:
    """Where a page of the documentation is: a file of the checkout, or its address."""
    return in_checkout(name) or f"{_PAGES}/{name}"


def in_checkout(name: str) -> str | None:
    """The path from here of what only a checkout of the project contains, None without one."""
    return _from_here(_ROOT / name) if is_checkout() else None


def _started_by_make() -> bool:
    return is_checkout() and "MAKELEVEL" in os.environ and Path.cwd() == _ROOT and Path(sys.prefix) == _ROOT / ".venv"


def _installed() -> str:
    script = Path(sys.executable).with_name(_PROGRAM)
    if _is_on_path(_PROGRAM, script):
        return _PROGRAM
    return _shown(script) if script.is_file() else f"{python()} -m realtime"


def _is_on_path(word: str, file: Path) -> bool:
    """Whether a shell that is given `word` starts `file`."""
    found = Path(shutil.which(word) or os.devnull)
    return found.parent.resolve() == file.parent.resolve() and found.resolve() == file.resolve()


def _shown(path: Path) -> str:
    """A path as it is typed from here."""
    return quoted(_from_here(path))


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


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
