"""Pickles of arrays that every NumPy reads."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from ...errors import FormatError
from ..safe.array_pickle import load_arrays

_PROTOCOL = 3  # names are text in it
_NUMPY_2, _NUMPY_1 = "numpy._core.", "numpy.core."


class _Pickler(pickle._Pickler):  # noqa: SLF001 - its only name; the one in C cannot be extended
    """Names NumPy's functions as NumPy 1 did, which NumPy 2 understands too."""

    def save_global(self, obj: Any, name: str | None = None) -> None:
        module = getattr(obj, "__module__", None) or ""
        if not module.startswith(_NUMPY_2):
            super().save_global(obj, name)  # type: ignore[misc]  # it is not in typeshed
            return
        module = module.replace(_NUMPY_2, _NUMPY_1)
        self.write(pickle.GLOBAL + f"{module}\n{name or obj.__name__}\n".encode())  # type: ignore[attr-defined]
        self.memoize(obj)  # type: ignore[attr-defined]


def write_pickle(path: Path, value: object) -> None:
    """Write dictionaries, lists, texts, numbers and arrays (OSError)."""
    with path.open("wb") as file:
        _Pickler(file, _PROTOCOL).dump(value)


def read_pickle(path: Path, most_bytes: int, most_opcodes: int) -> Any:
    """What a pickle contains, without running anything of it.  Raises FormatError, also for one that is larger."""
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise FormatError(f"{path} has {size >> 20} MB; files of this kind have at most {most_bytes >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path} cannot be read ({error.strerror})") from error
    return load_arrays(data, str(path), most_opcodes)
