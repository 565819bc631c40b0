"""Imports of libraries that fail: which library it was, and why, in one line.

A library that another one has broken does not only raise ImportError: AttributeError (a name that is
gone), TypeError (protobuf), RuntimeError and ValueError (compiled for another NumPy), OSError (a
system library) and others are common.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import FrameType

_OURS = __name__.partition(".")[0]
_FOLDER = Path(__file__).parents[1]
_LONGEST = 200  # characters of a reason


def failed_import(fault: BaseException) -> str | None:
    """The library that raised `fault` when a module of this project imported it, or something that
    imports it; None for any other fault."""
    frames = [frame for frame, _ in traceback.walk_tb(fault.__traceback__)]
    last_ours = max((place for place, frame in enumerate(frames) if _is_ours(_module(frame))), default=-1)
    for frame in reversed(frames[last_ours + 1 :]):
        # A module that is being imported runs as a function of this name.
        if frame.f_code.co_name == "<module>" and _top(_module(frame)) not in sys.stdlib_module_names:
            return _top(_module(frame))
    return _not_executed(fault) if last_ours == len(frames) - 1 else None


def _not_executed(fault: BaseException) -> str | None:
    """The library that an import did not find, or whose file is not Python of this version."""
    if isinstance(fault, ImportError):
        library = _top(fault.name or "")
    elif isinstance(fault, SyntaxError) and fault.filename:
        file = Path(fault.filename)
        library = _OURS if file.is_relative_to(_FOLDER) else file.parent.name if file.stem == "__init__" else file.stem
    else:
        return None
    return library if library and not _is_ours(library) else None


def is_missing(fault: BaseException, library: str) -> bool:
    """Whether an import failed because `library` itself is not installed."""
    return isinstance(fault, ModuleNotFoundError) and _top(fault.name or "") == _top(library)


def reason_of(fault: BaseException, module: str = "") -> str:
    """Why, in one line: the type of the error where that is needed to understand it, and the library
    that raised it where the import of `module` came to another one."""
    text = next((line.strip() for line in str(fault).splitlines() if line.strip()), "")[:_LONGEST]
    if not (text and isinstance(fault, ImportError | OSError)):
        text = f"{type(fault).__name__}: {text}" if text else type(fault).__name__
    library = failed_import(fault) if module else None
    return text if library in (None, _top(module)) or is_missing(fault, str(library)) else f"in {library}: {text}"


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _top(module: str) -> str:
    return module.partition(".")[0]


def _is_ours(module: str) -> bool:
    return _top(module) in (_OURS, "__main__")
