"""Moves the files of a previous run to a subfolder, so that they are never overwritten."""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from pathlib import Path

from ..formats.joints_npy import ABOUT, JOINTS, JOINTS_DTYPE, TIMES, TIMES_DTYPE
from ..formats.recorded_video import VIDEO, VIDEO_TIMES
from .npy_log import repair, whole_rows
from .video_file import remove_partial_fragment

_log = logging.getLogger(__name__)

# The description is moved last: it has the start time, needed again if a move is interrupted.
FILES = (JOINTS, TIMES, VIDEO, VIDEO_TIMES, ABOUT)


def archive_previous_run(folder: Path) -> Path | None:
    """Move the files of a run in `folder` to a new subfolder named after the run's start
    (local time), and return its path; None if there were none.

    A truncated recording is repaired first, and one without a pose and without a video is
    deleted; other files with the same names are moved unchanged.  Nothing else in the folder is
    touched.  Raises OSError.
    """
    files = [folder / name for name in FILES if (folder / name).exists()]
    if not files:
        return None
    about = _about(folder / ABOUT)
    started = time.localtime(_started_unix_s(about, files[0]))
    rows, has_video = _repair_arrays(folder, about), _holds_video(folder)
    if rows == 0 and not has_video:
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


def _holds_video(folder: Path) -> bool:
    """Repair the video and its times, and say whether there is one."""
    video, times = folder / VIDEO, folder / VIDEO_TIMES
    with suppress(ValueError, FileNotFoundError):  # not of this program: left as it is
        repair(times, whole_rows(times, (), TIMES_DTYPE), (), TIMES_DTYPE)
        remove_partial_fragment(video)
    return video.is_file() and video.stat().st_size > 0


def _unused_subfolder(folder: Path, name: str, files: list[Path]) -> Path:
    """The subfolder with this name, or with -2, -3 … if that contains a recording already: its
    description, which is moved last, or a file that is to be moved."""
    subfolder, number = folder / name, 1
    taken = {ABOUT, *(file.name for file in files)}
    while (subfolder.exists() and not subfolder.is_dir()) or any((subfolder / file).exists() for file in taken):
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
