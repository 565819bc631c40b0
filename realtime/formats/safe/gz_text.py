"""Text files that may be gzipped, and tables of numbers."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from ...runtime.text import reason
from .damage import parsing
from .unpacked import most_bytes

_FREE_BYTES = 32 << 20
_LARGEST = 1e9  # of coordinates, in any unit of length


def read_text(path: Path) -> str:
    """The text of a file, decompressed if its name ends in .gz.  FormatError if it cannot be read."""
    try:
        if path.suffix != ".gz":
            return path.read_bytes().decode("utf-8")
        most = most_bytes(path.stat().st_size, _FREE_BYTES)
        with gzip.open(path) as file:
            raw = file.read(most + 1)
        if len(raw) > most:
            raise FormatError(f"{path} would decompress to more than {most >> 20} MB; decompress it yourself")
        return raw.decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise FormatError(f"{path} cannot be read as text ({reason(error)}); is it complete?") from error


def number_rows(
    text: str, delimiter: str | None = None, name: str = "file", *, gaps: bool = False
) -> NDArray[np.float64]:
    """A table (rows, columns) of numbers, some of them NaN if there may be `gaps`.  FormatError if it is not
    numeric, or ragged."""
    if not text.strip():
        raise FormatError(f"{name} does not contain any numbers")
    with parsing(name, "is not a table of numbers"):
        table = np.loadtxt(io.StringIO(text), delimiter=delimiter, ndmin=2)
    if (np.abs(table) > _LARGEST).any() or (np.isnan(table).any() and not gaps):
        raise FormatError(f"{name} contains numbers that are not finite, or are beyond {_LARGEST:g}")
    return table
