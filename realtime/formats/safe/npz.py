"""`.npz` files from anywhere: bounded in size, and never code.

Only the arrays that are asked for are read.  A member's header is compared with its
size before memory is taken for it, so that neither a zip bomb nor a header that claims
a thousand million rows costs anything.
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

# Ten hours of one person at 30 fps are 220 MB.
_MAX_MEMBER_BYTES = 256 << 20
# Pickled objects warm_start many times in memory; this is an hour of VideoPose3D keypoints.
_MAX_PICKLE_BYTES = 32 << 20
# Keypoints shrink to a half; a megabyte of blanks may shrink a thousandfold.
_MAX_RATIO, _RATIO_FREE_BYTES = 200, 16 << 20
_MAX_MEMBERS = 64
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,  # NumPy's, of a header that is not closed
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def npz_names(path: Path) -> set[str]:
    """Names of the arrays in the file (FormatError if it is no npz)."""
    with _open(path) as archive:
        return {name.removesuffix(".npy") for name in archive.namelist()}


def read_npz(path: Path, names: Iterable[str], most_bytes: int | None = None) -> dict[str, NDArray[Any]]:
    """The arrays of these names; those the file lacks are left out.

    Arrays of numbers, truth values and text are read plainly; arrays of objects through
    `load_arrays`.  `most_bytes` takes the place of the usual bounds of an array's size.
    Raises FormatError, in one line, for everything else.
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
    """Write an npz of exactly this name (RecordError naming the reason if it cannot be)."""
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
        raise FormatError(f"{path} is not an npz file ({error}); make or fetch it again") from error
    if len(archive.infolist()) > _MAX_MEMBERS:
        archive.close()
        raise FormatError(f"{path} holds more than {_MAX_MEMBERS} arrays; it is not a file of keypoints")
    return archive


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str, plain: int, objects: int) -> NDArray[Any]:
    limit = min(plain, _RATIO_FREE_BYTES + _MAX_RATIO * info.compress_size)
    if info.file_size > limit:
        raise FormatError(f"{what} would unpack to {info.file_size >> 20} MB; refused, it is not keypoints")
    try:
        with archive.open(info) as stream:
            shape, fortran, dtype = _header(stream)
            size = info.file_size - stream.tell()
            if dtype.hasobject:
                return _read_objects(stream.read(objects + 1), shape, what, objects)
            if math.prod(shape) * dtype.itemsize != size:
                raise ValueError(f"{size} bytes for {dtype} of shape {shape}")
            return np.frombuffer(stream.read(), dtype).reshape(shape, order="F" if fortran else "C")
    except (*_UNREADABLE, OSError) as error:  # a member may claim to lie before the file's start
        raise FormatError(f"{what} is damaged ({str(error)[:200]}); make or fetch it again") from error


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    if npy.read_magic(stream) != (1, 0):  # type: ignore[no-untyped-call]  # later ones hold headers over 64 kB
        raise ValueError("an array of an unknown version")
    shape, fortran, dtype = npy.read_array_header_1_0(stream)  # type: ignore[no-untyped-call]
    if dtype.kind not in "fiubUO":
        raise ValueError(f"elements of type {dtype}")
    return shape, fortran, dtype


def _read_objects(data: bytes, shape: tuple[int, ...], what: str, most_bytes: int) -> NDArray[Any]:
    if len(data) > most_bytes:
        raise FormatError(f"{what} holds over {most_bytes >> 20} MB of objects; split the recording")
    array = load_arrays(data, what)
    if not isinstance(array, np.ndarray) or array.shape != shape:
        raise ValueError(f"objects that are no array of shape {shape}")
    return array
