"""Where the results of one input go: made in a folder of our own, then put in place at once.

Beside them lies `<stem>.lift.json`: from what, how and when they were made.  A file is only ever
replaced or removed if it is, to the byte count and the time of its making, the one that this
record names.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..errors import RecordError, WeightsError
from ..lifting.model_files import digest_of, fitting_model
from ..recording.folder_lock import FolderLock
from ..runtime.new_files import refuse_existing, writing
from ..sources.images import image_files

if TYPE_CHECKING:
    from .task import Task

_FORMAT = 1
_SETTINGS = (
    *("detector", "keypoints", "video", "model", "window", "fov", "intrinsics", "camera_pitch", "smooth", "fps"),
    *("guard", "person", "rcnn_config", "rcnn_weights", "rcnn_size"),
)
_FILES = ("keypoints", "intrinsics", "rcnn_weights")  # settings that name one
# Parts of a record, and what is to be said where one differs.
_CHANGES = {
    "input": "another input",
    "settings": "other settings",
    "uses": "another network or file of the same name",
}


class StagedOutput:
    """The place for the results of a task; a context manager.

    `done`: nothing is to do.  Otherwise files are made with `stem` instead of the task's, and
    `publish` puts them in place; what is not published is removed.  Raises RecordError where
    the input cannot be read, where other files, other settings or another run are in the way,
    or where the folder cannot be written.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._record = record_of(task.stem)
        self._folder = staging_of(task.stem)
        self.stem = self._folder / task.stem.name
        self._held = ExitStack()
        self._content = _wanted(task)
        self._look()

    def _look(self) -> None:
        earlier = _read(self._record)
        self._has_record = earlier is not None
        self._earlier = earlier["files"] if earlier else []
        self._ours = _unchanged(self._record.parent, self._earlier)
        self.done = bool(earlier) and not self._task.force and self._is_done(earlier or {})
        if not self.done:
            self._refuse_taken()

    def __enter__(self) -> Self:
        if self.done:
            return self
        with _told(self._record), ExitStack() as held:
            self._folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(closing(FolderLock(self._folder)))
            held.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._look()  # another may have been at it until now
            for left in self._folder.iterdir():  # by a run that was killed
                if left.suffix != ".lock":
                    left.unlink()
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def publish(self, made: list[Path], **about: int) -> None:
        """Put the files in place, and note them."""
        names = {path.name for path in made}
        with _told(self._record):
            self._refuse_taken()
            files = [_stamp(path) for path in sorted(made)]
            kept = [stamp for stamp in self._earlier if stamp[0] in self._ours]
            self._note(kept + files, about)  # first: who is killed among the moves has named what is moved
            self._has_record = True
            for name in self._ours - names:
                (self._record.parent / name).unlink(missing_ok=True)
            for path in made:
                path.replace(self._record.parent / path.name)
            if kept:
                self._note(files, about)

    def _note(self, files: list[list[Any]], about: dict[str, int]) -> None:
        part = self._folder / self._record.name
        part.write_text(json.dumps({**self._content, **about, "files": files}, indent=1) + "\n", "utf-8")
        part.replace(self._record)

    def _is_done(self, earlier: dict[str, Any]) -> bool:
        for what, changed in _CHANGES.items():
            if earlier.get(what) != self._content[what]:
                raise RecordError(
                    f"{self._record.name} says that {changed} made the files there: "
                    "--force replaces them, another --out keeps them"
                )
        return len(self._ours) == len(earlier["files"])

    def _refuse_taken(self) -> None:
        source = self._task.source.resolve()
        if not self._has_record:
            refuse_existing([self._record])
        for path in self._task.files():
            if path.resolve() == source:
                raise RecordError(f"{path} would replace its own input; give another --out")
            if (path.exists() or path.is_symlink()) and path.name not in self._ours:
                raise RecordError(f"{path} is there already and is not overwritten: move it, or give another --out")


def input_of(stem: Path) -> str | None:
    """The name of the input that the results of `stem` were made from, None where there are none."""
    record = _read(record_of(stem))
    about = record.get("input") if record else None
    return str(about.get("name")) if isinstance(about, dict) else None


def user_path(text: str, stem: Path) -> str:
    """A message about the results of `stem` that names them where the user will find them."""
    return text.replace(f"{staging_of(stem)}{os.sep}", f"{stem.parent}{os.sep}")


def record_of(stem: Path) -> Path:
    """Where it stands how the results of `stem` were made."""
    return stem.with_name(stem.name + ".lift.json")


def staging_of(stem: Path) -> Path:
    """The folder in which the results of `stem` are made, and which is locked meanwhile."""
    return stem.with_name(f".{stem.name}.lifting")


def _wanted(task: Task) -> dict[str, Any]:
    settings = {name: getattr(task.settings, name) for name in _SETTINGS}
    # What is in a file is told by "uses"; where it lies makes no difference.
    settings |= {name: Path(settings[name]).name for name in ("model", *_FILES) if settings[name]}
    part = {"start_s": task.start_s, "end_s": None if task.end_s == float("inf") else task.end_s, "at_most": task.fps}
    how = {"symmetric": task.symmetric, "write": list(task.formats)}
    return {
        "format": _FORMAT,
        "input": _input(task.source),
        "settings": {**settings, **part, **how},
        "uses": {name: _file_fingerprint(task, name) for name in ("model", *_FILES)},
    }


def _input(source: Path) -> dict[str, Any]:
    """What tells one input from another: of a folder its images, as results may lie beside them."""
    try:
        stamps = [_stamp(path) for path in (image_files(source) if source.is_dir() else [source])]
    except OSError as fault:
        raise RecordError(f"{source} cannot be read ({fault.strerror}); lift takes files and folders") from fault
    about = {"name": source.name, "bytes": sum(s[1] for s in stamps), "modified_ns": max(s[2] for s in stamps)}
    if source.is_dir():
        about["images"] = hashlib.sha256(json.dumps(stamps).encode()).hexdigest()
    return about


def _file_fingerprint(task: Task, name: str) -> Any:
    """What tells another file of the same name, None where there is none."""
    with suppress(OSError, WeightsError):  # it is told of where it is opened
        if name == "model":
            return digest_of(fitting_model(task.settings.model, task.settings.window))
        if path := getattr(task.settings, name):
            return _stamp(Path(path))[1:]
    return None


def _read(path: Path) -> dict[str, Any] | None:
    """An earlier record, None where there is none of ours."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("files"), list):
        return None
    return content if all(map(_is_stamp, content["files"])) else None


def _is_stamp(entry: Any) -> bool:
    if not isinstance(entry, list) or len(entry) != 3 or not isinstance(entry[0], str):
        return False
    name = entry[0]
    return bool(name) and "\0" not in name and Path(name).name == name


def _stamp(path: Path) -> list[Any]:
    state = path.stat()
    return [path.name, state.st_size, state.st_mtime_ns]


def _unchanged(folder: Path, files: list[list[Any]]) -> set[str]:
    """Names of those files that are as they were noted."""
    names = set()
    for entry in files:
        path = folder / entry[0]
        if path.is_file() and not path.is_symlink() and _stamp(path) == entry:
            names.add(entry[0])
    return names


def _told(path: Path) -> AbstractContextManager[None]:
    return writing(path, "; give another --out")
