"""Records poses to joints.npy, joints_time.npy and joints.json in one folder."""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from os.path import samestat
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import RecordError
from ..formats.joints_npy import ABOUT, JOINTS, JOINTS_DTYPE, SINCE_1970, TIMES, TIMES_DTYPE, about
from ..pose import AXES, PELVIS, Estimate, Pose3D
from ..runtime.text import Field, counted
from ..skeleton import Skeleton
from .clock import RecordingClock
from .earlier_run import archive_previous_run
from .folder_lock import FolderLock
from .free_space import MIN_FREE_BYTES, lacking_bytes
from .npy_log import NpyLog

_log = logging.getLogger(__name__)

_CHECK_EVERY_S = 1.0
_RETRY_EVERY_S = 0.5
_BYTES_TO_START = 16 * 1024  # a folder and the headers of three files
_DISK_FULL = "free some space on its disk"
_HINTS = {
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: _DISK_FULL,
    errno.EFBIG: _DISK_FULL,
    errno.ENOENT: "restore the folder, or create it again",
}


class Recorder:
    """A sink that appends every valid pose to `folder`.

    joints.npy holds (T, J, 3) float32 m, joints_time.npy (T,) float64, seconds since 1970
    at capture by `clock`, joints.json skeleton, unit, axes, `place`, the clock, and `height_m`, how tall the person
    was told to be.  Both arrays can be
    loaded at any time; while a row is being written their lengths may differ by one, then the
    shorter counts.  The files of a previous run are moved to a subfolder named after its start.
    `contents` describes files that somebody else writes beside them, by name.

    If the disk is full, recording pauses: earlier poses are kept, later ones are missed until
    there is space again, `fault` names the problem, one warning is logged, and the stream
    continues.  The same happens when less than `min_free_bytes` are free.  If the folder is
    removed, recording continues when it is restored, or starts again when a new one is
    created.  Poses with NaN or infinity are not recorded.  `rows` is the number of poses in
    the files, `seconds` the time from the first to the last, `missed` the number lost while paused.

    Not thread-safe; a pose takes some tens of microseconds.  Recorded poses survive a crash of
    this process; a power cut may lose about the last 30 s.  Raises RecordError in one line if
    the folder cannot be written or another run is recording into it.
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
        height_m: float | None = None,
        camera_pitch: float | str | None = None,
        place: str = PELVIS,
        min_free_bytes: int = MIN_FREE_BYTES,
        clock: RecordingClock | None = None,
        contents: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.fault = ""
        self.rows = self.missed = 0
        self.seconds = self._first_unix_s = 0.0
        self._min_free_bytes = min_free_bytes
        self._check_due_s = self._retry_due_s = 0.0
        self._skeleton = skeleton
        self._opened: tuple[os.stat_result, ...] = ()
        self._clock = clock or RecordingClock.now()
        run = {"session": session, "source": source, "model": model, "axes": axes, "height_m": height_m}
        if camera_pitch is not None:
            run["camera_pitch"] = camera_pitch
        clocked = {**self._clock.about(), **run}
        self._about = {**about(skeleton, SINCE_1970, clocked, place=place), **(contents or {})}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._open()
        except OSError as fault:
            is_file = isinstance(fault, FileExistsError)
            why = "it is a file, not a folder" if is_file else fault.strerror or str(fault)
            raise RecordError(f"cannot record into {self.folder}: {why}; give another --out") from fault

    def __call__(self, estimate: Estimate) -> None:
        """Append the pose if it is valid and finite."""
        pose = estimate.pose
        if not (pose.usable and np.isfinite(pose.score).all()):
            return
        now_s = time.monotonic()
        if self.fault and now_s < self._retry_due_s:
            self.missed += 1
            return
        try:
            self._check_folder(now_s)
            self._append(pose)
        except RecordError as fault:  # the folder exists again, but another run records into it
            self._pause(now_s, str(fault))
        except OSError as fault:
            hint = _HINTS.get(fault.errno or 0, "check its disk")
            self._pause(now_s, f"recording into {self.folder} is paused: {fault.strerror}; {hint}")
        else:
            self._resume()

    def report(self, status: object) -> None:
        """Does nothing: a status is not recorded."""

    def status_words(self) -> Field:
        """For the status line."""
        poses = counted(self.rows, "pose")
        return Field(f"{poses} recorded", poses)

    def status_fields(self) -> dict[str, Any]:
        """Its share of a StatusMessage."""
        return {"recorded": self.rows}

    def close(self) -> None:
        """Close the files and release the folder's lock; may be called twice."""
        self._files.close()

    def _open(self) -> None:
        with ExitStack() as files:
            files.enter_context(closing(FolderLock(self.folder)))
            _check_space_to_start(self.folder)  # before anything is moved
            archive_previous_run(self.folder)
            description = json.dumps(self._about, indent=1)
            (self.folder / ABOUT).write_text(f"{description}\n", "utf-8")
            joints = NpyLog(self.folder / JOINTS, (len(self._skeleton), 3), JOINTS_DTYPE)
            self._joints = files.enter_context(closing(joints))
            self._times = files.enter_context(closing(NpyLog(self.folder / TIMES, (), TIMES_DTYPE)))
            self._opened = self._file_stats()
            self._files = files.pop_all()
        self.rows, self.seconds = 0, 0.0

    def _append(self, pose: Pose3D) -> None:
        """Write both rows, then both counts; after a failure in between `rows` is unchanged, and
        the next pose is written to the same place."""
        unix_s = self._clock.unix_s(pose.t_capture_ns)
        self._joints.put(self.rows, pose.xyz)
        self._times.put(self.rows, np.asarray(unix_s))
        self._joints.count(self.rows + 1)
        self._times.count(self.rows + 1)
        if self.rows == 0:
            self._first_unix_s = unix_s
        self.rows += 1
        self.seconds = unix_s - self._first_unix_s

    def _check_folder(self, now_s: float) -> None:
        """Raise OSError if the files were moved or deleted (writing to them would still succeed,
        but nobody could read them) or the disk is nearly full."""
        if now_s < self._check_due_s and not self.fault:
            return
        self._check_due_s = now_s + _CHECK_EVERY_S
        if not self._files_in_place():
            if not self.fault or not self.folder.is_dir():
                raise OSError(errno.ENOENT, "its files are missing")
            self._files.close()
            self._opened = ()
            self._open()
        if lacking := lacking_bytes(self.folder, self._min_free_bytes, paused=bool(self.fault)):
            raise OSError(errno.ENOSPC, f"less than {lacking / 1e9:g} GB is free")

    def _files_in_place(self) -> bool:
        """Whether the open files are still the ones at their paths."""
        try:
            now = self._file_stats()
        except FileNotFoundError:
            return False
        return bool(self._opened) and all(map(samestat, now, self._opened))

    def _file_stats(self) -> tuple[os.stat_result, ...]:
        return (self.folder / JOINTS).stat(), (self.folder / TIMES).stat()

    def _pause(self, now_s: float, why: str) -> None:
        self.missed += 1
        self._retry_due_s = now_s + _RETRY_EVERY_S
        if not self.fault:
            _log.warning("%s (the stream continues)", why)
        self.fault = why

    def _resume(self) -> None:
        if self.fault:
            _log.warning("recording into %s resumed; %s missed", self.folder, counted(self.missed, "pose"))
            self.fault = ""


def _check_space_to_start(folder: Path) -> None:
    """Raise OSError if there is no space for the headers of a recording."""
    trial = folder / ".recording.room"
    try:
        trial.write_bytes(bytes(_BYTES_TO_START))
    finally:
        trial.unlink(missing_ok=True)
