"""What a reader may do with any bytes: read them, or refuse them in one short line of the project's errors."""

from __future__ import annotations

import gzip
import io
import tempfile
import traceback
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from realtime.errors import PoseError

LONGEST = 300  # characters of an error
_MOST_TRIES = 400  # to make an input smaller


def _as_it_is(content: bytes) -> bytes:
    return content


@dataclass(frozen=True)
class Reader:
    """A way that a file of a user goes: `read` is given a path called `file`, with the files `beside` it.

    `seeds` are contents that it reads; `wrapped` makes the file of a content, where that is a part of it that fuzzing
    would never reach otherwise: what is in a zip, of which a checksum is kept."""

    name: str
    file: str
    read: Callable[[Path], object]
    seeds: Sequence[bytes] = field(repr=False)
    beside: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    wrapped: Callable[[bytes], bytes] = _as_it_is


class Trial:
    """Gives contents to readers, in a folder of its own in memory."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")  # noqa: S108  # a folder with a name that nobody else has is made in it
        self._held = tempfile.TemporaryDirectory(prefix="fuzz", dir=memory if memory.is_dir() else None)
        self._prepared: set[str] = set()

    def close(self) -> None:
        self._held.cleanup()

    def fault(self, reader: Reader, content: bytes) -> str | None:
        """What is wrong with how a content is taken, None where nothing is; one text for each kind of fault."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # they would be lines in a user's terminal
                self.read(reader, content)
        except PoseError as error:
            return _told_badly(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # what must not be
            return f"{type(error).__name__} at {_place(error)}"
        return None

    def read(self, reader: Reader, content: bytes) -> None:
        """Give a content to a reader."""
        folder = Path(self._held.name) / reader.name
        if reader.name not in self._prepared:
            self._prepared.add(reader.name)
            for name, other in reader.beside.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(other)
        path = folder / reader.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # a map of an earlier one stays whole
        path.write_bytes(reader.wrapped(content))
        reader.read(path)


def _told_badly(error: PoseError) -> str | None:
    text = str(error)
    if len(text.splitlines()) != 1 or not text.isprintable():
        return f"characters that are no line, raised at {_place(error)}"
    return f"{LONGEST} characters or more, raised at {_place(error)}" if len(text) >= LONGEST else None


def _place(error: BaseException) -> str:
    """The last line of this project that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/realtime/" in frame.filename]
    last = (ours or list(frames))[-1]
    return f"{last.filename.rpartition('/realtime/')[2]}:{last.lineno}"


def shrunk(trial: Trial, reader: Reader, content: bytes, fault: str) -> bytes:
    """A smaller content with the same fault: halves, quarters … are left out as long as that goes."""
    tries, size = 0, len(content) // 2
    while size and tries < _MOST_TRIES:
        start = 0
        while start < len(content) and tries < _MOST_TRIES:
            shorter, tries = content[:start] + content[start + size :], tries + 1
            if trial.fault(reader, shorter) == fault:
                content = shorter
            else:
                start += size
        size //= 2
    return content


def zipped(name: str, others: Mapping[str, bytes]) -> Callable[[bytes], bytes]:
    """A zip of a member with a content among others."""

    def wrapped(content: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for other, data in {**others, name: content}.items():
                archive.writestr(other, data)
        return buffer.getvalue()

    return wrapped


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 1)
