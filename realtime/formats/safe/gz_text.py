"""Text files that may be gzipped, and tables of numbers."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from .unpacked import most_bytes

_FREE_BYTES = 32 << 20


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
        raise FormatError(f"{path} cannot be read as text ({error}); is it complete?") from error


def number_rows(
    text: str, delimiter: str | None = None, name: str = "file", *, gaps: bool = False
) -> NDArray[np.float64]:
    """A table (rows, columns) of numbers, some of them NaN if there may be `gaps`.  FormatError if it is not
    numeric, or ragged."""
    if not text.strip():
        raise FormatError(f"{name} does not contain any numbers")
    try:
        table = np.loadtxt(io.StringIO(text), delimiter=delimiter, ndmin=2)
    except ValueError as error:
        raise FormatError(f"{name} is not a table of numbers ({error})") from error
    if np.isinf(table).any() or (np.isnan(table).any() and not gaps):
        raise FormatError(f"{name} contains numbers that are not finite")
    return table
