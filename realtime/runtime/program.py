"""Entry point of every program: exit codes, one-line errors, signals."""

from __future__ import annotations

import _thread
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from ..errors import EXIT_CODE, PoseError
from .console import redirect_to_devnull
from .failed_imports import failed_import, is_missing, reason_of
from .hints import distribution, install, is_checkout, pip
from .signal_watch import INTERRUPTED, taken, watch_signals
from .signal_watch import install as install_handler
from .stop import after_stop, stop_signals
from .text import printable

__all__ = ["INTERRUPTED", "interruptible", "leave_with", "run_program"]

_AGAIN_S = 0.05  # after which a finalizer will have ended
_BUG = 1  # the exit code of Python after a traceback

# Required dependencies: if one is missing, this is another Python or the installation is broken.
_REQUIRED = ("numpy", "safetensors", "zmq", "av", "PIL", "matplotlib", "threadpoolctl", "platformdirs")
# Dependencies of training.
_TRAINING = ("torch", "tqdm")


def run_program(main: Callable[[], int | None]) -> int:
    """Call `main` and return the exit code: its own, or 2 with one line on stderr for a
    PoseError or a library that cannot be imported.  Other exceptions are bugs and keep their traceback.

    Ctrl-C, SIGTERM and SIGHUP exit at once with 130 and no output, until `main` handles them itself
    (stop.stop_on_signals, or `interruptible`); signal_watch.py sees to it where native code does not return.
    KeyboardInterrupt cannot be used before that: raised during the import of a C++ library, it can abort the process.
    """
    watch_signals()
    for number in stop_signals():
        install_handler(number, _exit_now)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # do not fail on characters that the code page lacks
            stream.reconfigure(errors="replace")
    try:
        return _call(main)
    except PoseError as error:
        return _print_error(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        library = failed_import(error)
        if library is None:
            raise
        return _print_error(_missing(library) if is_missing(error, library) else _broken(library, reason_of(error)))


def _missing(library: str) -> str:
    if library in _TRAINING:
        cpu = "without an NVIDIA GPU its smaller CPU build, see Installing in the README"
        return f"this needs {library}: {pip('torch')} ({cpu}), then {install('train')}"
    if library not in _REQUIRED:
        return f"this needs {library}: {pip(distribution(library))}"
    remedy = "use the one in .venv (`. .venv/bin/activate`), created by `make run`" if is_checkout() else install()
    return f"this Python has no {library}: {remedy}, or see Installing in the README"


def _broken(library: str, reason: str) -> str:
    return (
        f"{library} is installed, but cannot be imported ({reason}): {pip('--force-reinstall')} "
        f"{distribution(library)}; another library may have replaced what it needs"
    )


def _call(main: Callable[[], int | None]) -> int:
    """The exit code of `main`; quietly 0 if the reader of what it prints (`--help | head -1`) has
    read enough."""
    try:
        try:
            return main() or 0
        finally:
            if sys.stdout is not None:  # as in a program without a console on Windows
                sys.stdout.flush()
    except BrokenPipeError:
        redirect_to_devnull(sys.stdout)
        return 0


def _print_error(message: str) -> int:
    print(f"error: {printable(' '.join(message.split()))}", file=sys.stderr)
    return EXIT_CODE


def leave_with(fault: BaseException | None) -> NoReturn:
    """End the process at once, for where native code does not return: nothing is closed, threads are not waited for.
    With what a user can mend as `run_program` does, with a bug's traceback as Python does, else as after Ctrl-C."""
    if isinstance(fault, PoseError):
        code = _print_error(str(fault))
    elif fault is None or isinstance(fault, KeyboardInterrupt):
        code = INTERRUPTED
    else:
        sys.excepthook(type(fault), fault, fault.__traceback__)
        code = _BUG
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block, the first Ctrl-C, SIGTERM or SIGHUP raises KeyboardInterrupt; another one
    while the block is left ends the process at once.  Main thread only."""
    former = {number: signal.getsignal(number) for number in stop_signals()}
    for number in former:
        install_handler(number, _raise_interrupt)
    report = sys.unraisablehook
    sys.unraisablehook = lambda lost: _raise_later() if lost.exc_type is KeyboardInterrupt else report(lost)
    try:
        yield
    finally:
        sys.unraisablehook = report
        for number, handler in former.items():
            # Ours: of a block around this one, which is left for the same signal.  None: it was set by
            # code that is not Python's.
            if handler is not _raise_interrupt and handler is not None:
                install_handler(number, handler)


def _exit_now(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def _raise_later() -> None:
    """Raise KeyboardInterrupt in the main thread once more: the signal came while Python called a finalizer
    or the callback of a weak reference, which imports have, and what these raise goes no further."""
    signal.signal(signal.SIGINT, _raise_interrupt)
    threading.Timer(_AGAIN_S, _thread.interrupt_main).start()


def _raise_interrupt(_number: int, _frame: FrameType | None) -> None:
    taken()
    after_stop(_exit_now)
    raise KeyboardInterrupt
