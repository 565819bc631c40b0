"""A recording → files: the stages of live use over every frame of one input.

Frames pass one by one and are not kept; what is kept is a few hundred bytes a frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from . import build
from .errors import PoseError, RecordError
from .formats.keypoints_npz import write_keypoints
from .formats.motion import Motion3D, motion, rate_of
from .formats.new_files import refuse_existing
from .formats.track import single_person_track
from .formats.videopose3d_npz import write_video, write_video_set
from .formats.writers import WRITERS, writers
from .lift_place import LiftPlace
from .pose import Array, Estimate, Frame, Pose2D
from .render.film import PanelFilm, panel_picture
from .settings import Settings
from .skeleton import COCO17, H36M17
from .stages import EndOfSource, Source

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
    `start_s`, `end_s`: the part that is lifted; `fps`: at most so many frames a second."""

    settings: Settings
    stem: Path
    formats: tuple[str, ...]
    start_s: float = 0.0
    end_s: float = np.inf
    fps: float | None = None
    force: bool = False

    @property
    def source(self) -> Path:
        """The input."""
        return Path(self.settings.source)

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
        if self.fault:
            return f"{self.name}: {self.fault}"
        if self.done_before:
            return f"{self.name}: done before (--force does it again)"
        seen = f"{self.people} with a person" if self.people else "nobody was seen"
        return f"{self.name}: {self.frames} frames, {seen}, {self.seconds:.1f} s → {', '.join(self.files)}"


def lift_one(task: Task, told: Told = lambda _frames, _seconds: None) -> Outcome:
    """Lift one input and write its files.  Faults of ours are told in the outcome."""
    start = time.perf_counter()
    name = task.source.name
    try:
        with LiftPlace(task) as place:
            if place.done:
                return Outcome(name, done_before=True)
            staged = replace(task, stem=place.stem)
            passed = _pass(staged, told)
            _write(staged, passed)
            made = [path for path in staged.files() if path.exists()]
            place.publish(made, frames=len(passed.times_s), people=passed.people)
    except PoseError as fault:
        return Outcome(name, fault=str(fault))
    files = tuple(path.name for path in made)
    return Outcome(name, len(passed.times_s), passed.people, time.perf_counter() - start, files)


@dataclass
class _Passed:
    """What is kept of the frames that went by."""

    times_s: list[float] = field(default_factory=list)
    joints: list[Array] = field(default_factory=list)
    scores: list[Array] = field(default_factory=list)
    roots: list[Array] = field(default_factory=list)
    points: list[Array] = field(default_factory=list)
    size_wh: tuple[int, int] = (1, 1)
    model: str = ""
    newest: tuple[Frame, Estimate] | None = None

    @property
    def people(self) -> int:
        """Frames with a person."""
        return int(sum(np.isfinite(joints).all() for joints in self.joints))

    def add(self, frame: Frame, found: Estimate, t_s: float) -> None:
        pose = found.pose
        self.times_s.append(t_s)
        self.size_wh = frame.size_wh
        self.newest = frame, found
        self.points.append(_points(found.keypoints))
        self.joints.append(pose.xyz if pose.valid else np.full((len(H36M17), 3), np.nan, np.float32))
        self.scores.append(pose.score if pose.valid else np.zeros(len(H36M17), np.float32))
        known = pose.valid and pose.root_m is not None
        self.roots.append(np.asarray(pose.root_m if known else np.full(3, np.nan), np.float32))

    def motion(self, source: str) -> Motion3D:
        times_s = np.array(self.times_s)
        return motion(
            np.array(self.joints),
            rate_of(times_s),
            times_s=times_s,
            score=np.array(self.scores),
            root_m=np.array(self.roots),
            source=source,
            model=self.model,
        )


def _pass(task: Task, told: Told) -> _Passed:
    """Every frame through the stages, and into the films."""
    passed = _Passed()
    with ExitStack() as cleanup:
        detect, source = build.detector_and_source(task.settings, cleanup)
        estimate = build.estimator(task.settings, detect)
        passed.model = estimate.lift.name
        films = [task.stem.with_name(f"{task.stem.name}.{name}") for name in FILMS if name in task.formats]
        film: PanelFilm | None = None
        for frame, t_s in _frames(source, task):
            found = estimate(frame)
            passed.add(frame, found, t_s)
            if films and film is None:
                rate = task.fps or task.settings.fps or 30.0
                film = cleanup.enter_context(closing(PanelFilm(films, frame.size_wh, rate)))
            if film is not None:
                film.write(frame.image, found.keypoints, found.pose, t_s)
            told(len(passed.times_s), t_s)
    if not passed.times_s:
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


def _write(task: Task, passed: _Passed) -> None:
    moved = passed.motion(task.source.name)
    for writer in writers(name for name in task.formats if name in WRITERS):
        writer(task.stem, moved)
    if PICTURE in task.formats and passed.newest is not None:
        frame, found = passed.newest
        panel_picture(task.stem.with_name(f"{task.stem.name}.png"), frame.image, found.keypoints, found.pose)
    if KEYPOINTS in task.formats:
        _write_keypoints(task, passed, moved.fps)


def _write_keypoints(task: Task, passed: _Passed, fps: float) -> None:
    """Our own file, VideoPose3D's of one video, and its custom set."""
    track = single_person_track(np.array(passed.points), passed.size_wh, COCO17, fps)
    own, theirs = (task.stem.with_name(task.stem.name + ending) for ending in _KEYPOINT_ENDINGS)
    custom = task.stem.with_name(f"data_2d_custom_{task.stem.name}.npz")
    refuse_existing([own, theirs, custom])
    write_keypoints(own, track)
    write_video(theirs, track)
    if passed.people:
        write_video_set(custom, {task.source.name: track})


def _points(keypoints: Pose2D | None) -> Array:
    """(17, 3): x, y px and score, NaN where nobody was seen."""
    if keypoints is None:
        return np.full((len(COCO17), 3), np.nan, np.float32)
    coco = keypoints.select(COCO17)
    points: Array = np.concatenate([coco.xy, coco.score[:, None]], 1).astype(np.float32)
    return points
