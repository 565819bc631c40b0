"""Optional libraries: imported on demand, with a one-line error if one is missing or broken."""

from __future__ import annotations

import importlib
import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from types import ModuleType

from ..errors import MissingLibrary, PoseError
from .failed_imports import is_missing, reason_of
from .hints import distribution, pip


def load(module_name: str, why: str, install_hint: str) -> ModuleType:
    """Import a library on demand.

    `why` names the feature that needs it ("the camera"), `install_hint` how to install it.
    Raises MissingLibrary if it cannot be imported, whatever it raises: one that another library
    has broken, or that was compiled for another NumPy or PyTorch, raises errors of any type.
    """
    try:
        with silent_if_it_fails():
            return importlib.import_module(module_name)
    except Exception as fault:
        if is_missing(fault, module_name):
            library = distribution(module_name)
            raise MissingLibrary(f"{why} needs {library}, which is not installed: {install_hint}") from fault
        reason = reason_of(fault, module_name)
        raise MissingLibrary(
            f"{why} needs {module_name}, which cannot be imported ({reason}): {reinstall(install_hint)}"
        ) from fault


@contextmanager
def library_errors(library: str, why: str, install_hint: str) -> Iterator[None]:
    """Within the block, which only starts something of `library`, its errors become MissingLibrary:
    some libraries that another one has broken can be imported, and fail at their first use."""
    try:
        yield
    except PoseError:
        raise
    except Exception as fault:
        raise MissingLibrary(
            f"{why} needs {library}, which fails here ({reason_of(fault)}): {reinstall(install_hint)}"
        ) from fault


def reinstall(install_hint: str) -> str:
    """The hint for a library that is installed, but broken: pip would answer that it is there."""
    return install_hint.replace("pip install ", "pip install --force-reinstall ")


def opencv(why: str) -> ModuleType:
    """`cv2` with its own warnings on stderr disabled; `why` and errors as for `load`.

    OpenCV and its FFmpeg print a warning for every camera that does not exist.  Log levels
    set in the environment take precedence.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # FFmpeg reads it at the first open
    hint = (
        f"{pip('opencv-python-headless')} (only one variant of OpenCV; those with windows also "
        "need `apt install libgl1 libglib2.0-0` on a server)"
    )
    cv2 = load("cv2", why, hint)
    if "OPENCV_LOG_LEVEL" not in os.environ:
        with library_errors("cv2", why, hint):  # an empty folder of that name can be imported
            silence = cv2.setLogLevel if hasattr(cv2, "setLogLevel") else cv2.utils.logging.setLogLevel  # OpenCV 4, 5
            silence(0)
    return cv2


@contextmanager
def silent_if_it_fails() -> Iterator[None]:
    """Within the block, drop what a failing import writes to stderr: NumPy prints a page where a library was compiled
    for another NumPy, before the error that tells it.  Only in the main thread, as `sys.stderr` is
    everybody's."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    written = io.StringIO()
    with redirect_stderr(written):
        yield
    if sys.stderr is not None and written.tell():
        sys.stderr.write(written.getvalue())
