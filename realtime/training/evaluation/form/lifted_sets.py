"""Sets as users have them: lifted from what a camera saw, with what is true of them, kept in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....errors import FormatError
from ....formats.safe.npz import read_npz
from ....motion import Floats, Motion3D, motion
from ....pose import CameraPitch
from ....runtime.new_files import replacing
from ....skeleton import SKELETONS
from ...mocap.canonical25 import CANONICAL25
from ..lifts import lifted
from ..shots import bank_of, shoot
from .repetitions import Repetitions
from .sets import Mark, Performance, Plan, make
from .studio import RATE_HZ, STUDIO, VIEWS, way_of

MARKERS = "markers"
_SKELETON = {**SKELETONS, CANONICAL25.name: CANONICAL25}
_TIMES = ("start_s", "bottom_s", "end_s", "first_s", "last_s")
_KEYS = (
    *("joints", "times_s", "score", "root_m", "fps", "skeleton", "model", "pitch_deg", "pitch_how"),
    *("height_m", "person", "exercise", "kind", "view", "rotation", "distance_m", "marks", "correct", "number"),
)


@dataclass(frozen=True, eq=False)
class LiftedSet:
    """A set, or something that is none: its `motion`, lifted or by its markers (the `way`), and the truth.  `kind` is
    that of the set, or what is done where nobody trains.  `rotation` (3, 3) takes room axes, z up, to the camera's; it
    is NaN for markers."""

    name: str
    way: str
    motion: Motion3D
    person: str
    exercise: str
    kind: str
    view: str
    height_m: float
    distance_m: float
    rotation: Floats
    marks: tuple[Mark, ...]

    @property
    def count(self) -> int:
        """How many repetitions there are."""
        return len(self.marks)

    @property
    def duration_s(self) -> float:
        """From the first frame to the last."""
        return float(self.motion.times_s[-1] - self.motion.times_s[0])


@dataclass(frozen=True)
class Keeper:
    """Lifts what a person does, or reads what was lifted and kept in the folder `cache` before; `folds`: the networks
    for who is not held out of those that ship."""

    folds: Path | None
    cache: Path

    def of(self, one: Performance, view: str, way: str) -> LiftedSet:
        """What a camera of the view saw of a person, lifted OFFLINE or LIVE; or the MARKERS.  Raises UsageError where
        no network was trained without the person."""
        path = self._path(one.name, view, way)
        if not path.is_file():
            found = _by_markers(one, view) if way == MARKERS else self._lift(one, view, way)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, found)
        return read_set(path)

    def of_plan(self, plan: Plan, repetitions: Repetitions, way: str) -> LiftedSet:
        """The set of a plan, which is made only where it was not kept."""
        path = self._path(plan.name, view_of(plan), way)
        return read_set(path) if path.is_file() else self.of(make(plan, repetitions), view_of(plan), way)

    def _path(self, name: str, view: str, way: str) -> Path:
        stem, _, number = name.rpartition("_")
        return self.cache / way / f"{stem}_{view}_{number}.npz"

    def _lift(self, one: Performance, view: str, way: str) -> LiftedSet:
        how = way_of(way, one.person, self.folds)
        camera = int(one.name.rpartition("_")[-1])
        shot = shoot(one, STUDIO, view, camera, RATE_HZ, bank_of(held_out=True))
        return _set(one, way, lifted(shot, how), shot.view, shot.rotation, shot.distance_m)


def view_of(plan: Plan) -> str:
    """From where a set is seen: all views come in turn for each exercise."""
    person = int("".join(filter(str.isdigit, plan.person)))
    return VIEWS[(person + 2 * plan.number) % len(VIEWS)]


def _by_markers(one: Performance, view: str) -> LiftedSet:
    """The true joints at about the rate of the pictures."""
    step = round(one.rate_hz / RATE_HZ)
    whole = one.motion()
    rows = slice(None, None, step)
    true = motion(
        whole.joints[rows],
        one.rate_hz / step,
        times_s=whole.times_s[rows],
        root_m=whole.root_m[rows],
        skeleton=CANONICAL25,
        source=one.name,
    )
    return _set(one, MARKERS, true, view, np.full((3, 3), np.nan), np.nan)


def _set(one: Performance, way: str, seen: Motion3D, view: str, rotation: Floats, distance_m: float) -> LiftedSet:
    return LiftedSet(
        name=one.name,
        way=way,
        motion=seen,
        person=one.person,
        exercise=one.exercise,
        kind=one.kind,
        view=view,
        height_m=one.height_m,
        distance_m=distance_m,
        rotation=rotation,
        marks=one.marks,
    )


def _write(path: Path, one: LiftedSet) -> None:
    pitch = one.motion.camera_pitch
    with replacing(path) as (part,):  # another run may be reading it
        np.savez_compressed(
            part,
            joints=one.motion.joints,
            times_s=one.motion.times_s,
            score=one.motion.score,
            root_m=one.motion.root_m,
            fps=one.motion.fps,
            skeleton=one.motion.skeleton.name,
            model=one.motion.model,
            pitch_deg=np.nan if pitch is None else pitch.deg,
            pitch_how="" if pitch is None else pitch.how,
            height_m=one.height_m,
            person=one.person,
            exercise=one.exercise,
            kind=one.kind,
            view=one.view,
            rotation=one.rotation,
            distance_m=one.distance_m,
            marks=np.array([[getattr(mark, name) for name in _TIMES] for mark in one.marks]),
            correct=np.array([mark.correct for mark in one.marks]),
            number=np.array([mark.number for mark in one.marks]),
        )


def read_set(path: Path) -> LiftedSet:
    """A set that was kept.  Raises FormatError for another file."""
    stored = read_npz(path, _KEYS)
    if missing := set(_KEYS) - stored.keys():
        raise FormatError(f"{path} is no set that the benchmark form kept: there is no {min(missing)}; remove it")
    texts = {key: str(stored[key]) for key in ("skeleton", "model", "pitch_how", "person", "exercise", "kind", "view")}
    pitch = CameraPitch(float(stored["pitch_deg"]), texts["pitch_how"]) if texts["pitch_how"] else None
    seen = motion(
        stored["joints"],
        float(stored["fps"]),
        times_s=stored["times_s"],
        score=stored["score"],
        root_m=stored["root_m"],
        skeleton=_SKELETON[texts["skeleton"]],
        source=path.stem,
        model=texts["model"],
        height_m=float(stored["height_m"]),
        camera_pitch=pitch,
    )
    rows = zip(
        stored["marks"].reshape(-1, len(_TIMES)).tolist(),
        stored["correct"].tolist(),
        stored["number"].tolist(),
        strict=True,
    )
    return LiftedSet(
        name=path.stem,
        way=path.parent.name,
        motion=seen,
        person=texts["person"],
        exercise=texts["exercise"],
        kind=texts["kind"],
        view=texts["view"],
        height_m=float(stored["height_m"]),
        distance_m=float(stored["distance_m"]),
        rotation=stored["rotation"],
        marks=tuple(
            Mark(start, bottom, end, first, last, correct, number)
            for (start, bottom, end, first, last), correct, number in rows
        ),
    )
