"""The points of a body that gait and form are read from, on an even grid of times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..kinematics.anatomy import body_points
from ..motion import Floats, Motion3D
from .low_pass import low_pass

SIDES = "left", "right"
PARTS = "hip", "knee", "ankle"  # of both sides; without them there is no analysis
_BRIDGED_S = 0.1  # longer holes stay holes
_EVEN = 0.01  # of a step: times that are all so close to a grid are one
_TRAVEL_KNOWN = 0.5  # of the frames; in fewer the place in the room counts as not known
_SHORTEST_S = 0.5  # a segment with less contains no stride


@dataclass(frozen=True, eq=False)
class Body:
    """T instants at an even rate.

    | field | shape | meaning |
    |---|---|---|
    | `times_s` | (T,) | on the clock of the motion |
    | `at` | (T, 3) each | points by name about the middle of the hips, m, z up; NaN in holes |
    | `travel` | (T, 3) | the middle of the hips in the room, m; None where not known |
    | `score` | (T,) each | scores of the points that are joints of the skeleton |
    | `segments` | | slices in which hips, knees and ankles are known without a hole |
    """

    times_s: Floats
    fps: float
    at: Mapping[str, Floats]
    travel: Floats | None
    score: Mapping[str, Floats]
    segments: tuple[slice, ...]

    def has(self, *parts: str) -> bool:
        """Whether both sides have these parts, somewhere."""
        return {f"{side}_{part}" for side in SIDES for part in parts} <= self._known

    def filtered(self, cutoff_hz: float) -> Body:
        """The same with every path filtered (`low_pass`), each stretch between holes by itself."""
        paths = [*self.at.values(), *([] if self.travel is None else [self.travel])]
        smooth = _filtered(np.stack(paths, 1), self.fps, cutoff_hz)
        at = {name: smooth[:, i] for i, name in enumerate(self.at)}
        return replace(self, at=at, travel=None if self.travel is None else smooth[:, -1])

    def value(self, path: Floats, t_s: float) -> Floats:
        """A path (T, ...) at a time, between instants by a straight line."""
        position = min(max((t_s - self.times_s[0]) * self.fps, 0.0), len(self.times_s) - 1.0)
        before = min(int(position), len(self.times_s) - 2)
        share = position - before
        found: Floats = (1 - share) * path[before] + share * path[before + 1]
        return found

    @cached_property
    def _known(self) -> set[str]:
        return {name for name, path in self.at.items() if np.isfinite(path).any()}

    @cached_property
    def leg_m(self) -> float:
        """Length of the leg: thigh and shank, the median of all instants and of both sides."""
        bones = (("hip", "knee"), ("knee", "ankle"))
        lengths = [
            [np.linalg.norm(self.at[f"{side}_{a}"] - self.at[f"{side}_{b}"], axis=1) for a, b in bones]
            for side in SIDES
        ]
        return float(np.nanmedian(np.sum(lengths, 1)))


def body_of(motion: Motion3D) -> Body | None:
    """The body of a motion; None where its skeleton has no hips, knees and ankles, or they are never known."""
    skeleton = motion.skeleton
    if not {f"{side}_{part}" for side in SIDES for part in PARTS} <= set(skeleton.joints):
        return None
    grid = _grid(motion.times_s, motion.fps)
    points = body_points(motion.joints.astype(np.float64), skeleton)
    points = {name: _on_grid(path, motion.times_s, grid, motion.fps) for name, path in points.items()}
    middle = (points["left_hip"] + points["right_hip"]) / 2
    root = _root(motion, grid)
    at = {name: path - middle for name, path in points.items()}
    needed = np.sum([at[f"{side}_{part}"][:, 0] for side in SIDES for part in PARTS], axis=0)  # a NaN stays one
    shortest = _SHORTEST_S * motion.fps
    segments = tuple(part for part in stretches(np.isfinite(needed)) if part.stop - part.start > shortest)
    if not segments:
        return None
    return Body(
        times_s=grid,
        fps=motion.fps,
        at=at,
        travel=None if root is None else root + middle,
        score={name: np.interp(grid, motion.times_s, motion.score[:, i]) for i, name in enumerate(skeleton.joints)},
        segments=segments,
    )


def _root(motion: Motion3D, grid: Floats) -> Floats | None:
    """The path of the skeleton's root over the grid, taken between known places; None where too few are."""
    known = np.isfinite(motion.root_m).all(1)
    if known.sum() < 2 or known.sum() < _TRAVEL_KNOWN * motion.valid.sum():
        return None
    times, places = motion.times_s[known], motion.root_m[known].astype(np.float64)
    return np.stack([np.interp(grid, times, places[:, axis]) for axis in range(3)], 1)


def _grid(times_s: Floats, fps: float) -> Floats:
    """The times themselves where they are even, else an even grid from the first to the last."""
    even = times_s[0] + np.arange(len(times_s)) / fps
    if np.abs(times_s - even).max() * fps < _EVEN:  # a rate that is off by little adds up over minutes
        return times_s
    grid: Floats = times_s[0] + np.arange(int((times_s[-1] - times_s[0]) * fps + 1e-6) + 1) / fps
    return grid


def _on_grid(path: Floats, times_s: Floats, grid: Floats, fps: float) -> Floats:
    """A path (T, 3) at the instants of a grid, by cubic Hermite interpolation; NaN in holes that are not bridged."""
    known = np.isfinite(path[:, 0])
    if grid is times_s and known.all():
        return path
    if known.sum() < 2:
        return np.full((len(grid), 3), np.nan)
    times = times_s[known]
    found = hermite(path[known], times, grid)
    right = np.clip(np.searchsorted(times, grid), 1, len(times) - 1)
    step = (times[right] - times[right - 1])[:, None]
    slack = 1e-6 / fps
    inside = (grid > times[0] - slack) & (grid < times[-1] + slack)
    nearest = np.minimum(grid - times[right - 1], times[right] - grid) < slack
    bridged = step[:, 0] <= max(_BRIDGED_S, 1.5 / fps) + slack
    found[~(inside & (bridged | nearest))] = np.nan
    return found


def hermite(values: Floats, times_s: Floats, grid: Floats) -> Floats:
    """Paths (T, ...) at other times, by cubic Hermite interpolation with the slopes of their neighbours."""
    slopes = np.gradient(values, times_s, axis=0)
    right = np.clip(np.searchsorted(times_s, grid), 1, len(times_s) - 1)
    column = (-1, *[1] * (values.ndim - 1))
    step = (times_s[right] - times_s[right - 1]).reshape(column)
    s = (grid - times_s[right - 1]).reshape(column) / step
    found: Floats = (
        (1 + 2 * s) * (1 - s) ** 2 * values[right - 1]
        + s**2 * (3 - 2 * s) * values[right]
        + s * (1 - s) * step * ((1 - s) * slopes[right - 1] - s * slopes[right])
    )
    return found


def _filtered(paths: Floats, fps: float, cutoff_hz: float) -> Floats:
    """Paths (T, N, 3), each filtered by itself between its holes; those without a hole at once, which is faster."""
    smooth = paths.copy()
    known = np.isfinite(paths[..., 0])
    whole = known.all(0)
    smooth[:, whole] = low_pass(paths[:, whole], fps, cutoff_hz)
    for i in np.flatnonzero(~whole):
        for part in stretches(known[:, i]):
            smooth[part, i] = low_pass(paths[part, i], fps, cutoff_hz)
    return smooth


def stretches(mask: NDArray[np.bool_]) -> Iterator[slice]:
    """The runs of True of a mask (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    yield from (slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2))
