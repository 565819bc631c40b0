"""The joints of an input that is reported: lifted from it, or read where they are there already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...errors import SourceError
from ...motion import Motion3D
from ...report.recording import Recording
from ...sources.request import holds_keypoints
from ..frame_log import FrameLog
from ..lift import ProgressCallback, log_frames
from ..motion_files import part_of, read_motion
from .task import ReportTask


@dataclass(frozen=True, eq=False)
class Joints:
    """The joints of an input, what is said of it, whether markers measured them, and the log of its frames if it was
    lifted."""

    motion: Motion3D
    recording: Recording
    measured: bool = False
    log: FrameLog | None = None


def joints_of(wanted: ReportTask, progress: ProgressCallback) -> Joints:
    """Lift them, or read them.  Raises PoseError."""
    return _read(wanted, wanted.motion) if wanted.motion else _lift(wanted, progress)


def has_pictures(wanted: ReportTask, joints: Joints) -> bool:
    """Whether the joints were lifted from pictures, which can be read again."""
    return joints.log is not None and not holds_keypoints(wanted.lifted.settings.source)


def _lift(wanted: ReportTask, progress: ProgressCallback) -> Joints:
    task = wanted.lifted
    if not task.source.exists():
        raise SourceError(f"there is no file or folder {task.source}")
    log = log_frames(task, progress).log
    motion = log.motion(task.source_name)
    recording = Recording(
        **_about(task.name, task.source, motion),
        origin=f"lifted from {'keypoints' if holds_keypoints(task.settings.source) else 'pictures'}, "
        f"quality {task.quality}",
        network=log.model.partition("@")[0],
        height_m=task.settings.height,
        camera_pitch=log.camera_pitch,
        trust=tuple(finding.text for finding in log.findings),
    )
    return Joints(motion, recording, log=log)


def _read(wanted: ReportTask, path: Path) -> Joints:
    task, found = wanted.lifted, read_motion(path)
    motion = part_of(found.motion, task.start_s, task.end_s)
    recording = Recording(
        **_about(task.name, path, motion),
        origin="measured by markers" if found.measured else "lifted before, read from a file",
        network=motion.model.partition("@")[0],
        height_m=motion.height_m,
    )
    return Joints(motion, recording, found.measured)


def _about(name: str, path: Path, motion: Motion3D) -> dict[str, Any]:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
    return {
        "name": name,
        "made": in_words(changed),
        "frames": len(motion),
        "fps": motion.fps,
        "length_s": float(motion.times_s[-1] - motion.times_s[0]),
    }


def in_words(day: datetime) -> str:
    """A date: 27 November 2026."""
    return f"{day.day} {day:%B} {day.year}"
