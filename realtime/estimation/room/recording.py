"""A person on the floor, over a whole recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...motion import Motion3D
from ...pose import ROOM
from ...skeleton import Skeleton
from .legs import ANKLE_M, LEAVE_MPS, RAISED_M, SEEN, STAND_MPS, Bools, Floats, Legs, speeds_mps

_SPEED_OVER_S = 0.15
_SHORTEST_CONTACT_S, _SHORTEST_HOLE_S = 0.1, 0.15
_AROUND_S = 1.0  # a foot is on the floor if it is about as low as the lowest within this
_SETTLE_S = 0.3  # over which the way of the body is averaged
_FLOOR_S = 2.0  # over which its height is: legs bend where feet seem to sink
_LET_GO_S = 0.1  # in which a foot that leaves its place gets to where it is seen, and before it lands
_GAP_S = 0.5


def in_room(motion: Motion3D) -> Motion3D:
    """The motion with its root in the room: z is 0 on the floor, the origin lies below the camera.

    Feet that stand are held where they mostly are meanwhile, and on the floor; body and legs go with them.
    Between two contacts the body goes from the one to the other, so a jump leaves the floor.
    """
    placed = motion.placed
    for part in _parts(motion):
        placed[part] = room_points(placed[part], motion.score[part], motion.times_s[part], motion.skeleton)
    root = placed[:, motion.skeleton.parents.index(-1)]
    joints = (placed - root[:, None]).astype(np.float32)
    return replace(motion, joints=joints, root_m=root.astype(np.float32), place=ROOM)


def room_points(joints: Floats, score: Floats, times_s: Floats, skeleton: Skeleton) -> Floats:
    """Joints (T, J, 3) m with the camera at the origin, of one person without gaps → the same in the room."""
    legs = Legs(skeleton)
    ankles = joints[:, legs.ankles].astype(np.float64)
    contacts = _contacts(ankles, score[:, legs.ankles] >= SEEN, times_s)
    heights = _averaged(_camera_heights(ankles[..., 2], contacts, times_s)[:, None], times_s, _FLOOR_S)
    ankles[..., 2] += heights
    pull = np.zeros_like(ankles)
    for foot in range(2):
        for start, end in _runs(contacts[:, foot]):
            place = np.array([*np.median(ankles[start:end, foot, :2], axis=0), ANKLE_M])
            pull[start:end, foot] = place - ankles[start:end, foot]
    shift = np.concatenate([_averaged(_way(pull, contacts, times_s), times_s, _SETTLE_S), heights], 1)
    for foot in range(2):
        pull[:, foot] = _let_go(pull[:, foot], contacts[:, foot], times_s)
    return legs.stand(joints + shift[:, None], ankles + pull)


def _parts(motion: Motion3D) -> Iterator[slice]:
    """Stretches of frames in which somebody is, without gaps in time."""
    whole = motion.valid & np.isfinite(motion.joints).all((1, 2))
    begins = np.diff(motion.times_s, prepend=-np.inf) > _GAP_S
    for start, end in _runs(whole):
        cuts = [start, *(start + 1 + np.flatnonzero(begins[start + 1 : end])), end]
        yield from (slice(int(a), int(b)) for a, b in pairwise(cuts))


def _contacts(ankles: Floats, in_picture: Bools, times_s: Floats) -> Bools:
    """(T, 2): which feet stand."""
    speeds = speeds_mps(_velocities(ankles, times_s), ankles)
    heights, lower = ankles[..., 2], ankles[..., 2].min(1)
    might: Bools = in_picture & (speeds < LEAVE_MPS) & (heights < lower[:, None] + RAISED_M)
    above_m = heights - _lowest_around(lower, times_s)[:, None]
    contacts = np.zeros(might.shape, bool)
    for foot in range(2):
        might[:, foot] = _closed(might[:, foot], times_s)
        for start, end in _runs(might[:, foot]):
            lasts = times_s[end - 1] - times_s[start] >= _SHORTEST_CONTACT_S
            rests = (speeds[start:end, foot] < STAND_MPS).any() and above_m[start:end, foot].min() < RAISED_M
            contacts[start:end, foot] = lasts and rests
    return contacts


def _closed(mask: Bools, times_s: Floats) -> Bools:
    """A mask (T,) without short holes."""
    closed = mask.copy()
    for (_, start), (end, _) in pairwise(_runs(mask)):
        closed[start:end] = times_s[end] - times_s[start] < _SHORTEST_HOLE_S
    return closed


def _camera_heights(ankle_heights_m: Floats, contacts: Bools, times_s: Floats) -> Floats:
    """How high the camera is over the floor under the person (T,)."""
    stands = contacts.any(1)
    if not stands.any():
        return np.full(len(times_s), ANKLE_M - float(np.quantile(ankle_heights_m.min(1), 0.1)))
    heights = (ankle_heights_m * contacts).sum(1)[stands] / contacts.sum(1)[stands]
    camera: Floats = ANKLE_M - np.interp(times_s, times_s[stands], heights)
    return camera


def _way(pull: Floats, contacts: Bools, times_s: Floats) -> Floats:
    """How far the body goes with its standing feet (T, 2), and between contacts from the one to the other."""
    stands = contacts.any(1)
    if not stands.any():
        return np.zeros((len(times_s), 2))
    mean = (pull[stands, :, :2] * contacts[stands, :, None]).sum(1) / contacts[stands].sum(1)[:, None]
    return np.stack([np.interp(times_s, times_s[stands], mean[:, axis]) for axis in range(2)], 1)


def _let_go(pull: Floats, stands: Bools, times_s: Floats) -> Floats:
    """What pulls a foot (T, 3) to where it stands, let go and taken up gradually."""
    held = np.flatnonzero(stands)
    if not len(held):
        return pull
    frames = np.arange(len(times_s))
    after = np.searchsorted(held, frames, side="right") - 1
    last, following = held[np.maximum(after, 0)], held[np.minimum(after + 1, len(held) - 1)]
    since, until = times_s - times_s[last], times_s[following] - times_s
    fading = np.where(since >= 0, np.maximum(0, 1 - since / _LET_GO_S), 0)[:, None] * pull[last]
    coming = np.where(until >= 0, np.maximum(0, 1 - until / _LET_GO_S), 0)[:, None] * pull[following]
    eased: Floats = np.where(stands[:, None], pull, fading + coming)
    return eased


def _velocities(points: Floats, times_s: Floats) -> Floats:
    """(T, …, 3), over a while about each frame."""
    first = np.searchsorted(times_s, times_s - _SPEED_OVER_S / 2 - 1e-6)
    last = np.searchsorted(times_s, times_s + _SPEED_OVER_S / 2 + 1e-6, side="right") - 1
    first = np.where(first == last, np.maximum(first - 1, 0), first)
    steps_s = np.maximum(times_s[last] - times_s[first], 1e-3)
    velocities: Floats = (points[last] - points[first]) / steps_s[:, None, None]
    return velocities


def _averaged(values: Floats, times_s: Floats, over_s: float) -> Floats:
    """The centred moving average of values (T, n) over a time."""
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, 0)])
    first = np.searchsorted(times_s, times_s - over_s / 2)
    last = np.searchsorted(times_s, times_s + over_s / 2, side="right")
    reach = np.minimum(np.arange(len(values)) - first, last - 1 - np.arange(len(values)))  # as far to both sides
    first, last = np.arange(len(values)) - reach, np.arange(len(values)) + reach + 1
    averaged: Floats = (sums[last] - sums[first]) / (last - first)[:, None]
    return averaged


def _lowest_around(heights_m: Floats, times_s: Floats) -> Floats:
    """The lowest of the heights (T,) up to a while before and after each."""
    step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else _AROUND_S
    reach = max(1, round(_AROUND_S / step_s))
    padded = np.pad(heights_m, reach, mode="edge")
    lowest: Floats = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(1)
    return lowest


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end of each stretch where a mask (T,) is true."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False)).reshape(-1, 2)
    return [(int(start), int(end)) for start, end in edges]
