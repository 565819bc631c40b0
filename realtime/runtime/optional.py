"""Libraries that may be missing: loaded when needed, and named in one line when they are not there."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

from ..errors import MissingLibrary


def load(module_name: str, why: str, install_hint: str) -> ModuleType:
    """Import a library on demand.

    `why` names who needs it ("the camera"), `install_hint` says what to do.  Raises
    MissingLibrary when it, or a system library below it, is not there.
    """
    try:
        return importlib.import_module(module_name)
    except (ImportError, OSError) as fault:
        reason = str(fault).partition("\n")[0]
        raise MissingLibrary(f"{why} needs {module_name}, which fails ({reason}): {install_hint}") from fault


def opencv(why: str) -> ModuleType:
    """`cv2`, kept from writing its own warnings to stderr; `why` and errors as for `load`.

    OpenCV and the FFmpeg inside it complain about every camera that is not there.  A level
    that the user has set in the environment holds.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # read when it first opens something
    cv2 = load(
        "cv2",
        why,
        "on a server, `apt install libgl1 libglib2.0-0` or the like; "
        "else `pip install opencv-contrib-python` (one variant of OpenCV only)",
    )
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.setLogLevel(0)
    return cv2
