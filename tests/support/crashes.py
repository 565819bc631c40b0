"""A program that writes files, killed at each of its operations on the file system, and at chosen bytes."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

_OPERATIONS = {"open", "os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
_MOST = 25  # moments of one kind, spread over all


def crashes(write: Callable[[], object], folder: Path, before: Path | None = None) -> tuple[int, list[str]]:
    """How often `write`, which writes into `folder`, was killed, and what it left that is neither whole nor old.

    `before`: a folder whose content is there when it begins.  Hidden files, and films that
    are called x.part.mp4 until they are whole, are not looked at.
    """
    old = {} if before is None else _contents(before)
    runs, operations = [], 0
    for _ in range(2):  # files that say when they were written differ
        _prepare(folder, before)
        operations = _run(write, folder)[1]
        runs.append(_contents(folder))
    sizes = [0, 1, 100, *np.linspace(200, max(map(len, runs[0].values())) - 1, 5).astype(int)]
    moments = [(int(k), None) for k in np.unique(np.linspace(1, operations, min(operations, _MOST)).astype(int))]
    moments += [(None, int(size)) for size in sizes]
    kills, broken = 0, []
    for moment in moments:
        _prepare(folder, before)
        kills += _run(write, folder, *moment)[0]
        for name, content in _contents(folder).items():
            known = [content == run.get(name) for run in (old, *runs)]
            if not any(known) and not _is_whole(folder / name, content):
                broken.append(f"{name}, {len(content)} bytes, killed at {moment}")
    return kills, broken


def _prepare(folder: Path, before: Path | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if before is None:
        folder.mkdir()
    else:
        shutil.copytree(before, folder)  # with its times, by which files are known again


def _contents(folder: Path) -> dict[str, bytes]:
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    ended = {name: path for name, path in files.items() if "/." not in f"/{name}" and ".part." not in name}
    return {name: path.read_bytes() for name, path in ended.items()}


def _run(write: Callable[[], object], folder: Path, operation: int | None = None, size: int | None = None):
    """Whether a child process was killed, and how many operations it made in the folder."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        done = 0

        def look(event: str, words: tuple[object, ...]) -> None:
            nonlocal done
            if event not in _OPERATIONS or not any(str(folder) in str(word) for word in words):
                return
            if event == "open" and not int(words[2]) & (os.O_WRONLY | os.O_RDWR):
                return
            done += 1
            if done == operation:
                os.kill(os.getpid(), signal.SIGKILL)

        code = 3
        try:
            if size is not None:  # the system kills who writes beyond it
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
            sys.addaudithook(look)
            write()
            os.write(writer, str(done).encode())
            code = 0
        except BaseException:  # noqa: BLE001 - the end of this process
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as told:
        operations = int(told.read() or 0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status), operations


def _is_whole(path: Path, content: bytes) -> bool:
    """Whether a file that says when it was written is complete."""
    match path.suffix:
        case ".json":
            return isinstance(json.loads(content), dict)
        case ".html":
            return content.rstrip().endswith(b"</html>")
        case ".npz":
            with np.load(path) as arrays:
                return all(arrays[name] is not None for name in arrays)
        case ".mp4":
            with av.open(str(path)) as film:
                return content[-16:-12] != b"" and sum(1 for _ in film.decode(video=0)) > 0 and b"mfro" in content[-16:]
    return False
