"""Poses into files: joints.npy, joints_time.npy and joints.json in one folder."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import time
from contextlib import ExitStack, closing
from os.path import samestat
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import RecordError
from ..formats.joints_npy import ABOUT, JOINTS, JOINTS_DTYPE, SINCE_1970, TIMES, TIMES_DTYPE, about
from ..pose import AXES, Estimate, Pose3D
from ..skeleton import Skeleton
from .earlier_run import archive_previous_run
from .folder_lock import FolderLock
from .npy_log import NpyLog

_log = logging.getLogger(__name__)

MIN_FREE_BYTES = 10**9  # a full system disk harms more than a recording that pauses
_RESUME_FACTOR = 1.1  # resume with some room, not at the limit, again and again
_LOOK_EVERY_S = 1.0
_RETRY_EVERY_S = 0.5
_ROOM_TO_START_BYTES = 16 * 1024  # a folder and the beginnings of three files
_NO_ROOM = "make room on its disk"
_HINTS = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.ENOENT: "put the folder back, or make it anew",
}


class Recorder:
    """A sink that appends every valid pose to `folder`.

    joints.npy holds (T, J, 3) float32 m, joints_time.npy (T,) float64, seconds since 1970
    at capture, joints.json what they mean.  Both arrays can be loaded at any moment; while
    a row is being written they may differ by one, then the shorter counts.  An earlier
    run's files are moved into a folder named after its start.

    A full disk costs the poses that do not fit, none before them: `fault` says so, one
    line is logged, the stream goes on, and so does the recording once there is room.  The
    same when less than `min_free_bytes` are free.  Where somebody removes the folder, the
    recording goes on once it is back, or begins again in one that was made anew.  Poses
    with a number that is not finite are not recorded.  `rows` are in the files, `missed`
    are those that a fault cost.

    Used by one thread; a pose costs some tens of microseconds.  What is recorded survives
    the end of this process; of a power cut, all but about the last half minute.  Raises
    RecordError in one line if the folder cannot be written or another run records into it.
    """

    def __init__(
        self,
        folder: str | Path,
        skeleton: Skeleton,
        *,
        source: str,
        model: str,
        session: str = "",
        axes: str = AXES,
        min_free_bytes: int = MIN_FREE_BYTES,
    ) -> None:
        self.folder = Path(folder)
        self.fault = ""
        self.rows = self.missed = 0
        self._min_free_bytes = min_free_bytes
        self._look_due_s = self._retry_due_s = 0.0
        self._skeleton = skeleton
        self._opened: tuple[os.stat_result, ...] = ()
        self._run = {"session": session, "source": source, "model": model, "axes": axes}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._open()
        except OSError as fault:
            why = fault.strerror or str(fault)
            raise RecordError(f"cannot record into {self.folder}: {why}; give another --out") from fault

    def __call__(self, estimate: Estimate) -> None:
        """Append it if it is a pose."""
        pose = estimate.pose
        if not (pose.valid and np.isfinite(pose.xyz).all() and np.isfinite(pose.score).all()):
            return
        now_s = time.monotonic()
        if self.fault and now_s < self._retry_due_s:
            self.missed += 1
            return
        try:
            self._check_folder(now_s)
            self._append(pose)
        except RecordError as fault:  # the folder is there again, and another run was quicker
            self._pause(now_s, str(fault))
        except OSError as fault:
            hint = _HINTS.get(fault.errno or 0, "see to its disk")
            self._pause(now_s, f"recording into {self.folder} pauses: {fault.strerror}; {hint}")
        else:
            self._resume()

    def report(self, status: object) -> None:
        """A status is not recorded."""

    def status_words(self) -> str:
        """For the status line."""
        return f"rows {self.rows}"

    def status_fields(self) -> dict[str, Any]:
        """Its share of a StatusMessage."""
        return {"recorded": self.rows}

    def close(self) -> None:
        """Close the files and let the folder go; may be called twice."""
        self._files.close()

    def _open(self) -> None:
        with ExitStack() as files:
            files.enter_context(closing(FolderLock(self.folder)))
            _try_room(self.folder)  # before anything is moved
            archive_previous_run(self.folder)
            described = json.dumps(about(self._skeleton, SINCE_1970, self._run), indent=1)
            (self.folder / ABOUT).write_text(f"{described}\n", "utf-8")
            joints = NpyLog(self.folder / JOINTS, (len(self._skeleton), 3), JOINTS_DTYPE)
            self._joints = files.enter_context(closing(joints))
            self._times = files.enter_context(closing(NpyLog(self.folder / TIMES, (), TIMES_DTYPE)))
            self._opened = self._found()
            self._files = files.pop_all()
        self.rows = 0

    def _append(self, pose: Pose3D) -> None:
        """Both rows first, then both counts; a failure in between leaves `rows`, and the
        next pose takes the same place."""
        self._joints.put(self.rows, pose.xyz)
        self._times.put(self.rows, np.asarray(pose.t_unix_ns / 1e9))
        self._joints.count(self.rows + 1)
        self._times.count(self.rows + 1)
        self.rows += 1

    def _check_folder(self, now_s: float) -> None:
        """Raises OSError where the files are gone (they could still be written, and nobody
        would ever read them) or the disk is nearly full."""
        if now_s < self._look_due_s and not self.fault:
            return
        self._look_due_s = now_s + _LOOK_EVERY_S
        if not self._in_place():
            if not self.fault or not self.folder.is_dir():
                raise OSError(errno.ENOENT, "its files are gone")
            self._files.close()
            self._opened = ()
            self._open()
        wanted = self._min_free_bytes * (_RESUME_FACTOR if self.fault else 1.0)
        if shutil.disk_usage(self.folder).free < wanted:
            raise OSError(errno.ENOSPC, f"less than {wanted / 1e9:g} GB are free")

    def _in_place(self) -> bool:
        """Whether the files that we write are those that a reader finds."""
        try:
            now = self._found()
        except FileNotFoundError:
            return False
        return bool(self._opened) and all(map(samestat, now, self._opened))

    def _found(self) -> tuple[os.stat_result, ...]:
        return (self.folder / JOINTS).stat(), (self.folder / TIMES).stat()

    def _pause(self, now_s: float, why: str) -> None:
        self.missed += 1
        self._retry_due_s = now_s + _RETRY_EVERY_S
        if not self.fault:
            _log.warning("%s (the stream goes on)", why)
        self.fault = why

    def _resume(self) -> None:
        if self.fault:
            _log.warning("recording into %s goes on; %d poses were missed", self.folder, self.missed)
            self.fault = ""


def _try_room(folder: Path) -> None:
    """Raises OSError where a recording could not even begin."""
    trial = folder / ".recording.room"
    try:
        trial.write_bytes(bytes(_ROOM_TO_START_BYTES))
    finally:
        trial.unlink(missing_ok=True)
