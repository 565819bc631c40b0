"""The recorder in a thread of its own, so that a disk that is slow holds no frame up."""

from __future__ import annotations

import logging
import queue
import threading
import time
from pathlib import Path
from typing import Any

from ..formats.joints_npy import JOINTS
from ..pose import Estimate, Pose3D
from ..runtime.text import Field, counted
from .recorder import Recorder
from .writing_thread import join_while_writing

_log = logging.getLogger(__name__)

_MAX_QUEUED = 20_000  # poses, of about 2 kB: eleven minutes at 30 frames per second
_LATE_S = 1.0  # a write that takes longer is told


class BackgroundRecorder:
    """A sink that hands every pose to a thread, which appends it to the files of `recorder` and closes them.

    A pose is in the file some tens of microseconds after the call.  While the disk does not answer poses
    are kept in memory, `fault` says so after a second, with one warning, and they are written when it
    does; what is more than eleven minutes of them is counted in `missed`.  `close` ends when the disk has
    written nothing for ten seconds, after Ctrl-C half a second.  One thread may call it, another may `report`; a call
    takes some microseconds.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.folder: Path = recorder.folder
        self.fault = ""
        self._recorder = recorder
        self._unqueued = 0
        self._began_s: float | None = None  # when the thread began with the pose that it writes
        self._is_late = self._closed = False
        self._bug: BaseException | None = None
        self._poses: queue.SimpleQueue[Pose3D | None] = queue.SimpleQueue()
        self._looking = threading.Lock()  # both threads look
        self._thread = threading.Thread(target=self._main, name="record", daemon=True)
        self._thread.start()

    @property
    def rows(self) -> int:
        """The number of poses in the files."""
        return self._recorder.rows

    @property
    def seconds(self) -> float:
        """From the first pose in the files to the last."""
        return self._recorder.seconds

    @property
    def missed(self) -> int:
        """The number of poses that are lost, because of what `fault` said."""
        return self._recorder.missed + self._unqueued

    def __call__(self, estimate: Estimate) -> None:
        """Queue the pose; its frame, which is large, is not kept."""
        if self._poses.qsize() < _MAX_QUEUED:
            self._poses.put(estimate.pose)
        else:
            self._unqueued += estimate.pose.usable
        self._look()

    def report(self, status: object) -> None:  # noqa: ARG002 - the interface's
        """Look after the thread, and raise what it has failed with, a bug; the status is not recorded."""
        self._look()
        if self._bug is not None:
            raise self._bug

    def status_words(self) -> Field:
        """For the status line."""
        poses = counted(self.rows, "pose")
        return Field(f"{poses} recorded", poses)

    def status_fields(self) -> dict[str, Any]:
        """Its share of a StatusMessage."""
        return {"recorded": self.rows}

    def close(self) -> None:
        """Write what is queued, close the files and end the thread; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._poses.put(None)
        if left := join_while_writing(self._thread, self._poses):
            self._unqueued += left
            _log.warning("%s could not be completed: its disk does not answer", self.folder / JOINTS)
        elif self._bug is not None:
            self._unqueued += self._poses.qsize()  # the end among them stands for the pose that it failed with
            _log.warning("%s has not the last %s: %r", self.folder / JOINTS, counted(self.missed, "pose"), self._bug)
        self._look()

    def _look(self) -> None:
        """Say whether the disk answers."""
        why = f"recording into {self.folder} is late: its disk does not answer; the poses are kept in memory"
        with self._looking:
            began_s = self._began_s
            is_late = began_s is not None and time.monotonic() - began_s > _LATE_S
            if is_late and not self._is_late:
                _log.warning("%s (the stream continues)", why)
            elif self._is_late and not is_late:
                _log.warning("recording into %s goes on; %s missed", self.folder, counted(self.missed, "pose"))
            self._is_late = is_late
            self.fault = self._recorder.fault or (why if is_late else "")

    def _main(self) -> None:
        """In the thread."""
        try:
            while (pose := self._poses.get()) is not None:
                self._began_s = time.monotonic()
                self._recorder(pose)
                self._began_s = None
        except BaseException as bug:  # noqa: BLE001  # raised by `report`
            self._bug = bug
        finally:
            self._recorder.close()
