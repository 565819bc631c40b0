"""Output of one input: staged in a hidden folder, then moved into place at once.

Beside the files lies a manifest, `<stem>.lift.json`: input, settings, files, and when they were
written.  A file is replaced or removed only if its size and modification time are those that the
manifest records.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from pathlib import Path
from typing import Any, Self

from ..errors import RecordError, WeightsError
from ..lifting.model_files import digest_of, fitting_model
from ..recording.folder_lock import FolderLock
from ..runtime.new_files import os_errors_as_record_error, refuse_existing
from ..settings import names
from ..sources.images import image_files
from .task import Task

_FORMAT = 1
_FILE_SETTINGS = names(changes_result=True, names_file=True)
# Parts of a manifest, and what to say where one differs.
_CHANGES = {
    "input": "another input",
    "settings": "other settings",
    "uses": "another network or file of the same name",
}


class StagedOutput:
    """The staging folder for the results of a task; a context manager.

    `done`: there is nothing to do.  Otherwise files are written with `stem` instead of the
    task's, and `publish` moves them into place; what is not published is removed.  Raises
    RecordError where the input cannot be read, where other files, other settings or another
    run are in the way, or where the folder cannot be written.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._manifest = manifest_of(task.stem)
        self._folder = staging_of(task.stem)
        self.stem = self._folder / task.stem.name
        self._held = ExitStack()
        self._content = _content_of(task)
        self._look()

    def _look(self) -> None:
        earlier = _read(self._manifest)
        self._has_manifest = earlier is not None
        self._earlier = earlier["files"] if earlier else []
        self._ours = _unchanged(self._manifest.parent, self._earlier)
        self.done = bool(earlier) and not self._task.force and self._is_done(earlier or {})
        if not self.done:
            self._refuse_taken()

    def __enter__(self) -> Self:
        if self.done:
            return self
        with self._errors(), ExitStack() as held:
            self._folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(closing(FolderLock(self._folder)))
            held.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._look()  # another run may have worked on it until now
            for leftover in self._folder.iterdir():  # of a run that was killed
                if leftover.suffix != ".lock":
                    leftover.unlink()
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def publish(self, made: list[Path], **about: float) -> None:
        """Move the files into place, and write the manifest."""
        names_made = {path.name for path in made}
        with self._errors():
            self._refuse_taken()
            files = [_stamp(path) for path in sorted(made)]
            kept = [stamp for stamp in self._earlier if stamp[0] in self._ours]
            self._write_manifest(kept + files, about)  # first: a run killed among the moves has named its files
            self._has_manifest = True
            for name in self._ours - names_made:
                (self._manifest.parent / name).unlink(missing_ok=True)
            for path in made:
                path.replace(self._manifest.parent / path.name)
            if kept:
                self._write_manifest(files, about)

    def _write_manifest(self, files: list[list[Any]], about: dict[str, float]) -> None:
        part = self._folder / self._manifest.name
        part.write_text(json.dumps({**self._content, **about, "files": files}, indent=1) + "\n", "utf-8")
        part.replace(self._manifest)

    def _is_done(self, earlier: dict[str, Any]) -> bool:
        for what, changed in _CHANGES.items():
            if earlier.get(what) != self._content[what]:
                raise RecordError(
                    f"{self._manifest.name} says that {changed} made the files there: "
                    "--force replaces them, another --out keeps them"
                )
        return len(self._ours) == len(earlier["files"])

    def _refuse_taken(self) -> None:
        source = self._task.source.resolve()
        if not self._has_manifest:
            refuse_existing([self._manifest])
        for path in self._task.files():
            if path.resolve() == source:
                raise RecordError(f"{path} would replace its own input; give another --out")
            if (path.exists() or path.is_symlink()) and path.name not in self._ours:
                raise RecordError(f"{path} exists already and is not overwritten: move it, or give another --out")

    def _errors(self) -> AbstractContextManager[None]:
        return os_errors_as_record_error(self._manifest, "; give another --out")


def input_of(stem: Path) -> str | None:
    """The name of the input that the results of `stem` were made from, None where there are none."""
    manifest = _read(manifest_of(stem))
    about = manifest.get("input") if manifest else None
    return str(about.get("name")) if isinstance(about, dict) else None


def user_path(text: str, stem: Path) -> str:
    """A message about staged files with the paths under which the user will find them."""
    return text.replace(f"{staging_of(stem)}{os.sep}", f"{stem.parent}{os.sep}")


def manifest_of(stem: Path) -> Path:
    """The manifest of the results of `stem`."""
    return stem.with_name(stem.name + ".lift.json")


def staging_of(stem: Path) -> Path:
    """The folder in which the results of `stem` are staged; it is locked meanwhile."""
    return stem.with_name(f".{stem.name}.lifting")


def _content_of(task: Task) -> dict[str, Any]:
    """What a manifest records of a task before it is done."""
    settings = {name: getattr(task.settings, name) for name in names(changes_result=True)}
    # The content of a file is in "uses"; where it lies makes no difference.
    settings |= {name: Path(settings[name]).name for name in _FILE_SETTINGS if settings[name]}
    part = {"start_s": task.start_s, "end_s": None if task.end_s == float("inf") else task.end_s, "at_most": task.fps}
    how = {"symmetric": task.symmetric, "write": list(task.formats)}
    return {
        "format": _FORMAT,
        "input": _input(task.source),
        "settings": {**settings, **part, **how},
        "uses": {name: _fingerprint(task, name) for name in _FILE_SETTINGS},
    }


def _input(source: Path) -> dict[str, Any]:
    """Name, size and time of an input; of a folder those of its images, as results may lie beside them."""
    try:
        stamps = [_stamp(path) for path in (image_files(source) if source.is_dir() else [source])]
    except OSError as fault:
        raise RecordError(f"{source} cannot be read ({fault.strerror}); lift takes files and folders") from fault
    about = {"name": source.name, "bytes": sum(s[1] for s in stamps), "modified_ns": max(s[2] for s in stamps)}
    if source.is_dir():
        about["images"] = hashlib.sha256(json.dumps(stamps).encode()).hexdigest()
    return about


def _fingerprint(task: Task, name: str) -> Any:
    """What distinguishes the file of a setting from another one of the same name, None without a file."""
    with suppress(OSError, WeightsError):  # reported where the file is opened
        if name == "model":
            return digest_of(fitting_model(task.settings.model, task.settings.window))
        if path := getattr(task.settings, name):
            return _stamp(Path(path))[1:]
    return None


def _read(path: Path) -> dict[str, Any] | None:
    """An earlier manifest, None where there is none of ours."""
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
    """Names of the files that are still as the manifest records them."""
    unchanged = set()
    for entry in files:
        path = folder / entry[0]
        if path.is_file() and not path.is_symlink() and _stamp(path) == entry:
            unchanged.add(entry[0])
    return unchanged
