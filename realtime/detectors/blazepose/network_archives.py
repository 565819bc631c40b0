"""The `.tflite` files inside a wheel, a zip or an npm package, read without unpacking anything to disk.

The archive may come from anywhere.  Names in it are never used as paths, and sizes are bounded.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ...errors import WeightsError

SUFFIX = ".tflite"
MAX_NETWORK_BYTES = 64 << 20  # the largest known network has 28 MB
_MAX_ARCHIVE_BYTES = 256 << 20  # the wheel has 36 MB, the npm package 28 MB
_MAX_UNPACKED_BYTES = 512 << 20
_MAX_MEMBERS = 20_000  # the wheel has 760
_GZIP_START = b"\x1f\x8b"
# The methods of wheels.  The other methods may allocate any amount of memory.
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def networks_in(path: Path) -> list[bytes]:
    """The contents of every `.tflite` file in an archive, or of `path` if it is one itself.

    Files that are too large to be a known network are left out.  Raises WeightsError, in one
    line, for a file that is missing, no archive, damaged or unreasonably large.
    """
    if not os.path.isfile(path):  # noqa: PTH113  # Path.is_file raises for names that are too long
        raise WeightsError(f"there is no file {path}; check the path")
    try:
        with path.open("rb") as file:
            return list(_contents(path, file))
    except WeightsError:
        raise
    except Exception as error:
        # Damaged archives raise many kinds of exception, also from zlib, struct and codecs.
        # Of the OSErrors, only those of the operating system have a strerror.
        if isinstance(error, OSError) and error.strerror:
            raise WeightsError(f"cannot read {path} ({error.strerror}); check the path") from error
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:100]
        raise WeightsError(
            f"{path} is damaged, or is no wheel, zip, tgz or tflite file ({reason}); download it again"
        ) from error


def _contents(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    if path.suffix.lower() == SUFFIX:  # first: a zip with labels may be appended to such a file
        yield from _if_small(file)
        return
    if path.stat().st_size > _MAX_ARCHIVE_BYTES:
        raise _too_large(path)
    if zipfile.is_zipfile(file):
        yield from _in_zip(path, file)
    else:
        yield from _in_tar(path, file)


def _in_zip(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        networks = [member for member in members if member.filename.endswith(SUFFIX)]
        # At most the stated size of a member is read, whatever its data expand to.
        if len(members) > _MAX_MEMBERS or sum(member.file_size for member in networks) > _MAX_UNPACKED_BYTES:
            raise _too_large(path)
        for member in networks:
            if member.compress_type in _ZIP_METHODS:
                with archive.open(member) as content:
                    yield from _if_small(content)


def _in_tar(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    packed = file.read(len(_GZIP_START)) == _GZIP_START  # some browsers unpack a .tgz to a .tar
    file.seek(0)
    unpacked = _Bounded(gzip.GzipFile(fileobj=file) if packed else file, path)
    # As a stream: no seeking, so that every byte is read once and counted.
    with tarfile.open(fileobj=unpacked, mode="r|") as archive:
        for count, member in enumerate(archive):
            if count >= _MAX_MEMBERS:
                raise _too_large(path)
            # Links are not followed.
            content = archive.extractfile(member) if member.isreg() and member.name.endswith(SUFFIX) else None
            if content is not None:
                yield from _if_small(content)


def _if_small(content: IO[bytes]) -> Iterator[bytes]:
    data = content.read(MAX_NETWORK_BYTES + 1)
    if len(data) <= MAX_NETWORK_BYTES:
        yield data


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than an archive of networks can hold."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._left = _MAX_UNPACKED_BYTES

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise _too_large(self._path)
        return data


def _too_large(path: Path) -> WeightsError:
    return WeightsError(f"{path} is far larger than a package with networks; give the wheel or the npm package itself")
