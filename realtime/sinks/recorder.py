"""Poses into files: joints.npy, joints_time.npy and joints.json in one folder."""

from __future__ import annotations

import errno
import json
import logging
import shutil
import time
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np

from ..errors import RecordError
from ..pose import Estimate, Pose3D
from ..skeleton import Skeleton
from ..wire import AXES
from .earlier_run import ABOUT, JOINTS, JOINTS_DTYPE, TIMES, TIMES_DTYPE, set_aside
from .folder_lock import FolderLock
from .npy_log import NpyLog

_log = logging.getLogger(__name__)

MIN_FREE_BYTES = 10**9  # a full system disk harms more than a recording that pauses
_RESUME_FACTOR = 1.1  # resume with some room, not at the limit, again and again
_LOOK_EVERY_S = 1.0
_RETRY_EVERY_S = 0.5


class Recorder:
    """A sink that appends every valid pose to `folder`.

    joints.npy holds (T, J, 3) float32 m, joints_time.npy (T,) float64, seconds since 1970
    at capture, joints.json what they mean.  Both arrays can be loaded at any moment; while
    a row is being written they may differ by one, then the shorter counts.  An earlier
    run's files are moved into a folder named after its start.

    A full disk costs the poses that do not fit, none before them: `fault` says so, one
    line is logged, the stream goes on, and so does the recording once there is room.  The
    same when less than `min_free_bytes` are free.  Poses with a number that is not finite
    are not recorded.  `rows` are recorded, `missed` are those that a fault cost.

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
        run = {"session": session, "source": source, "model": model, "axes": axes}
        try:
            self._open(skeleton, run)
        except OSError as fault:
            why = fault.strerror or str(fault)
            raise RecordError(f"cannot record into {self.folder}: {why}; give another --out") from fault

    def __call__(self, estimate: Estimate) -> None:
        """Append it if it is a pose."""
        pose = estimate.pose
        if not pose.valid or not np.isfinite(pose.xyz).all():
            return
        now_s = time.monotonic()
        if self.fault and now_s < self._retry_due_s:
            self.missed += 1
            return
        try:
            self._check_room(now_s)
            self._append(pose)
        except OSError as fault:
            self._pause(now_s, fault)
        else:
            self._resume()

    def close(self) -> None:
        """Close the files and let the folder go; may be called twice."""
        self._files.close()

    def _open(self, skeleton: Skeleton, run: dict[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:
            files.enter_context(closing(FolderLock(self.folder)))
            set_aside(self.folder)
            (self.folder / ABOUT).write_text(json.dumps(_about(skeleton, run), indent=1) + "\n", "utf-8")
            joints = NpyLog(self.folder / JOINTS, (len(skeleton), 3), JOINTS_DTYPE)
            self._joints = files.enter_context(closing(joints))
            self._times = files.enter_context(closing(NpyLog(self.folder / TIMES, (), TIMES_DTYPE)))
            self._files = files.pop_all()

    def _append(self, pose: Pose3D) -> None:
        """Both rows first, then both counts; a failure in between leaves `rows`, and the
        next pose takes the same place."""
        self._joints.put(self.rows, pose.xyz)
        self._times.put(self.rows, np.asarray(pose.t_unix_ns / 1e9))
        self._joints.count(self.rows + 1)
        self._times.count(self.rows + 1)
        self.rows += 1

    def _check_room(self, now_s: float) -> None:
        if now_s < self._look_due_s and not self.fault:
            return
        self._look_due_s = now_s + _LOOK_EVERY_S
        wanted = self._min_free_bytes * (_RESUME_FACTOR if self.fault else 1.0)
        if shutil.disk_usage(self.folder).free < wanted:
            raise OSError(errno.ENOSPC, f"less than {wanted / 1e9:g} GB are free")

    def _pause(self, now_s: float, fault: OSError) -> None:
        self.missed += 1
        self._retry_due_s = now_s + _RETRY_EVERY_S
        text = f"recording into {self.folder} pauses: {fault.strerror}; make room on its disk"
        if not self.fault:
            _log.warning("%s (the stream goes on)", text)
        self.fault = text

    def _resume(self) -> None:
        if self.fault:
            _log.warning("recording into %s goes on; %d poses were missed", self.folder, self.missed)
            self.fault = ""


def _about(skeleton: Skeleton, run: dict[str, str]) -> dict[str, object]:
    """What a reader of the arrays wants to know (joints.json)."""
    return {
        "format": 1,
        "started_unix_s": round(time.time(), 3),
        **run,
        "skeleton": skeleton.name,
        "joints": skeleton.joints,
        "parents": skeleton.parents,
        "unit": "m",
        "origin": skeleton.joints[skeleton.parents.index(-1)],
        JOINTS: "float32 (frames, joints, 3), oldest first",
        TIMES: "float64 (frames,), seconds since 1970-01-01 UTC at capture",
    }
