"""What was lifted already, and how: one small json beside the outputs of each input."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import RecordError
from .formats.new_files import refuse_existing

if TYPE_CHECKING:
    from .offline import Task

_FORMAT = 1
BEGUN, DONE = "begun", "done"
_SHOWN_SETTINGS = (
    *("detector", "keypoints", "video", "model", "window", "fov", "intrinsics", "camera_pitch", "smooth"),
    *("rcnn_config", "rcnn_weights", "rcnn_size"),
)


@dataclass(frozen=True)
class LiftRecord:
    """`<stem>.lift.json`: written before the work begins, with the files that it will make, so
    that what a killed run left can be told from what belongs to the user."""

    path: Path
    content: dict[str, Any]

    @classmethod
    def begin(cls, task: Task) -> LiftRecord | None:
        """Note what is about to be made, after removing what an unfinished or forced earlier
        run of ours made; None where it is done already.

        Raises RecordError where the input cannot be read, where other settings made the files
        that are there, or where the folder cannot be written.
        """
        path = task.stem.with_name(task.stem.name + ".lift.json")
        content = _wanted(task)
        try:
            earlier = _read(path)
            if earlier and not task.force and earlier.get("state") == DONE:
                _check_same(path, earlier, content)
                if all((path.parent / name).exists() for name in earlier["files"]):
                    return None
            if earlier:
                for name in earlier["files"]:
                    (path.parent / Path(name).name).unlink(missing_ok=True)
            refuse_existing(task.files())  # before they are noted as ours
            path.parent.mkdir(parents=True, exist_ok=True)
            record = cls(path, content)
            record._store()
        except OSError as fault:
            raise RecordError(f"cannot write {path}: {fault.strerror or fault}; give another --out") from fault
        return record

    def finish(self, frames: int, people: int) -> None:
        """All files are there."""
        there = [name for name in self.content["files"] if (self.path.parent / name).exists()]
        self.content.update(state=DONE, frames=frames, people=people, files=there)
        self._store()

    def _store(self) -> None:
        part = self.path.with_name(self.path.name + ".part")
        part.write_text(json.dumps(self.content, indent=1) + "\n", "utf-8")
        part.replace(self.path)


def _wanted(task: Task) -> dict[str, Any]:
    try:
        state = task.source.stat()
    except OSError as fault:
        raise RecordError(f"{task.source} cannot be read: {fault.strerror}") from fault
    settings = {name: getattr(task.settings, name) for name in _SHOWN_SETTINGS}
    part = {"start_s": task.start_s, "end_s": None if task.end_s == float("inf") else task.end_s, "fps": task.fps}
    return {
        "format": _FORMAT,
        "state": BEGUN,
        "input": {"name": task.source.name, "bytes": state.st_size, "modified_ns": state.st_mtime_ns},
        "settings": {**settings, **part, "write": list(task.formats)},
        "files": [path.name for path in task.files()],
    }


def _read(path: Path) -> dict[str, Any] | None:
    """An earlier record, None where there is none of ours."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    whole = isinstance(content, dict) and isinstance(content.get("files"), list)
    return content if whole and all(isinstance(name, str) for name in content["files"]) else None


def _check_same(path: Path, earlier: dict[str, Any], now: dict[str, Any]) -> None:
    for what in ("input", "settings"):
        if earlier.get(what) != now[what]:
            changed = "another input" if what == "input" else "other settings"
            raise RecordError(f"{path.name} says that {changed} made the files there: --force replaces them")
