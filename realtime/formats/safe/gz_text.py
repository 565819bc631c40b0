"""Text files that may be gzipped, and tables of numbers."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError


def read_text(path: Path) -> str:
    """The text of a file, decompressed if its name ends in .gz.  FormatError if it cannot be read."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return raw.decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} cannot be read as text ({error}); is it complete?") from error


def number_rows(text: str, delimiter: str | None = None, name: str = "file") -> NDArray[np.float64]:
    """A table (rows, columns) of numbers.  FormatError if it is not numeric, or ragged."""
    if not text.strip():
        raise FormatError(f"{name} does not contain any numbers")
    try:
        table = np.loadtxt(io.StringIO(text), delimiter=delimiter, ndmin=2)
    except ValueError as error:
        raise FormatError(f"{name} is not a table of numbers ({error})") from error
    if not np.isfinite(table).all():
        raise FormatError(f"{name} contains numbers that are not finite")
    return table
