"""The manifest of the results of one input, `<stem>.lift.json`: input, settings, files, when they
were written, and the outputs that failed (`failed`: why, and whether they would fail again).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import RecordError, UsageError, WeightsError
from ..estimation.network import network_file
from ..lifting.model_files import digest_of
from ..settings import names
from ..sources.images import image_files
from .outputs import OUTPUTS
from .task import OutputFault, Task

_FORMAT = 1
_FILE_SETTINGS = names(changes_result=True, names_file=True)
# Parts of a manifest, and what to say where one differs.
CHANGES = {
    "input": "another input",
    "settings": "other settings",
    "uses": "another network or file of the same name",
}

Stamp = list[Any]  # name, bytes, time of modification in ns: as JSON has it


def manifest_of(stem: Path) -> Path:
    """The manifest of the results of `stem`."""
    return stem.with_name(stem.name + ".lift.json")


def input_of(stem: Path) -> str | None:
    """The name of the input that the results of `stem` were made from, None where there are none."""
    manifest = read_manifest(manifest_of(stem))
    about = manifest.get("input") if manifest else None
    return str(about.get("name")) if isinstance(about, dict) else None


def read_manifest(path: Path) -> dict[str, Any] | None:
    """An earlier manifest, None where there is none of ours."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("files"), list):
        return None
    return content if all(map(_is_stamp, content["files"])) else None


def failed(manifest: dict[str, Any]) -> dict[str, OutputFault]:
    """The outputs that an earlier run could not make; as other versions record nothing of it, and
    the file is not to be trusted, whatever is readable."""
    entries = manifest.get("failed")
    return {
        name: OutputFault(str(entry.get("fault", "")), entry.get("final") is True)
        for name, entry in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(entry, dict)
    }


def asked(manifest: dict[str, Any]) -> tuple[str, ...]:
    """The outputs that earlier commands asked for, as far as this version knows them."""
    settings = manifest.get("settings")
    write = settings.get("write") if isinstance(settings, dict) else None
    return tuple(name for name in OUTPUTS if isinstance(write, list) and name in write)


def comparable(part: Any) -> Any:
    """What must be the same for two commands to have the same results: all but which of them are written, and the
    name of the quality that stands for some of it."""
    apart = ("write", "quality")
    return {name: value for name, value in part.items() if name not in apart} if isinstance(part, dict) else part


def content_of(task: Task) -> dict[str, Any]:
    """What a manifest records of a task before it is done."""
    settings = {name: getattr(task.settings, name) for name in names(changes_result=True)}
    # The content of a file is in "uses"; where it lies makes no difference.
    settings |= {name: Path(settings[name]).name for name in _FILE_SETTINGS if settings[name]}
    part = {"start_s": task.start_s, "end_s": None if task.end_s == float("inf") else task.end_s, "at_most": task.fps}
    if task.settings.max_frames is not None:  # manifests of earlier versions do not have it
        part["max_frames"] = task.settings.max_frames
    how = {"symmetric": task.symmetric, "quality": task.quality, "write": list(task.formats)}
    return {
        "format": _FORMAT,
        "input": _input(task.source),
        "settings": {**settings, **part, **how},
        "uses": {name: _fingerprint(task, name) for name in _FILE_SETTINGS},
    }


def stamp(path: Path) -> Stamp:
    """What distinguishes a file from another one of the same name (OSError without it)."""
    state = path.stat()
    return [path.name, state.st_size, state.st_mtime_ns]


def unchanged(folder: Path, stamps: Iterable[Stamp]) -> list[Stamp]:
    """Those of the files in `folder` that are still as the manifest records them."""
    paths = ((entry, folder / entry[0]) for entry in stamps)
    return [entry for entry, path in paths if path.is_file() and not path.is_symlink() and stamp(path) == entry]


def _input(source: Path) -> dict[str, Any]:
    """Name, size and time of an input; of a folder those of its images, as results may lie beside them."""
    try:
        stamps = [stamp(path) for path in (image_files(source) if source.is_dir() else [source])]
    except OSError as fault:
        raise RecordError(f"{source} cannot be read ({fault.strerror}); lift takes files and folders") from fault
    about = {"name": source.name, "bytes": sum(s[1] for s in stamps), "modified_ns": max(s[2] for s in stamps)}
    if source.is_dir():
        about["images"] = hashlib.sha256(json.dumps(stamps).encode()).hexdigest()
    return about


def _fingerprint(task: Task, name: str) -> Any:
    """What distinguishes the file of a setting from another one of the same name, None without a file."""
    with suppress(OSError, UsageError, WeightsError):  # reported where the file is opened
        if name == "model":
            return digest_of(network_file(task.settings, symmetric=task.symmetric))
        if path := getattr(task.settings, name):
            return stamp(Path(path))[1:]
    return None


def _is_stamp(entry: Any) -> bool:
    if not isinstance(entry, list) or len(entry) != 3 or not isinstance(entry[0], str):
        return False
    name = entry[0]
    return bool(name) and "\0" not in name and Path(name).name == name
