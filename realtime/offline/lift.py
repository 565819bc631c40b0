"""A recording → joints and files: the stages of live use over every frame of one input.

Frames are processed one by one and not kept; the log of their results takes a few hundred bytes each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import PoseError, RecordError, UsageError
from ..estimation import build
from ..formats.keypoints_npz import write_keypoints
from ..formats.recorded_video import recorded_video, video_time_0_unix_s
from ..formats.videopose3d_npz import write_video, write_video_set
from ..formats.writers import WRITERS, writers
from ..motion import Motion3D
from ..pose import Frame
from ..render.panel_film import PanelFilm, panel_picture
from ..runtime.new_files import refuse_existing
from ..settings import settings_from
from ..skeleton import COCO17
from ..stages import Source, all_frames
from ..track import single_person_track
from .frame_log import FrameLog
from .results import StagedOutput, user_path
from .task import FILMS, KEYPOINT_ENDINGS, KEYPOINTS, PICTURE, Outcome, Task

_EARLY_S = 1e-3  # stamps are rarely exact

ProgressCallback = Callable[[int, float], None]  # frames done, seconds of the recording


def _no_progress(_frames: int, _seconds: float) -> None:
    pass


def lift_video(path: str | Path, *, symmetric: bool = False, **settings: Any) -> Motion3D:
    """The motion in a video, an image, a folder of images or a keypoint file; "demo" is the bundled clip.

    `symmetric`: by a network that sees what comes after each frame; `settings` are those of
    `lift`, such as `model="causal-81"`, `window=81`, `fov=70`.  Raises the project's errors
    (PoseError).

    >>> motion = lift_video("demo", max_frames=3)
    >>> motion.joints.shape, motion.skeleton.joints[16]
    ((3, 17, 3), 'right_wrist')
    """
    is_stream = "://" in str(path)
    if is_stream or str(path) == "auto":
        raise UsageError("lift_video takes files and folders; cameras and addresses are for live()")
    chosen = settings_from(source=path, **{"realtime": False, "model": "symmetric" if symmetric else None, **settings})
    task = Task(chosen, Path(path), (), symmetric=symmetric)
    return _motion(task, log_frames(task))


def lift_one(task: Task, progress: ProgressCallback = _no_progress) -> Outcome:
    """Lift one input and write its files.  Faults of ours are told in the outcome."""
    start = time.perf_counter()
    name = task.name
    try:
        with StagedOutput(task) as staged:
            if staged.done:
                return Outcome(name, done_before=True)
            staged_task = replace(task, stem=staged.stem)
            log = log_frames(staged_task, progress)
            _write(staged_task, log)
            made = [path for path in staged_task.files() if path.exists()]
            time_0_unix_s = _time_0_unix_s(task)
            clock = {} if time_0_unix_s is None else {"time_0_unix_s": time_0_unix_s}
            staged.publish(made, frames=len(log), people=log.people, **clock)
    except PoseError as fault:
        return Outcome(name, fault=user_path(str(fault), task.stem))
    files = tuple(path.name for path in made)
    return Outcome(name, len(log), log.people, time.perf_counter() - start, files)


def log_frames(task: Task, progress: ProgressCallback = _no_progress) -> FrameLog:
    """Every frame through the stages, and into the task's films.  Raises RecordError where the
    part that was asked for has no frame."""
    with ExitStack() as cleanup:
        detector, source = build.detector_and_source(task.settings, cleanup)
        films = [task.stem.with_name(f"{task.stem.name}.{name}") for name in FILMS if name in task.formats]
        needs_images = bool(films) or PICTURE in task.formats
        estimator = build.estimator(task.settings, detector, lookahead=task.symmetric, keep_images=needs_images)
        log = FrameLog(estimator.model, estimator.skeleton)
        part = _Part(source, task)
        film: PanelFilm | None = None
        for estimate in estimator.run(part):
            frame = estimate.frame
            assert frame is not None  # a recording's estimates are of its frames
            t_s = part.time_s(frame)
            log.add(estimate, t_s)
            if films and film is None:
                rate = task.fps or task.settings.fps or 30.0
                film = cleanup.enter_context(closing(PanelFilm(films, frame.size_wh, rate)))
            if film is not None:
                film.write(frame.image, estimate.keypoints, estimate.pose, t_s)
            progress(len(log), t_s)
    if not len(log):
        raise RecordError(f"{task.source.name} has no frame in the part that was asked for")
    return log


class _Part:
    """The frames of a source that a task asks for."""

    def __init__(self, source: Source, task: Task) -> None:
        self._source, self._task = source, task
        self._first_ns: int | None = None

    def time_s(self, frame: Frame) -> float:
        """When a frame is, in seconds from the start of the recording."""
        return (frame.t_capture_ns - (self._first_ns or 0)) / 1e9

    def __iter__(self) -> Iterator[Frame]:
        task, due_s = self._task, self._task.start_s
        limit = task.settings.max_frames
        given = 0
        for frame in all_frames(self._source):
            self._first_ns = frame.t_capture_ns if self._first_ns is None else self._first_ns
            t_s = self.time_s(frame)
            if t_s >= task.end_s or given == limit:
                return
            if t_s < due_s - _EARLY_S:
                continue
            if task.fps is not None:  # in step, but no burst after a hole
                due_s = max(due_s + 1 / task.fps, t_s)
            given += 1
            yield frame


def _motion(task: Task, log: FrameLog) -> Motion3D:
    return replace(log.motion(task.source.name), time_0_unix_s=_time_0_unix_s(task))


def _time_0_unix_s(task: Task) -> float | None:
    """When the motion's time 0 was, if the input is the video of a live recording."""
    return video_time_0_unix_s(recorded_video(task.source) or task.source)


def _write(task: Task, log: FrameLog) -> None:
    motion = _motion(task, log)
    for writer in writers(name for name in task.formats if name in WRITERS):
        writer(task.stem, motion)
    if PICTURE in task.formats and log.newest is not None and log.newest.frame is not None:
        path, newest = task.stem.with_name(f"{task.stem.name}.png"), log.newest
        panel_picture(path, log.newest.frame.image, newest.keypoints, newest.pose)
    if KEYPOINTS in task.formats:
        _write_keypoints(task, log, motion.fps)


def _write_keypoints(task: Task, log: FrameLog, fps: float) -> None:
    """Our own file, VideoPose3D's of one video, and its custom set."""
    track = single_person_track(log.points(), log.size_wh, COCO17, fps)
    own, theirs = (task.stem.with_name(task.stem.name + ending) for ending in KEYPOINT_ENDINGS)
    custom = task.stem.with_name(f"data_2d_custom_{task.stem.name}.npz")
    refuse_existing([own, theirs, custom])
    write_keypoints(own, track)
    write_video(theirs, track)
    if log.people:
        write_video_set(custom, {task.source.name: track})
