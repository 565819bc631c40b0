"""A .npy file that grows: `np.load` reads it at any moment, also after kill -9.

The header has a fixed length, and the number of rows is stored at a fixed place with
a fixed width.  A row is written first, and counted in the header afterwards, so the
header never counts a row that is not there; data after the last counted row (a partial
row) is ignored by readers and overwritten by the next row.
"""

from __future__ import annotations

import os
from os.path import samestat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"\x93NUMPY\x01\x00"
HEADER_BYTES = 192
# The count ends at byte 80 and is 16 wide: within one cache line, so that a concurrent
# reader sees the old number or the new one, never a mixture.
_COUNT_END, _COUNT_WIDTH = 80, 16
_ROWS_AT_ONCE = 4096  # while a file is copied


class NpyLog:
    """A new .npy file of rows with `row_shape` and `dtype`, little-endian.

    `put` writes a row, `count` makes rows visible to readers.  Both raise OSError (on a full
    disk, for example) and leave every counted row intact, so they can be retried.  One thread
    writes.  Raises FileExistsError instead of overwriting a file.
    """

    def __init__(self, path: Path, row_shape: tuple[int, ...], dtype: str) -> None:
        self.path = path
        self._row_shape, self._dtype = row_shape, np.dtype(dtype)
        self._row_bytes = row_bytes(row_shape, dtype)
        self._file = path.open("x+b", buffering=0)
        try:
            self.count(0)
        except OSError:
            self._file.close()
            raise

    def put(self, index: int, row: NDArray[Any]) -> None:
        """Write the row with this index, from 0."""
        if row.shape != self._row_shape:
            raise ValueError(f"a row has the shape {self._row_shape}, not {row.shape}")
        self._write(HEADER_BYTES + index * self._row_bytes, row.astype(self._dtype).tobytes())

    def count(self, rows: int) -> None:
        """Set the number of rows in the header; they must have been put."""
        self._write(0, header(rows, self._row_shape, self._dtype.str))

    @property
    def is_in_place(self) -> bool:
        """Whether the open file is still the one at its path.  Raises OSError where that cannot be seen."""
        try:
            return not self._file.closed and samestat(self.path.stat(), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return False

    @property
    def is_deleted(self) -> bool:
        """Whether the open file has no name any more: it was deleted, or another took its name; not moved."""
        return not self._file.closed and os.fstat(self._file.fileno()).st_nlink == 0

    def take(self, earlier: NpyLog, rows: int) -> None:
        """Copy the first rows of a log of the same kind, whose file may be deleted; they are counted as they come."""
        for start in range(0, rows, _ROWS_AT_ONCE):
            end = min(start + _ROWS_AT_ONCE, rows)
            offset = HEADER_BYTES + start * self._row_bytes
            earlier._file.seek(offset)
            self._write(offset, earlier._file.read((end - start) * self._row_bytes))
            self.count(end)

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()

    def _write(self, offset: int, data: bytes) -> None:
        self._file.seek(offset)
        while data:  # on a nearly full disk a write may be partial; the next one raises the error
            data = data[self._file.write(data) :]


def header(rows: int, row_shape: tuple[int, ...], dtype: str) -> bytes:
    """The first HEADER_BYTES of such a file (NumPy's format version 1.0)."""
    start = f"{{'descr': {np.dtype(dtype).str!r}, 'fortran_order': False, 'shape': ("
    count = str(rows).rjust(_COUNT_END - len(_MAGIC) - 2 - len(start))
    text = f"{start}{count}, {''.join(f'{n}, ' for n in row_shape)}), }}".encode()
    length = HEADER_BYTES - len(_MAGIC) - 2
    return _MAGIC + length.to_bytes(2, "little") + text.ljust(length - 1) + b"\n"


def row_bytes(row_shape: tuple[int, ...], dtype: str) -> int:
    """Bytes of one row."""
    return int(np.prod(row_shape, dtype=int)) * np.dtype(dtype).itemsize


def whole_rows(path: Path, row_shape: tuple[int, ...], dtype: str) -> int:
    """Number of readable rows in a file that an `NpyLog` wrote, even if it is damaged.

    The number in the header, but at most the complete rows in the file; all complete rows if
    the header was truncated or (by a power cut) lost.  Raises ValueError if the file is not a
    log of such rows.
    """
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES).rstrip(b"\0")
    count = slice(_COUNT_END - _COUNT_WIDTH, _COUNT_END)
    expected = bytearray(header(0, row_shape, dtype)[: len(head)])
    expected[count] = head[count]
    counted = head[count].strip()
    if head != expected or not (counted.isdigit() or len(head) < _COUNT_END):
        raise ValueError(f"{path} is not a log of rows of {row_shape}")
    there = max(0, path.stat().st_size - HEADER_BYTES) // row_bytes(row_shape, dtype)
    return min(there, int(head[count])) if len(head) >= _COUNT_END else there


def repair(path: Path, rows: int, row_shape: tuple[int, ...], dtype: str) -> None:
    """Write a complete header that counts `rows`, and remove everything after them."""
    head = header(rows, row_shape, dtype)
    with path.open("r+b") as file:
        if file.read(HEADER_BYTES) != head:
            file.seek(0)
            file.write(head)
        file.truncate(HEADER_BYTES + rows * row_bytes(row_shape, dtype))
