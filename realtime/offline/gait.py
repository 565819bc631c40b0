"""A recording → the report of a gait: lifted or read, analysed, with pictures of its events, as html, csv and json."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..analysis.gait.analyse import analyse_gait
from ..analysis.gait.options import GaitOptions
from ..analysis.gait.result import LIFTED, MARKERS, GaitResult
from ..errors import SourceError, UsageError
from ..motion import Motion3D
from ..report.gait.about import Recording
from ..report.gait.files import cycles_csv, events_csv, gait_json, measures_csv
from ..report.gait.page import Picture, gait_page
from ..report.gait.summary import in_words
from ..runtime.new_files import new_files, os_errors_as_record_error, replacing
from ..runtime.text import counted, printable
from ..sources.request import holds_keypoints
from .frame_log import FrameLog
from .gait_pictures import drawings, photographs
from .lift import ProgressCallback, log_frames, no_progress
from .motion_files import part_of, read_motion
from .output_faults import fault_line
from .task import Task

ENDINGS = "_gait.html", "_gait.csv", "_gait_events.csv", "_gait_cycles.csv", "_gait.json"


@dataclass(frozen=True)
class GaitTask:
    """One input whose gait is wanted.  `lifted`: how it is lifted, if that is not `motion`, the file that holds its
    motion already; `options`: of the analysis; `made_by`: the program and its version."""

    lifted: Task
    motion: Path | None
    options: GaitOptions
    made_by: str

    def files(self) -> tuple[Path, ...]:
        """All that is written."""
        stem = self.lifted.stem
        return tuple(stem.with_name(stem.name + ending) for ending in ENDINGS)


@dataclass(frozen=True)
class GaitOutcome:
    """How it went: a line about it, sentences on how far it can be trusted, and whether a report was written."""

    line: str
    trust: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, eq=False)
class _Joints:
    """The joints of an input, what is said of it, where they come from, and the log of its frames if it was lifted."""

    motion: Motion3D
    recording: Recording
    origin: str
    log: FrameLog | None = None


def report_gait(wanted: GaitTask, progress: ProgressCallback = no_progress) -> GaitOutcome:
    """Write the report of one input.  Whatever goes wrong is told in the outcome: other inputs are not stopped."""
    start, name = time.perf_counter(), wanted.lifted.name
    try:
        joints = _read(wanted) if wanted.motion else _lift(wanted, progress)
        result = _analysed(joints, wanted.options)
        _write(wanted, joints, result, _pictures(wanted, joints, result))
    except Exception as fault:  # noqa: BLE001 - bugs too: they are logged with their traceback
        return GaitOutcome(printable(f"{name}: {fault_line(fault)}"), complete=False)
    seconds, page = time.perf_counter() - start, wanted.files()[0].name
    seen = f"{counted(len(joints.motion), 'frame')}, {in_words(result)}, {seconds:.1f} s"
    return GaitOutcome(printable(f"{name}: {seen} → {page}, csv and json"), _trust(joints, result))


def _trust(joints: _Joints, result: GaitResult) -> tuple[str, ...]:
    view = (f"camera {result.view.name}: {result.view.trust}",) if result.view else ()
    return (*view, *joints.recording.trust)


def _lift(wanted: GaitTask, progress: ProgressCallback) -> _Joints:
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
    return _Joints(motion, recording, LIFTED, log)


def _read(wanted: GaitTask) -> _Joints:
    assert wanted.motion is not None  # the caller looked
    task, found = wanted.lifted, read_motion(wanted.motion)
    motion = part_of(found.motion, task.start_s, task.end_s)
    recording = Recording(
        **_about(task.name, wanted.motion, motion),
        origin="measured by markers" if found.measured else "lifted before, read from a file",
        network=motion.model.partition("@")[0],
        height_m=motion.height_m,
    )
    return _Joints(motion, recording, MARKERS if found.measured else LIFTED)


def _about(name: str, path: Path, motion: Motion3D) -> dict[str, Any]:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
    return {
        "name": name,
        "made": _date(changed),
        "frames": len(motion),
        "fps": motion.fps,
        "length_s": float(motion.times_s[-1] - motion.times_s[0]),
    }


def _date(day: datetime) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _analysed(joints: _Joints, options: GaitOptions) -> GaitResult:
    try:
        return analyse_gait(joints.motion, replace(options, origin=joints.origin))
    except ValueError as fault:  # a method that needs what is not there
        raise UsageError(str(fault)) from fault


def _pictures(wanted: GaitTask, joints: _Joints, result: GaitResult) -> list[Picture]:
    """Of the events: photographs of what was lifted from pictures, drawings of the joints of anything else."""
    if joints.log is not None and not holds_keypoints(wanted.lifted.settings.source):
        return photographs(wanted.lifted, joints.log, joints.motion, result)
    return drawings(joints.motion, result)


def _write(wanted: GaitTask, joints: _Joints, result: GaitResult, pictures: list[Picture]) -> None:
    """All files, or none."""
    now = datetime.now(UTC).astimezone()
    about = {"made_by": wanted.made_by, "made": now.isoformat(timespec="seconds")}
    texts = (
        gait_page(result, joints.recording, pictures, f"{wanted.made_by}, {_date(now)}"),
        measures_csv(result),
        events_csv(result),
        cycles_csv(result),
        gait_json(result, joints.recording, about),
    )
    paths = wanted.files()
    with os_errors_as_record_error(paths[0], "; give another --out"):
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        with (replacing if wanted.lifted.force else new_files)(*paths) as parts:
            for part, text in zip(parts, texts, strict=True):
                part.write_bytes(text.encode("utf-8", "replace"))
