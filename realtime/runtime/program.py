"""How every program of ours ends: with a code, and a line where something is wrong."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ..errors import EXIT_CODE, PoseError

INTERRUPTED = 130  # 128 + SIGINT, as shells count

# What the installation brings; one of them missing means another Python, or none installed.
_REQUIRED = ("numpy", "safetensors", "zmq", "av", "matplotlib", "threadpoolctl")
# What training brings beside it.
_TRAINING = ("torch", "tqdm")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run_program(main: Callable[[], int | None]) -> int:
    """Call `main` and give the exit code: its own, or 2 with one line on stderr for a
    PoseError.  A bug keeps its traceback.

    Ctrl-C and SIGTERM end the process at once and quietly with 130, until `main` looks
    after them itself (stop.stop_on_signals, or `interruptible`).  While it still imports,
    an exception would not do: libraries written in C++ abort on one.
    """
    for number in _SIGNALS:
        signal.signal(number, _leave)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a code page without our arrows is no reason to die
            stream.reconfigure(errors="replace")
    try:
        return main() or 0
    except PoseError as error:
        return _tell(str(error))
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in _TRAINING:
            return _tell(f"this needs {library}: pip install torch, then pip install -e '.[train]'")
        if library not in _REQUIRED:
            raise
        return _tell(
            f"this Python has no {error.name}: use the one in .venv (`. .venv/bin/activate`), "
            "made by `make run`, or see Installing in the README"
        )
    except KeyboardInterrupt:
        return INTERRUPTED


def _tell(fault: str) -> int:
    print(f"error: {' '.join(fault.split())}", file=sys.stderr)
    return EXIT_CODE


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C and SIGTERM raise KeyboardInterrupt inside the block.  Main thread only."""
    former = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
