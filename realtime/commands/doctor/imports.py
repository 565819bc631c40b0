"""Whether a module can be imported, and what it says of itself: in a process of its own.

A library that is installed may still not work: another one has replaced what it needs, or it was
compiled for another NumPy, PyTorch or processor.  Its import then fails, or ends the process, or
never returns.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib.util import find_spec

_PATIENCE_S = 120.0  # PyTorch on a slow disk
_IMPORTED = "the doctor has imported it"

# It has this process's path.  What it exits with is the reason.
_EXAMINE = f"""
import importlib, sys, warnings
module, expression, *sys.path[:] = sys.argv[1:]
warnings.simplefilter("ignore")
from realtime.runtime.failed_imports import reason_of
try:
    imported = importlib.import_module(module)
except Exception as fault:
    sys.exit(reason_of(fault, module))
if expression:
    print({_IMPORTED!r}, flush=True)
    print(eval(expression, {{"module": imported}}))
"""


def is_installed(module: str) -> bool:
    """Whether the library of a module is here (it is not imported)."""
    return find_spec(module.partition(".")[0]) is not None


def import_fault(module: str, patience_s: float = _PATIENCE_S) -> str | None:
    """Why a module cannot be imported, in one line; None if it can."""
    return examine(module, patience_s=patience_s)[0]


def examine(module: str, expression: str = "", patience_s: float = _PATIENCE_S) -> tuple[str | None, str]:
    """Why a module cannot be imported (None if it can), and the value of an expression about `module`, as text.

    One import serves both.  The value is "" where the expression has none, ends Python or never returns."""
    command = [sys.executable, "-c", _EXAMINE, module, expression, *sys.path]
    try:
        done = subprocess.run(  # noqa: S603 - code of this module, no word of it is the user's
            command, capture_output=True, timeout=patience_s, check=False
        )
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
        fault: str | None = f"its import does not end within {patience_s:g} s"
    else:
        output = done.stdout
        fault = _fault(done)
    _, imported, value = output.decode(errors="replace").rpartition(_IMPORTED)
    return (None, _last_line(value)) if imported else (fault, "")


def _fault(done: subprocess.CompletedProcess[bytes]) -> str | None:
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"its import ends Python with {signal.Signals(-done.returncode).name}"
    return _last_line(done.stderr.decode(errors="replace")) or f"its import ends Python with code {done.returncode}"


def _last_line(text: str) -> str:
    return next(reversed(text.strip().splitlines()), "")
