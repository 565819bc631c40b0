"""Moves the files of a previous run to a subfolder, so that they are never overwritten."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

from ..formats.joints_npy import ABOUT, JOINTS, JOINTS_DTYPE, TIMES, TIMES_DTYPE
from .npy_log import repair, whole_rows

_log = logging.getLogger(__name__)

# The description is moved last: it has the start time, needed again if a move is interrupted.
FILES = (JOINTS, TIMES, ABOUT)


def archive_previous_run(folder: Path) -> Path | None:
    """Move the files of a run in `folder` to a new subfolder named after the run's start
    (local time), and return its path; None if there were none.

    A truncated recording is repaired first, and one without a pose is deleted; other files
    with the same names are moved unchanged.  Nothing else in the folder is touched.  Raises
    OSError.
    """
    files = [folder / name for name in FILES if (folder / name).exists()]
    if not files:
        return None
    about = _about(folder / ABOUT)
    started = time.localtime(_started_unix_s(about, files[0]))
    if _repair_arrays(folder, about) == 0:
        for file in files:
            file.unlink()
        return None
    subfolder = _unused_subfolder(folder, time.strftime("%Y-%m-%dT%H-%M-%S", started), files)
    subfolder.mkdir(exist_ok=True)
    for file in files:
        file.rename(subfolder / file.name)
    _log.info("the files of the previous run were moved to %s", subfolder)
    return subfolder


def _about(path: Path) -> dict[str, object]:
    try:
        about = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _started_unix_s(about: dict[str, object], file: Path) -> float:
    started = about.get("started_unix_s")
    if isinstance(started, int | float) and 0 <= started < 2**32:
        return float(started)
    return file.stat().st_mtime


def _unused_subfolder(folder: Path, name: str, files: list[Path]) -> Path:
    """The subfolder with this name, or with -2, -3 … if that contains such files already."""
    subfolder, number = folder / name, 1
    while (subfolder.exists() and not subfolder.is_dir()) or any((subfolder / file.name).exists() for file in files):
        number += 1
        subfolder = folder / f"{name}-{number}"
    return subfolder


def _repair_arrays(folder: Path, about: dict[str, object]) -> int | None:
    """Repair both arrays and cut them to the same length.  Returns the original rows of the
    longer one; None, with nothing changed, if they are not a recording of this program."""
    joints = about.get("joints")
    logs = (
        (folder / JOINTS, (len(joints) if isinstance(joints, list) else 17, 3), JOINTS_DTYPE),
        (folder / TIMES, (), TIMES_DTYPE),
    )
    try:
        rows = [whole_rows(*log) for log in logs]
        for path, shape, dtype in logs:
            repair(path, min(rows), shape, dtype)
    except (ValueError, FileNotFoundError):
        _log.info("%s was not recorded by this program: not repaired", folder / JOINTS)
        return None
    return max(rows)
