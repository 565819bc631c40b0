"""Where somebody goes, and how fast the feet go back under the body: overground, on a treadmill, backwards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...motion import Floats
from ..body import Body
from .events.extrema import turning_points
from .options import AUTO, GaitOptions
from .result import MARKERS, OTHER_SIDE, SIDES

STANDS_STILL_M_S = 0.3  # OpenCap's limit of a treadmill's speed; below it nobody goes anywhere
_FIRST_STRIDE_S = 1.0  # before one is known
_LEAST_SWING = 0.15  # of the leg's length: what an ankle goes forwards and back at least
_SHORTEST_STRIDE_S = 0.38  # sprinters need 0.4 s; left and right exchanged for some frames look like a short one
_TREMBLING = 1.7  # turns for each that can be a step's
_TREADMILL_SHARE = 0.5  # travel slower than this share of the feet's speed: the ground moves
_AGREES = np.cos(np.radians(45))
TREADMILL = "treadmill"


@dataclass(frozen=True)
class Swing:
    """A foot that comes forward and stands: positions among the instants where its ankle is farthest back before (None
    at the start of a segment), farthest ahead, and farthest back after it (None at the end).  `lands` is False for a
    foot that stands when a segment begins; `front` is its beginning then."""

    side: str
    segment: slice
    back: int | None
    front: int
    next_back: int | None
    lands: bool = True


@dataclass(frozen=True, eq=False)
class Progress:
    """`ahead` (T, 3): horizontal unit vectors of the direction of progress; `facing` (T, 3): of where the body faces.
    `speed_m_s`: how fast the feet go back under the body, negative where they do while they are in the air.
    `travel_m_s`: of the middle of the hips in the room, None where that is not known.  `stride_s`: of one stride.
    `backwards`: the standing feet go forwards under the body, and nothing in the room contradicts that."""

    ahead: Floats
    facing: Floats
    speed_m_s: float
    travel_m_s: float | None
    treadmill: bool
    stride_s: float
    backwards: bool

    @property
    def pace_m_s(self) -> float:
        """Speed over the ground or the belt: of travel where it is known, else of the feet."""
        return abs(self.speed_m_s) if self.treadmill or self.travel_m_s is None else self.travel_m_s


def progress_of(body: Body, options: GaitOptions) -> Progress | None:
    """How somebody advances; None where no foot goes forwards and back as in walking.

    The direction is that of travel over one stride; on a treadmill, where the root stands still while the feet go
    back faster than 0.3 m/s, and where the place in the room is not known, it is where the hip line faces.  The
    distance of lifted joints trembles: unless `options.origin` is MARKERS it is the mean of travel over two strides
    and of where the hip line faces, and the latter alone where they differ by more than 45°."""
    facing = facing_of(body, _FIRST_STRIDE_S)
    swings = [swing for side in SIDES for swing in swings_of(body, side, facing) if swing.lands]
    stride_s = _stride_s(body, swings)
    if stride_s is None or _trembles(body, facing):
        return None
    speed = _feet_speed(body, swings, facing)
    facing = facing_of(body, stride_s)
    measured = options.origin == MARKERS
    velocity = _travel_velocity(body, stride_s if measured else 2 * stride_s)
    if velocity is None:
        return Progress(facing, facing, speed, None, options.surface == TREADMILL, stride_s, speed < 0)
    pace = np.linalg.norm(velocity, axis=1)
    walking = np.concatenate([np.arange(swing.front, swing.next_back or swing.front + 1) for swing in swings])
    travel = float(np.nanmedian(pace[walking]))
    treadmill = (
        options.surface == TREADMILL
        if options.surface != AUTO
        else abs(speed) > STANDS_STILL_M_S and travel < _TREADMILL_SHARE * abs(speed)
    )
    along = (velocity * facing).sum(1) / np.maximum(pace, 1e-9)
    ahead = facing if treadmill else _direction(velocity, pace, along, facing, measured=measured)
    backwards = speed < 0 and (treadmill or bool(np.nanmedian(along[walking]) < 0))
    return Progress(ahead, facing, speed, travel, treadmill, stride_s, backwards)


def _direction(velocity: Floats, pace: Floats, along: Floats, facing: Floats, *, measured: bool) -> Floats:
    """Unit vectors (T, 3): of the velocity where that is `measured` and fast enough, else of a mean with `facing`."""
    goes = (pace > STANDS_STILL_M_S)[:, None]
    travel = velocity / np.maximum(pace, 1e-9)[:, None]
    if measured:
        return np.where(goes, travel, facing)
    mean = np.where(goes & (along > _AGREES)[:, None], travel + facing, facing)
    unit: Floats = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    return unit


def facing_of(body: Body, window_s: float) -> Floats:
    """Horizontal unit vectors (T, 3) square to the hip line, to the side to which the knees bend; the line is
    averaged over a window (a stride, in which the pelvis turns to and fro)."""
    across = body.at["right_hip"] - body.at["left_hip"]
    mean = _mean_around(across, max(int(window_s * body.fps), 1))
    square = np.stack([-mean[:, 1], mean[:, 0], np.zeros(len(mean))], 1)
    square /= np.maximum(np.linalg.norm(square, axis=1, keepdims=True), 1e-9)
    bends = [body.at[f"{side}_knee"] - (body.at[f"{side}_hip"] + body.at[f"{side}_ankle"]) / 2 for side in SIDES]
    forwards = float(np.nansum([(bend * square).sum(1) for bend in bends]))
    return square if forwards >= 0 else -square


def swings_of(body: Body, side: str, ahead: Floats) -> list[Swing]:
    """The swings of a foot, by how far its ankle is ahead of the hips."""
    place = (body.at[f"{side}_ankle"] * ahead).sum(1)
    found = []
    for segment in body.segments:
        turns = turning_points(place[segment], _LEAST_SWING * body.leg_m, _SHORTEST_STRIDE_S * body.fps)
        turns = [(index + segment.start, maximum) for index, maximum in turns]
        if turns and not turns[0][1]:
            found.append(Swing(side, segment, None, segment.start, turns[0][0], lands=False))
        for k, (index, maximum) in enumerate(turns):
            if maximum:
                back = turns[k - 1][0] if k else None
                after = turns[k + 1][0] if k + 1 < len(turns) else None
                found.append(Swing(side, segment, back, index, after))
    return found


def alternating(swings: list[Swing]) -> bool:
    """Whether feet come forward in turn: between two contacts of one foot there mostly is one of the other, and not
    at the same time (as in jumps and squats)."""
    fronts = {side: np.array([swing.front for swing in swings if swing.side == side]) for side in SIDES}
    turns = []
    for side in SIDES:
        for start, stop in zip(fronts[side][:-1], fronts[side][1:], strict=True):
            shares = (fronts[OTHER_SIDE[side]] - start) / (stop - start)
            turns.append(bool(((shares > 0.2) & (shares < 0.8)).sum() == 1))
    if turns:
        return sum(turns) >= len(turns) / 2
    return all(len(fronts[side]) for side in SIDES)


def _stride_s(body: Body, swings: list[Swing]) -> float | None:
    """The median time from one swing of a foot to its next one, or twice that to the other foot's where no foot swings
    twice; None where feet do not swing in turn."""
    if not swings or not alternating(swings):
        return None
    own = [pairwise(swing for swing in swings if swing.side == side) for side in SIDES]
    gaps = [b.front - a.front for pairs in own for a, b in pairs if a.segment == b.segment]
    if not gaps:
        in_turn = pairwise(sorted(swings, key=lambda swing: swing.front))
        gaps = [2 * (b.front - a.front) for a, b in in_turn if a.segment == b.segment]
    stride_s = float(np.median(gaps)) / body.fps if gaps else 0.0
    return stride_s if stride_s >= _SHORTEST_STRIDE_S else None


def _trembles(body: Body, ahead: Floats) -> bool:
    """Whether feet turn round far more often than in steps: noise."""
    counts = np.zeros(2)
    for side in SIDES:
        place = (body.at[f"{side}_ankle"] * ahead).sum(1)
        for segment in body.segments:
            least, apart = _LEAST_SWING * body.leg_m, _SHORTEST_STRIDE_S * body.fps
            counts += [len(turning_points(place[segment], least, gap)) for gap in (0.0, apart)]
    return bool(counts[0] > _TREMBLING * counts[1])


def _feet_speed(body: Body, swings: list[Swing], ahead: Floats) -> float:
    """Speed (m/s) at which ankles go back, from front to back, or (negative) forwards where they do that lower than
    they come back: then the body goes backwards."""
    backward: list[tuple[float, float]] = []
    forward: list[tuple[float, float]] = []
    places = {side: (body.at[f"{side}_ankle"] * ahead).sum(1) for side in SIDES}
    for swing in swings:
        place, height = places[swing.side], body.at[f"{swing.side}_ankle"][:, 2]
        for start, stop, where in ((swing.front, swing.next_back, backward), (swing.back, swing.front, forward)):
            if start is not None and stop is not None:
                pace = abs(place[stop] - place[start]) * body.fps / (stop - start)
                where.append((float(height[start : stop + 1].mean()), pace))
    if not backward or not forward or np.mean(backward, 0)[0] <= np.mean(forward, 0)[0]:
        return float(np.median([pace for _, pace in backward])) if backward else 0.0
    return -float(np.median([pace for _, pace in forward]))


def _travel_velocity(body: Body, window_s: float) -> Floats | None:
    """Horizontal velocity (T, 3) of the hips in the room over a window around each instant."""
    if body.travel is None:
        return None
    half = max(round(window_s * body.fps / 2), 1)
    velocity = np.full_like(body.travel, np.nan)
    for segment in body.segments:
        path = body.travel[segment] * [1, 1, 0]
        indices = np.arange(len(path))
        before, after = np.maximum(indices - half, 0), np.minimum(indices + half, len(path) - 1)
        velocity[segment] = (path[after] - path[before]) * body.fps / np.maximum(after - before, 1)[:, None]
    return velocity


def _mean_around(path: Floats, window: int) -> Floats:
    """Means (T, 3) of what is known of a path within half a window of each instant."""
    known = np.isfinite(path[:, :1])
    sums = np.concatenate([np.zeros((1, 4)), np.cumsum(np.hstack([np.where(known, path, 0), known]), 0)])
    indices = np.arange(len(path))
    before, after = np.maximum(indices - window // 2, 0), np.minimum(indices + window // 2 + 1, len(path))
    part = sums[after] - sums[before]
    mean: Floats = part[:, :3] / np.maximum(part[:, 3:], 1)
    return mean
