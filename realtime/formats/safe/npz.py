"""A reader for untrusted `.npz` files: bounded memory use, no code execution.

Only the requested arrays are read.  A member's header is checked against its size before
memory is allocated, which protects against zip bombs and against headers that declare
billions of rows.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ...errors import FormatError, RecordError
from .array_pickle import load_arrays

# Ten hours of one person at 30 fps take 220 MB.
_MAX_MEMBER_BYTES = 256 << 20
# Pickled objects take many times their size in memory; this is an hour of VideoPose3D keypoints.
_MAX_PICKLE_BYTES = 32 << 20
# Keypoints compress to about a half; small constant arrays may compress a thousandfold.
_MAX_RATIO, _RATIO_FREE_BYTES = 200, 16 << 20
_MAX_MEMBERS = 64
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,  # raised by NumPy for an unterminated header
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def npz_names(path: Path) -> set[str]:
    """Names of the arrays in the file (FormatError if it is not an npz file)."""
    with _open(path) as archive:
        return {name.removesuffix(".npy") for name in archive.namelist()}


def read_npz(path: Path, names: Iterable[str], most_bytes: int | None = None) -> dict[str, NDArray[Any]]:
    """The arrays with these names; names that are not in the file are omitted.

    Arrays of numbers, booleans and text are read directly, object arrays with `load_arrays`.
    `most_bytes` replaces the default limits of the size of an array.  Raises FormatError, in
    one line, for everything else.
    """
    plain, objects = most_bytes or _MAX_MEMBER_BYTES, most_bytes or _MAX_PICKLE_BYTES
    with _open(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        return {
            name: _read_member(archive, members[name], f"{path} ({name})", plain, objects)
            for name in names
            if name in members
        }


def save_npz(path: Path, **arrays: Any) -> None:
    """Write an npz file without changing its name (RecordError with the reason if it cannot be written)."""
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)
    except OSError as error:
        raise RecordError(f"cannot write {path} ({error.strerror or error})") from error


def _open(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise FormatError(f"{path} cannot be read ({error.strerror or error}); check the path") from error
    except _UNREADABLE as error:
        raise FormatError(f"{path} is not an npz file ({error}); create or download it again") from error
    if len(archive.infolist()) > _MAX_MEMBERS:
        archive.close()
        raise FormatError(f"{path} contains more than {_MAX_MEMBERS} arrays; it is not a data file of this kind")
    return archive


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str, plain: int, objects: int) -> NDArray[Any]:
    limit = min(plain, _RATIO_FREE_BYTES + _MAX_RATIO * info.compress_size)
    if info.file_size > limit:
        raise FormatError(f"{what} would decompress to {info.file_size >> 20} MB, the limit is {limit >> 20} MB")
    try:
        with archive.open(info) as stream:
            shape, fortran, dtype = _header(stream)
            size = info.file_size - stream.tell()
            if dtype.hasobject:
                return _read_objects(stream.read(objects + 1), shape, what, objects)
            if math.prod(shape) * dtype.itemsize != size:
                raise ValueError(f"{size} bytes for {dtype} of shape {shape}")
            return np.frombuffer(stream.read(), dtype).reshape(shape, order="F" if fortran else "C")
    except (*_UNREADABLE, OSError) as error:  # OSError: a member offset before the start of the file
        raise FormatError(f"{what} is damaged ({str(error)[:200]}); create or download it again") from error


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    if npy.read_magic(stream) != (1, 0):  # later versions are for headers over 64 kB
        raise ValueError("unsupported version of the .npy format")
    shape, fortran, dtype = npy.read_array_header_1_0(stream)
    if dtype.kind not in "fiubUO":
        raise ValueError(f"elements of type {dtype}")
    return shape, fortran, dtype


def _read_objects(data: bytes, shape: tuple[int, ...], what: str, most_bytes: int) -> NDArray[Any]:
    if len(data) > most_bytes:
        raise FormatError(f"{what} contains more than {most_bytes >> 20} MB of objects; split the recording")
    array = load_arrays(data, what)
    if not isinstance(array, np.ndarray) or array.shape != shape:
        raise ValueError(f"the objects are not an array of shape {shape}")
    return array
