"""A recording → joints and files: the stages of live use over every frame of one input.

Frames are processed one by one and not kept; the log of their results takes a few hundred bytes each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from ..errors import RecordError
from ..estimation import build
from ..estimation.estimator import Estimator
from ..formats.recorded_video import video_of, video_time_0_unix_s
from ..motion import ASSUMED_FPS, Motion3D
from ..pose import PELVIS, Frame
from ..settings import checked
from ..skeleton import coco_points
from ..sources.declared import Declared, declared
from ..stages import Source
from .films import Films
from .frame_log import FrameLog
from .output_faults import OutputFaults, fault_line
from .outputs import OUTPUTS
from .part import Part
from .pictures import as_shown, without_picture
from .preflight import check_outputs
from .request import LIFT_FLAGS, lift_request, recording_path
from .results import StagedOutput, user_path
from .task import Outcome, Task

# Frames done, seconds of the recording, and what it declares, to be asked.
ProgressCallback = Callable[[int, float, Callable[[], Declared]], None]


def no_progress(_frames: int, _seconds: float, _told: Callable[[], Declared]) -> None:
    """Where nobody looks on."""


def lift_video(path: str | Path, **flags: Any) -> Motion3D:
    """The motion in a video, an image, a folder of images or a keypoint file; "demo" is the bundled clip.

    `flags` are those of `lift` that say how it is lifted, such as `model="causal-81"`, `window=81`, `fov=70`,
    `start=10.5`, `max_frames=100`, or `quality="fast"` for what live use gives.
    Raises the project's errors (PoseError).

    >>> motion = lift_video("demo", max_frames=3)
    >>> motion.joints.shape, motion.skeleton.joints[16]
    ((3, 17, 3), 'right_wrist')
    """
    request = lift_request(checked(flags, {flag.key: flag for flag in LIFT_FLAGS}))
    refusal = "lift_video takes files and folders; cameras and addresses are for live()"
    task = request.task(video_of(recording_path(str(path), refusal)), Path(path))
    return log_frames(task).log.motion(task.source_name)


@dataclass(frozen=True, eq=False)
class LiftedFrames:
    """All frames of a recording, and what became of its outputs meanwhile: their faults, and
    what else is to be said of them."""

    log: FrameLog
    faults: OutputFaults
    notes: list[str]


def lift_one(task: Task, progress: ProgressCallback = no_progress) -> Outcome:
    """Lift one input and write its files.  Whatever goes wrong is told in the outcome: a fault of
    one output leaves the others alone, a fault of the input leaves other inputs alone."""
    try:
        return _lift(task, progress)
    except Exception as fault:  # noqa: BLE001 - bugs too: they are logged with their traceback
        return Outcome(task.name, fault=user_path(fault_line(fault), task.stem))


def _lift(task: Task, progress: ProgressCallback) -> Outcome:
    start = time.perf_counter()
    with StagedOutput(task) as staged:
        if staged.done:
            return Outcome(task.name, done_before=True, missing=staged.impossible)
        part = replace(task, stem=staged.stem, formats=staged.wanted)
        lifted = log_frames(part, progress)
        made = _write(part, lifted)
        log, faults = lifted.log, lifted.faults
        clock = {} if log.time_0_unix_s is None else {"time_0_unix_s": log.time_0_unix_s}
        pitch = log.camera_pitch
        files = staged.publish(made, faults, frames=len(log), people=log.people, **pitch.fields(), **clock)
    seconds, notes = time.perf_counter() - start, tuple(user_path(note, task.stem) for note in lifted.notes)
    if task.settings.pitch_deg is None:
        notes = (*notes, f"camera {pitch}")
    return Outcome(
        task.name,
        len(log),
        log.people,
        seconds,
        files,
        missing=staged.impossible | faults,
        notes=notes,
        trust=log.trust_lines,
        how=f"quality {task.quality} ({log.model.partition('@')[0]})",
    )


def log_frames(task: Task, progress: ProgressCallback = no_progress) -> LiftedFrames:
    """Every frame through the stages, and into the task's films.  Raises RecordError where the
    part that was asked for has no frame, or where no output could be made."""
    told = cache(partial(declared, task.source, task.settings.fps))  # read once, by the first that asks
    faults = OutputFaults(task.stem)
    check_outputs(task, faults, told)
    if task.formats and not faults.remaining(task.formats):
        raise RecordError("; ".join(dict.fromkeys(fault.line for fault in faults.values())))
    with ExitStack() as cleanup:
        estimator, source = open_stages(task, cleanup)
        formats = faults.remaining(task.formats)
        keep = as_shown if any(OUTPUTS[name].images for name in formats) else without_picture
        log = FrameLog(
            estimator.model,
            estimator.skeleton,
            task.fps,
            _time_0_unix_s(task),
            keeps_picture="png" in formats,
            level=estimator.level,
            height_m=task.settings.height,
            place=task.settings.place,
            points=coco_points(estimator.detector.skeleton),
        )
        films = cleanup.enter_context(closing(Films(task.stem, formats, lambda: _film_rate(task, told()), faults)))
        part = Part(source, task)
        for estimate in estimator.run(_reported(part, progress, told), keep):
            assert estimate.frame is not None  # a recording's estimates are of its frames
            t_s = part.time_s(estimate.frame)
            log.add(estimate, t_s)
            films.write(estimate, t_s)
    if not len(log):
        raise RecordError(f"{task.name} has no frame in the part that was asked for")
    return LiftedFrames(log, faults, films.notes)


def open_stages(task: Task, cleanup: ExitStack) -> tuple[Estimator, Source]:
    """The stages and the recording, which `cleanup` closes."""
    detector, source = build.detector_and_source(task.settings, cleanup, all_frames=True)
    settings = replace(task.settings, place=PELVIS)  # a room is made of the whole recording
    future, joints = task.symmetric, task.joints
    return build.estimator(settings, detector, lookahead=future, joints=joints, recording=True), source


def _reported(part: Part, progress: ProgressCallback, told: Callable[[], Declared]) -> Iterator[Frame]:
    """The frames, each reported once it is detected: its estimate may come seconds later."""
    for done, frame in enumerate(part, start=1):
        yield frame
        progress(done, part.time_s(frame), told)


def _film_rate(task: Task, told: Declared) -> float:
    """How long the last picture of a film is shown: a frame of the recording."""
    rate_hz = task.settings.fps or told.rate_hz or ASSUMED_FPS
    return min(rate_hz, task.fps or rate_hz)


def _time_0_unix_s(task: Task) -> float | None:
    """When the motion's time 0 was, if the input is the video of a live recording."""
    return video_time_0_unix_s(video_of(task.source))


def _write(task: Task, lifted: LiftedFrames) -> dict[str, list[Path]]:
    """The files of each output that is complete."""
    faults = lifted.faults
    for name in faults.remaining(task.formats):
        if (write := OUTPUTS[name].write) is not None:
            with faults.of(name):
                write(task.stem, lifted.log, task.source_name)
    return {
        name: [path for path in OUTPUTS[name].files(task.stem) if path.exists()]
        for name in faults.remaining(task.formats)
    }
