"""Output of one input: staged in a hidden folder, then moved into place at once.

Beside the files lies a manifest, `<stem>.lift.json`: input, settings, files, when they were
written, and the outputs that failed (`failed`: why, and whether they would fail again).  The same
command makes only what is missing then, and one that asks for other outputs adds those.  A file
is replaced or removed only if its size and modification time are those that the manifest records.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from pathlib import Path
from typing import Any, Self

from ..errors import RecordError
from ..recording.folder_lock import LOCK_NAME, FolderLock
from ..runtime.new_files import check_name, os_errors_as_record_error, refuse_existing
from .manifest import (
    CHANGES,
    Stamp,
    asked,
    comparable,
    content_of,
    failed,
    manifest_of,
    read_manifest,
    stamp,
    unchanged,
)
from .output_faults import OutputFaults
from .outputs import OUTPUTS
from .task import OutputFault, Task

_STAGING = ".lifting"
_RESERVED_BYTES = 1 << 16  # for the manifest, of which there are two for a moment
_STALE_S = 10.0  # a younger one may be about to be locked


class StagedOutput:
    """The staging folder for the results of a task; a context manager.

    `wanted`: the outputs that are to be made, all but those that are there already and those
    that cannot be made (`impossible`); `done`: there are none.  Files are written with `stem`
    instead of the task's, and `publish` moves them into place; what is not published is removed.
    Raises RecordError where the input cannot be read, where other files, other settings or
    another run are in the way, or where the folder cannot be written.
    """

    def __init__(self, task: Task) -> None:
        for path in (manifest_of(task.stem), staging_of(task.stem)):
            check_name(path, temporary="")
        self._task = task
        self._manifest = manifest_of(task.stem)
        self._folder = staging_of(task.stem)
        self.stem = self._folder / task.stem.name
        self._reserved = self._folder / "reserved.space"
        self._held = ExitStack()
        self._written = ""
        self._content = content_of(task)
        self._look()

    def _look(self) -> None:
        earlier = read_manifest(self._manifest)
        self._has_manifest = earlier is not None
        self._earlier: list[Stamp] = earlier["files"] if earlier else []
        self._ours = unchanged(self._manifest.parent, self._earlier)
        self._our_names = {entry[0] for entry in self._ours}
        self.impossible: dict[str, OutputFault] = {}
        self._failed_others: dict[str, OutputFault] = {}
        self.wanted = self._asked = self._task.formats
        if earlier is not None and not self._task.force:
            self._refuse_other(earlier)
            self._asked = tuple(dict.fromkeys((*asked(earlier), *self._task.formats)))
            self._content["settings"]["write"] = list(self._asked)
            faults = failed(earlier)
            self._failed_others = {name: fault for name, fault in faults.items() if name not in self.wanted}
            self.impossible = {name: fault for name, fault in faults.items() if fault.final and name in self.wanted}
            self.wanted = tuple(
                name for name in self.wanted if name not in self.impossible and (name in faults or not self._has(name))
            )
        self.done = not self.wanted
        if not self.done:
            self._refuse_taken(self.wanted)

    def _has(self, name: str) -> bool:
        """Whether the files of an output that the manifest records are there."""
        names = {path.name for path in OUTPUTS[name].files(self._task.stem)}
        recorded = names & {entry[0] for entry in self._earlier}
        return bool(recorded) and recorded <= self._our_names

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
            with suppress(OSError):  # as much as there is: a disk that gets full costs some outputs, not all
                self._reserved.write_bytes(b" " * _RESERVED_BYTES)
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def publish(self, made: dict[str, list[Path]], faults: OutputFaults, **about: float | str) -> tuple[str, ...]:
        """Move the files of each output that was made into place, write the manifest, and return
        their names.  Outputs with a fault, and those whose place is taken meanwhile (which becomes
        their fault), keep their earlier files."""
        with self._errors():
            for name in made:
                with faults.of(name):
                    self._refuse_taken([name])
            made = {name: made[name] for name in faults.remaining(made)}
            new = [stamp(path) for paths in made.values() for path in paths]
            if not (new or self._ours or any(fault.final for fault in faults.values())):
                return ()
            self._reserved.unlink(missing_ok=True)
            # First, so that a run killed among the moves has named its files.
            self._write_manifest(self._ours + new, faults, about)
            self._has_manifest = True
            for name in self._our_names - {entry[0] for entry in new} - self._kept_names(made):
                (self._manifest.parent / name).unlink(missing_ok=True)
            for output, paths in made.items():
                with faults.of(output):
                    for path in paths:
                        path.replace(self._manifest.parent / path.name)
            self._write_manifest(unchanged(self._manifest.parent, self._ours + new), faults, about)
            return tuple(path.name for output in faults.remaining(made) for path in made[output])

    def _kept_names(self, made: dict[str, list[Path]]) -> set[str]:
        """The files of the outputs that this command or, without --force, an earlier one asked for, but were
        not made now."""
        others = [name for name in self._asked if name not in made]
        return {path.name for name in others for path in OUTPUTS[name].files(self._task.stem)}

    def _write_manifest(self, files: list[list[Any]], faults: OutputFaults, about: dict[str, float | str]) -> None:
        failures = self._failed_others | self.impossible | faults
        failed = {name: {"fault": f.line, "final": f.final} for name, f in failures.items()}
        content = {**self._content, **about, "files": files, "failed": failed}
        text = json.dumps(content, indent=1) + "\n"
        if text == self._written:
            return
        part = self._folder / self._manifest.name
        part.write_text(text, "utf-8")
        part.replace(self._manifest)
        self._written = text

    def _refuse_other(self, earlier: dict[str, Any]) -> None:
        for what, changed in CHANGES.items():
            if comparable(earlier.get(what)) != comparable(self._content[what]):
                raise RecordError(
                    f"{self._manifest.name} says that {changed} made the files there: "
                    "--force replaces them, another --out keeps them"
                )

    def _refuse_taken(self, names: Iterable[str]) -> None:
        source = self._task.source.resolve()
        if not self._has_manifest:
            refuse_existing([self._manifest])
        for path in (path for name in names for path in OUTPUTS[name].files(self._task.stem)):
            if path.resolve() == source:
                raise RecordError(f"{path} would replace its own input; give another --out")
            if os.path.lexists(path) and path.name not in self._our_names:
                raise RecordError(f"{path} exists already and is not overwritten: move it, or give another --out")

    def _errors(self) -> AbstractContextManager[None]:
        return os_errors_as_record_error(self._manifest, "; give another --out")


def discard_staging(stem: Path) -> None:
    """Remove the staging folder of `stem`, unless somebody is at it: who was is gone."""
    folder = staging_of(stem)
    if folder.is_dir():
        with suppress(RecordError), closing(FolderLock(folder)):
            shutil.rmtree(folder, ignore_errors=True)


def discard_stale(folder: Path) -> None:
    """Remove the staging folders in `folder` of runs that were killed, whatever they lifted."""
    newest_s = time.time() - _STALE_S
    with suppress(OSError):
        for staging in folder.glob(f".*{_STAGING}"):
            if (staging / LOCK_NAME).is_file() and staging.stat().st_mtime < newest_s:
                discard_staging(staging.with_name(staging.name[1 : -len(_STAGING)]))


def user_path(text: str, stem: Path) -> str:
    """A message about staged files with the paths under which the user will find them."""
    return text.replace(f"{staging_of(stem)}{os.sep}", f"{stem.parent}{os.sep}")


def staging_of(stem: Path) -> Path:
    """The folder in which the results of `stem` are staged; it is locked meanwhile."""
    return stem.with_name(f".{stem.name}{_STAGING}")
