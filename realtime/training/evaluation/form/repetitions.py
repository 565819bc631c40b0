"""Repetitions of UI-PRMD: ten people, ten exercises, done well and, on purpose, badly.

Vakanski et al., "A data set of human body movements for physical rehabilitation exercises", Data 3(1), 2018.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from ....kinematics.segments import bend
from ....motion import Floats
from ...mocap.canonical25 import CANONICAL25
from ...mocap.joint_centres import UIPRMD_RATE_HZ, fill_gaps, uiprmd_files, uiprmd_points
from ...mocap.people import uiprmd_person
from ..captured import facing

EXERCISES = {
    "m01": "squat",
    "m02": "hurdle-step",
    "m03": "lunge",
    "m04": "side-lunge",
    "m05": "sit-to-stand",
    "m06": "leg-raise",
    "m07": "shoulder-abduction",
    "m08": "shoulder-extension",
    "m09": "shoulder-rotation",
    "m10": "shoulder-scaption",
}
LIFTERS = "squat", "lunge", "side-lunge", "sit-to-stand"  # those that lifters do
_NAME = re.compile(r"(m\d\d)_e(\d\d)_(correct|incorrect)")
_LONGEST_GAP_S = 0.5  # of a marker; over longer ones a straight line is no motion
_SHORTEST_S = 0.6
_AWAY = 0.4  # of the way to the turn: who begins or ends farther from where the others begin is not at rest there
_MOVING = 0.1  # of the way to the turn: from there on it is movement
_PELVIS = CANONICAL25.index("pelvis")
_BODY = CANONICAL25.indices([joint for joint in CANONICAL25.joints if not joint.endswith(("eye", "ear"))])


@dataclass(frozen=True, eq=False)
class CapturedRepetition:
    """One repetition as it was cut: `points` (T, 25, 3) m at `rate_hz`."""

    exercise: str
    person: str
    number: int
    correct: bool
    points: Floats
    rate_hz: float = UIPRMD_RATE_HZ

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.person} {self.exercise} {'correct' if self.correct else 'incorrect'} {self.number}"

    @cached_property
    def way(self) -> Floats:
        """(T,): how far the body is from its pose at the start, m: that point which is farthest, about the pelvis."""
        return _apart(self.points, self.points[:1])

    @cached_property
    def phases(self) -> tuple[int, int, int]:
        """Frames of the start of the movement, its turn and its end.

        It turns where the knee that bends more is bent most, in an exercise of the legs, else where the body is
        farthest from its pose at the start; it starts and ends a tenth of that way from where it was cut."""
        turn = self._turn()
        before, after = self.way[: turn + 1], _apart(self.points, self.points[-1:])[turn:]
        still = np.flatnonzero(before <= _MOVING * before.max())
        again = np.flatnonzero(after <= _MOVING * after.max())
        return int(still[-1]), turn, turn + int(again[0])

    def _turn(self) -> int:
        if self.exercise not in LIFTERS:
            return int(np.argmax(self.way))
        at = {name: self.points[:, CANONICAL25.index(name)] for name in CANONICAL25.joints}
        knees = [bend(*(at[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))) for side in ("left", "right")]
        return int(np.argmax(max(knees, key=np.max)))


@dataclass(frozen=True, eq=False)
class Repetitions:
    """All that can be used; `rebuilt` had short gaps in a marker, `skipped` counts the others by the reason."""

    found: tuple[CapturedRepetition, ...]
    rebuilt: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def of(self, person: str, exercise: str) -> list[CapturedRepetition]:
        """Those of one person and exercise."""
        return [one for one in self.found if (one.person, one.exercise) == (person, exercise)]

    @property
    def people(self) -> list[str]:
        """By name."""
        return sorted({one.person for one in self.found})

    def __str__(self) -> str:
        reasons = "".join(f", {count} skipped: {reason}" for reason, count in sorted(self.skipped.items()))
        return f"{len(self.found)} repetitions, {self.rebuilt} of them with gaps filled{reasons}"


def read_repetitions(folder: Path) -> Repetitions:
    """The repetitions in the folder of the corpus.  Raises FormatError for a damaged file."""
    found, skipped, rebuilt = [], Counter[str](), set()
    for path, markers in uiprmd_files(folder):
        named = _NAME.fullmatch(path.name)
        if named is None:
            skipped["a name of another kind"] += 1
        elif reason := _unusable(markers):
            skipped[reason] += 1
        else:
            exercise, number, kind = named.groups()
            points = np.asarray(uiprmd_points(fill_gaps(markers)), np.float64)
            one = CapturedRepetition(EXERCISES[exercise], uiprmd_person(path), int(number), kind == "correct", points)
            found.append(one)
            if np.isnan(markers).any():
                rebuilt.add(one.name)
    groups: dict[tuple[str, str, bool], list[CapturedRepetition]] = {}
    for one in found:
        groups.setdefault((one.person, one.exercise, one.correct), []).append(one)
    whole = [one for alike in groups.values() for one in _whole(alike)]
    skipped["begins or ends in the middle of the movement"] = len(found) - len(whole)
    return Repetitions(tuple(whole), sum(one.name in rebuilt for one in whole), skipped)


def _unusable(markers: Floats) -> str:
    lost = np.isnan(markers[..., 0])
    if lost.all(0).any():
        return "a marker is lost throughout"
    longest = max(_longest(column) for column in lost.T)
    if longest > _LONGEST_GAP_S * UIPRMD_RATE_HZ:
        return f"a marker is lost for more than {_LONGEST_GAP_S:g} s"
    return "" if len(markers) >= _SHORTEST_S * UIPRMD_RATE_HZ else f"shorter than {_SHORTEST_S:g} s"


def _longest(lost: Floats) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(int), [0]])))
    return int(max(edges[1::2] - edges[::2], default=0))


def _whole(alike: Sequence[CapturedRepetition]) -> Iterator[CapturedRepetition]:
    """Those repetitions of one kind that begin and end near the pose in which most of them begin."""
    usual = np.median([_turned(one.points[:1])[0] for one in alike], axis=0)[None]
    limit = _AWAY * np.median([one.way.max() for one in alike])
    for one in alike:
        if _apart(_turned(one.points[[0, -1]]), usual).max() <= limit:
            yield one


def _turned(points: Floats) -> Floats:
    """Poses (T, 25, 3) about the pelvis, each turned so that it faces along x."""
    return np.stack([(pose - pose[_PELVIS]) @ _heading(pose) for pose in points])


def _heading(pose: Floats) -> Floats:
    """The rotation (3, 3) whose columns are forward, left and up of a pose (25, 3)."""
    x, y, _ = facing(pose[None])
    return np.array([[x, -y, 0], [y, x, 0], [0, 0, 1]])


def _apart(points: Floats, pose: Floats) -> Floats:
    """How far (T,) the point of the body that is farthest from its place in a pose (1, 25, 3) is from it, about the
    pelvis, m."""
    about = points - points[:, _PELVIS, None]
    away: Floats = np.linalg.norm((about - (pose - pose[:, _PELVIS, None]))[:, _BODY], axis=-1).max(-1)
    return away
