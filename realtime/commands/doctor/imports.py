"""Whether a module can be imported, and what it says of itself: in a process of its own.

A library that is installed may still not work: another one has replaced what it needs, or it was
compiled for another NumPy, PyTorch or processor.  Its import then fails, or ends the process, or
never returns.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec

_PATIENCE_S = 120.0  # PyTorch on a slow disk

# Both have this process's path.  What the first one exits with is the reason.
_IMPORT = """
import importlib, sys, warnings
sys.path[:] = sys.argv[2:]
warnings.simplefilter("ignore")
from realtime.runtime.failed_imports import reason_of
try:
    importlib.import_module(sys.argv[1])
except Exception as fault:
    sys.exit(reason_of(fault, sys.argv[1]))
"""
_EVALUATE = """
import importlib, sys, warnings
sys.path[:] = sys.argv[3:]
warnings.simplefilter("ignore")
print(eval(sys.argv[2], {"module": importlib.import_module(sys.argv[1])}))
"""


def is_installed(module: str) -> bool:
    """Whether the library of a module is here (it is not imported)."""
    return find_spec(module.partition(".")[0]) is not None


def import_fault(module: str, patience_s: float = _PATIENCE_S) -> str | None:
    """Why a module cannot be imported, in one line; None if it can."""
    try:
        done = _python(_IMPORT, module, patience_s=patience_s)
    except subprocess.TimeoutExpired:
        return f"its import does not end within {patience_s:g} s"
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"its import ends Python with {signal.Signals(-done.returncode).name}"
    return next(reversed(done.stderr.strip().splitlines()), f"its import ends Python with code {done.returncode}")


def evaluate(module: str, expression: str) -> str:
    """The value of an expression about `module`, as text; "" where it has none."""
    with suppress(subprocess.TimeoutExpired):
        done = _python(_EVALUATE, module, expression, patience_s=_PATIENCE_S)
        if done.returncode == 0:
            return next(reversed(done.stdout.strip().splitlines()), "")
    return ""


def _python(code: str, *arguments: str, patience_s: float) -> subprocess.CompletedProcess[str]:
    command: Sequence[str] = [sys.executable, "-c", code, *arguments, *sys.path]
    return subprocess.run(  # noqa: S603 - code of this module, no word of it is the user's
        command, capture_output=True, text=True, errors="replace", timeout=patience_s, check=False
    )
