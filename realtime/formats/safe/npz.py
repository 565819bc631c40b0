"""A reader for untrusted `.npz` files: bounded memory use, no code execution.

Only the requested arrays are read, if all of them together decompress to no more than
`unpacked.most_bytes`.  A member's header is checked against its size before memory is
allocated, which protects against headers that declare billions of rows.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ...errors import FormatError, RecordError
from ...runtime.text import reason
from .array_pickle import load_arrays
from .damage import parsing
from .unpacked import FREE_BYTES, most_bytes

# A pickle is in memory beside the objects in it, so less is free.
_FREE_PICKLE_BYTES = 128 << 20
# An object takes 60 to 100 bytes, which a pickle builds by one opcode or two.  VideoPose3D's keypoints
# have 25 opcodes a frame with a person, in 13 compressed bytes or more, and 4 without.
_FREE_OPCODES, _OPCODES_PER_BYTE = 8_000_000, 8
_MAX_MEMBERS = 64
_AGAIN = "; create or download it again"


def npz_names(path: Path) -> set[str]:
    """Names of the arrays in the file (FormatError if it is not an npz file)."""
    with _open(path) as archive:
        return {name.removesuffix(".npy") for name in archive.namelist()}


def read_npz(path: Path, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """The arrays with these names; names that are not in the file are omitted.

    Arrays of numbers, booleans and text are read directly, object arrays with `load_arrays`.
    Raises FormatError, in one line, for everything else.
    """
    with _open(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        wanted = {name: members[name] for name in names if name in members}
        _check_size(path, wanted.values())
        return {name: _read_member(archive, info, f"{path} ({name})") for name, info in wanted.items()}


def save_npz(path: Path, **arrays: Any) -> None:
    """Write an npz file without changing its name (RecordError with the reason if it cannot be written)."""
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)
    except OSError as error:
        raise RecordError(f"cannot write {path} ({error.strerror or error})") from error


def _open(path: Path) -> zipfile.ZipFile:
    try:
        with parsing(path, "is not an npz file", advice=_AGAIN):
            archive = zipfile.ZipFile(path)
    except OSError as error:
        raise FormatError(f"{path} cannot be read ({error.strerror or error}); check the path") from error
    if len(archive.infolist()) > _MAX_MEMBERS:
        archive.close()
        raise FormatError(f"{path} contains more than {_MAX_MEMBERS} arrays; it is not a data file of this kind")
    return archive


def _check_size(what: Path | str, members: Collection[zipfile.ZipInfo], free: int = FREE_BYTES) -> None:
    size, compressed = (sum(getattr(info, name) for info in members) for name in ("file_size", "compress_size"))
    limit = most_bytes(compressed, free)
    if size > limit:
        raise FormatError(
            f"{what} would decompress to {size >> 20} MB; "
            f"a recording that was compressed to {compressed >> 10} kB takes at most {limit >> 20} MB"
        )


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str) -> NDArray[Any]:
    try:
        with parsing(what, "is damaged", advice=_AGAIN), archive.open(info) as stream:
            shape, fortran, dtype = _header(stream)
            size = info.file_size - stream.tell()
            if dtype.hasobject:
                _check_size(what, [info], _FREE_PICKLE_BYTES)
                most_opcodes = _FREE_OPCODES + _OPCODES_PER_BYTE * info.compress_size
                return _read_objects(stream.read(), shape, what, most_opcodes)
            if math.prod(shape) * dtype.itemsize != size:
                raise ValueError(f"{size} bytes for {dtype} of shape {shape}")
            return np.frombuffer(stream.read(), dtype).reshape(shape, order="F" if fortran else "C")
    except OSError as error:  # of a member that begins before the file does
        raise FormatError(f"{what} is damaged ({reason(error)}){_AGAIN}") from error


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    if npy.read_magic(stream) != (1, 0):  # later versions are for headers over 64 kB
        raise ValueError("unsupported version of the .npy format")
    shape, fortran, dtype = npy.read_array_header_1_0(stream)
    if dtype.kind not in "fiubUO":
        raise ValueError(f"elements of type {dtype}")
    return shape, fortran, dtype


def _read_objects(data: bytes, shape: tuple[int, ...], what: str, most_opcodes: int) -> NDArray[Any]:
    array = load_arrays(data, what, most_opcodes)
    if not isinstance(array, np.ndarray) or array.shape != shape:
        raise ValueError(f"the objects are not an array of shape {shape}")
    return array
