"""Optional libraries: imported on demand, with a one-line error if one is missing."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

from ..errors import MissingLibrary


def load(module_name: str, why: str, install_hint: str) -> ModuleType:
    """Import a library on demand.

    `why` names the feature that needs it ("the camera"), `install_hint` how to install it.
    Raises MissingLibrary if it, or a system library that it needs, cannot be loaded.
    """
    try:
        return importlib.import_module(module_name)
    except (ImportError, OSError) as fault:
        reason = str(fault).partition("\n")[0]
        raise MissingLibrary(
            f"{why} needs {module_name}, which cannot be imported ({reason}): {install_hint}"
        ) from fault


def opencv(why: str) -> ModuleType:
    """`cv2` with its own warnings on stderr disabled; `why` and errors as for `load`.

    OpenCV and its FFmpeg print a warning for every camera that does not exist.  Log levels
    set in the environment take precedence.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # FFmpeg reads it at the first open
    cv2 = load(
        "cv2",
        why,
        "pip install opencv-python-headless (only one variant of OpenCV; those with windows also "
        "need `apt install libgl1 libglib2.0-0` on a server)",
    )
    if "OPENCV_LOG_LEVEL" not in os.environ:
        silence = cv2.setLogLevel if hasattr(cv2, "setLogLevel") else cv2.utils.logging.setLogLevel  # OpenCV 4, 5
        silence(0)
    return cv2
