"""A recording → files: the stages of live use over every frame of one input.

Frames pass one by one and are not kept; what is kept is a few hundred bytes a frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import PoseError, RecordError
from ..estimation import build
from ..estimation.delayed import Hindsight, in_order
from ..estimation.estimator import Estimator
from ..formats.keypoints_npz import write_keypoints
from ..formats.videopose3d_npz import write_video, write_video_set
from ..formats.writers import WRITERS, writers
from ..pose import Frame
from ..render.panel_film import PanelFilm, panel_picture
from ..runtime.new_files import refuse_existing
from ..settings import Settings
from ..skeleton import COCO17
from ..stages import EndOfSource, Source
from ..track import single_person_track
from .frame_log import Passed
from .results import LiftPlace, in_place

FILMS = ("mp4", "gif")
PICTURE, KEYPOINTS = "png", "2d"
FORMATS = (*WRITERS, *FILMS, PICTURE, KEYPOINTS)
_KEYPOINT_ENDINGS = ("_2d.npz", "_detectron2.npz")
_WAIT_S = 1.0
_EARLY_S = 1e-3  # stamps are rarely exact

Told = Callable[[int, float], None]  # frames done, seconds of the recording


@dataclass(frozen=True)
class Task:
    """One input and what is wanted of it.  `stem`: the outputs' path without endings;
    `start_s`, `end_s`: the part that is lifted; `fps`: at most so many frames a second;
    `symmetric`: with a network that sees the future."""

    settings: Settings
    stem: Path
    formats: tuple[str, ...]
    start_s: float = 0.0
    end_s: float = np.inf
    fps: float | None = None
    force: bool = False
    symmetric: bool = False

    @property
    def source(self) -> Path:
        """The input."""
        return Path(self.settings.source)

    @property
    def name(self) -> str:
        """The input's name for people, on one line."""
        return " ".join(self.source.name.splitlines())

    def files(self) -> tuple[Path, ...]:
        """All that is written, but for the record."""
        files: list[Path] = []
        for name in self.formats:
            if name in WRITERS:
                files += WRITERS[name].files(self.stem)
            elif name == KEYPOINTS:
                files += [self.stem.with_name(self.stem.name + ending) for ending in _KEYPOINT_ENDINGS]
                files.append(self.stem.with_name(f"data_2d_custom_{self.stem.name}.npz"))
            else:
                files.append(self.stem.with_name(f"{self.stem.name}.{name}"))
        return tuple(files)


@dataclass(frozen=True)
class Outcome:
    """How it went: `fault` is '' where all is well, `done_before` where nothing was to do."""

    name: str
    frames: int = 0
    people: int = 0
    seconds: float = 0.0
    files: tuple[str, ...] = ()
    fault: str = ""
    done_before: bool = False

    def __str__(self) -> str:
        """One line, whatever the name holds."""
        return " ".join(self._text().splitlines())

    def _text(self) -> str:
        if self.fault.startswith(self.name):
            return self.fault
        if self.fault:
            return f"{self.name}: {self.fault}"
        if self.done_before:
            return f"{self.name}: done before (--force does it again)"
        seen = f"{self.people} with a person" if self.people else "nobody was seen"
        return f"{self.name}: {self.frames} frames, {seen}, {self.seconds:.1f} s → {', '.join(self.files)}"


def lift_one(task: Task, told: Told = lambda _frames, _seconds: None) -> Outcome:
    """Lift one input and write its files.  Faults of ours are told in the outcome."""
    start = time.perf_counter()
    name = task.name
    try:
        with LiftPlace(task) as place:
            if place.done:
                return Outcome(name, done_before=True)
            staged = replace(task, stem=place.stem)
            passed = _pass(staged, told)
            _write(staged, passed)
            made = [path for path in staged.files() if path.exists()]
            place.publish(made, frames=len(passed), people=passed.people)
    except PoseError as fault:
        return Outcome(name, fault=in_place(str(fault), task.stem))
    files = tuple(path.name for path in made)
    return Outcome(name, len(passed), passed.people, time.perf_counter() - start, files)


def _pass(task: Task, told: Told) -> Passed:
    """Every frame through the stages, and into the films."""
    with ExitStack() as cleanup:
        detect, source = build.detector_and_source(task.settings, cleanup)
        films = [task.stem.with_name(f"{task.stem.name}.{name}") for name in FILMS if name in task.formats]
        estimate: Estimator | Hindsight
        if task.symmetric:
            estimate = build.hindsight(task.settings, detect, pictures=bool(films) or PICTURE in task.formats)
        else:
            estimate = build.estimator(task.settings, detect)
        passed = Passed(estimate.lift.name)
        film: PanelFilm | None = None
        for frame, t_s, found in in_order(estimate, _frames(source, task)):
            passed.add(frame, found, t_s)
            if films and film is None:
                rate = task.fps or task.settings.fps or 30.0
                film = cleanup.enter_context(closing(PanelFilm(films, frame.size_wh, rate)))
            if film is not None:
                film.write(frame.image, found.keypoints, found.pose, t_s)
            told(len(passed), t_s)
    if not len(passed):
        raise RecordError(f"{task.source.name} has no frame in the part that was asked for")
    return passed


def _frames(source: Source, task: Task) -> Iterator[tuple[Frame, float]]:
    """The frames that were asked for, and when they are in seconds from the start."""
    first_ns: int | None = None
    due_s = task.start_s
    while True:
        try:
            frame = source.read(_WAIT_S)
        except EndOfSource:
            return
        if frame is None:
            continue
        first_ns = frame.t_capture_ns if first_ns is None else first_ns
        t_s = (frame.t_capture_ns - first_ns) / 1e9
        if t_s >= task.end_s:
            return
        if t_s < due_s - _EARLY_S:
            continue
        if task.fps is not None:  # in step, but no burst after a hole
            due_s = max(due_s + 1 / task.fps, t_s)
        yield frame, t_s


def _write(task: Task, passed: Passed) -> None:
    moved = passed.motion(task.source.name)
    for writer in writers(name for name in task.formats if name in WRITERS):
        writer(task.stem, moved)
    if PICTURE in task.formats and passed.newest is not None:
        frame, found = passed.newest
        panel_picture(task.stem.with_name(f"{task.stem.name}.png"), frame.image, found.keypoints, found.pose)
    if KEYPOINTS in task.formats:
        _write_keypoints(task, passed, moved.fps)


def _write_keypoints(task: Task, passed: Passed, fps: float) -> None:
    """Our own file, VideoPose3D's of one video, and its custom set."""
    track = single_person_track(passed.points(), passed.size_wh, COCO17, fps)
    own, theirs = (task.stem.with_name(task.stem.name + ending) for ending in _KEYPOINT_ENDINGS)
    custom = task.stem.with_name(f"data_2d_custom_{task.stem.name}.npz")
    refuse_existing([own, theirs, custom])
    write_keypoints(own, track)
    write_video(theirs, track)
    if passed.people:
        write_video_set(custom, {task.source.name: track})
