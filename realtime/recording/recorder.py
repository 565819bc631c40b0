"""Records poses to joints.npy, joints_time.npy and joints.json in one folder."""

from __future__ import annotations

import errno
import json
import logging
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import numpy as np

from ..errors import RecordError
from ..formats.joints_npy import ABOUT, JOINTS, JOINTS_DTYPE, SINCE_1970, TIMES, TIMES_DTYPE, about
from ..pose import AXES, PELVIS, Pose3D
from ..runtime.text import counted
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
    """Appends every valid pose to `folder`.

    joints.npy holds (T, J, 3) float32 m, joints_time.npy (T,) float64, seconds since 1970
    at capture by `clock`, joints.json skeleton, unit, axes, `place`, the clock, and `height_m`, how tall the person
    was told to be.  Both arrays can be
    loaded at any time; while a row is being written their lengths may differ by one, then the
    shorter counts.  The files of a previous run are moved to a subfolder named after its start.
    `contents` describes files that somebody else writes beside them, by name.

    If the disk is full, recording pauses: earlier poses are kept, later ones are missed until
    there is space again, `fault` names the problem, one warning is logged, and the stream
    continues.  The same happens when less than `min_free_bytes` are free.  Files that somebody
    deletes are written again, with every row.  If the folder is moved away, recording continues when
    it is restored, or starts again when a new one is created.  Poses with NaN or infinity are not
    recorded.  `rows` is the number of poses in the files, `seconds` the time from the first to the
    last, `missed` the number lost while paused.

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
        self._lock: FolderLock | None = None
        self._logs: tuple[NpyLog, ...] = ()  # joints and times
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

    def __call__(self, pose: Pose3D) -> None:
        """Append a pose if it is valid and finite."""
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

    def close(self) -> None:
        """Close the files and release the folder's lock; may be called twice."""
        with suppress(OSError, RecordError):
            if any(log.is_deleted for log in self._logs):
                self._check_files()
        for held in (*self._logs, self._lock):
            if held is not None:
                held.close()

    def _open(self, *, again: bool = False) -> None:
        """Begin a recording in the folder as it is now; `again`: with the rows so far, whose files were deleted."""
        if self._lock is not None:
            self._lock.close()
        earlier = self._logs if again else (None, None)
        with ExitStack() as undo:
            lock = undo.enter_context(closing(FolderLock(self.folder)))
            _check_space_to_start(self.folder)  # before anything is moved
            if not again or any(log.path.exists() and not log.is_in_place for log in self._logs):
                archive_previous_run(self.folder)
            self._describe()
            times = self._log(TIMES, (), TIMES_DTYPE, earlier[1], undo)  # first: a row counts when it is in both
            joints = self._log(JOINTS, (len(self._skeleton), 3), JOINTS_DTYPE, earlier[0], undo)
            undo.pop_all()
        for log in self._logs:
            if log not in (joints, times):
                log.close()
        self._lock, self._logs = lock, (joints, times)
        if not again:
            self.rows, self.seconds = 0, 0.0

    def _log(self, name: str, shape: tuple[int, ...], dtype: str, earlier: NpyLog | None, undo: ExitStack) -> NpyLog:
        """The log of an array: the earlier one while it is in place, otherwise a new one, with its rows."""
        if earlier is not None and earlier.is_in_place:
            return earlier
        path = self.folder / name
        log = NpyLog(path, shape, dtype)
        undo.callback(path.unlink, missing_ok=True)
        undo.enter_context(closing(log))
        if earlier is not None:
            log.take(earlier, self.rows)
            _log.warning("%s was deleted: written again, with %s", path, counted(self.rows, "pose"))
        return log

    def _describe(self) -> None:
        description = json.dumps(self._about, indent=1)
        (self.folder / ABOUT).write_text(f"{description}\n", "utf-8")

    def _append(self, pose: Pose3D) -> None:
        """Write both rows, then both counts; after a failure in between `rows` is unchanged, and
        the next pose is written to the same place."""
        unix_s = self._clock.unix_s(pose.t_capture_ns)
        joints, times = self._logs
        joints.put(self.rows, pose.xyz)
        times.put(self.rows, np.asarray(unix_s))
        joints.count(self.rows + 1)
        times.count(self.rows + 1)
        if self.rows == 0:
            self._first_unix_s = unix_s
        self.rows += 1
        self.seconds = unix_s - self._first_unix_s

    def _check_folder(self, now_s: float) -> None:
        """Raise OSError if the files were moved (writing to them would still succeed, but nobody
        could read them) or the disk is nearly full."""
        if now_s < self._check_due_s and not self.fault:
            return
        self._check_due_s = now_s + _CHECK_EVERY_S
        self._check_files()
        if lacking := lacking_bytes(self.folder, self._min_free_bytes, paused=bool(self.fault)):
            raise OSError(errno.ENOSPC, f"less than {lacking / 1e9:g} GB is free")

    def _check_files(self) -> None:
        """Write again what was deleted, and begin anew in a folder that was made anew."""
        if all(log.is_in_place for log in self._logs):
            if not (self.folder / ABOUT).exists():
                self._describe()
            return
        deleted = any(log.is_deleted for log in self._logs)
        if deleted:
            self.folder.mkdir(parents=True, exist_ok=True)
        elif not self.folder.is_dir():
            raise OSError(errno.ENOENT, "its files are missing")
        self._open(again=deleted)

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
