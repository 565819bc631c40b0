"""An earlier run's files are moved out of the way, never overwritten."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

from ..formats.joints_npy import ABOUT, JOINTS, JOINTS_DTYPE, TIMES, TIMES_DTYPE
from .npy_log import repair, whole_rows

_log = logging.getLogger(__name__)

# The description goes last: it tells the start time, should a move be cut off.
FILES = (JOINTS, TIMES, ABOUT)


def archive_previous_run(folder: Path) -> Path | None:
    """Move the files of a run in `folder` into a new folder in it, named after the run's
    start (local time), and return that; None if there were none.

    A recording that was cut off is repaired first, and one that holds no pose is removed;
    files that are not ours but bear our names are moved as they are.  Nothing else in the
    folder is touched.  Raises OSError.
    """
    files = [folder / name for name in FILES if (folder / name).exists()]
    if not files:
        return None
    about = _about(folder / ABOUT)
    started = time.localtime(_started_unix_s(about, files[0]))
    if _mend(folder, about) == 0:
        for file in files:
            file.unlink()
        return None
    place = _free_place(folder, time.strftime("%Y-%m-%dT%H-%M-%S", started), files)
    place.mkdir(exist_ok=True)
    for file in files:
        file.rename(place / file.name)
    _log.info("the files of an earlier run are now in %s", place)
    return place


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


def _free_place(folder: Path, name: str, files: list[Path]) -> Path:
    """The folder with this name, with -2, -3 … where that holds such files already."""
    place, number = folder / name, 1
    while (place.exists() and not place.is_dir()) or any((place / file.name).exists() for file in files):
        number += 1
        place = folder / f"{name}-{number}"
    return place


def _mend(folder: Path, about: dict[str, object]) -> int | None:
    """Make both arrays loadable and of one length, if they are a recording of ours.
    Gives the rows of the longer one as it was found, None if they are not ours."""
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
        _log.info("%s is not a recording of ours: left as it is", folder / JOINTS)
        return None
    return max(rows)
