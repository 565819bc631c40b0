"""The times of a motion in files: on an even grid, for formats that have a rate only, and as text."""

from __future__ import annotations

import numpy as np

from ..errors import NotRepresentable
from ..motion import Floats, Motion3D
from ..runtime.text import counted

MAX_GAP_S = 0.25  # joints are interpolated over gaps between frames up to this long
_MAX_FRAMES = 1_000_000  # nine hours at 30 fps
_ALIGNED = 1e-6  # of a step: a frame so close to its place in the grid is taken as it is


def even_frames(motion: Motion3D) -> int:
    """Number of frames of `evenly_spaced`: those that fit between the first and the last one."""
    return round(float(motion.times_s[-1] - motion.times_s[0]) * motion.fps) + 1


def evenly_spaced(motion: Motion3D) -> Floats:
    """Joints (N, J, 3) as they stood (`Motion3D.placed`), N = `even_frames`: frame k is at
    `times_s[0] + k / fps`.

    A joint is interpolated linearly between the two frames around that time; where one of them
    lacks it, or they are more than MAX_GAP_S (and 1.5 steps) apart, it is that of the nearest
    frame, or NaN where that lacks it or is more than half a step away.  Raises NotRepresentable
    for a recording with holes that would take millions of frames.
    """
    times, points, count = motion.times_s, motion.placed, even_frames(motion)
    if count > max(_MAX_FRAMES, 2 * len(motion)):
        raise NotRepresentable(
            f"{counted(len(motion), 'frame')} in {times[-1] - times[0]:.0f} s would be {count} frames at "
            f"{motion.fps:g} a second: lift parts of it (--start, --end), or write a format with times (trc, npz)"
        )
    at_s = times[0] + np.arange(count) / motion.fps
    after = np.clip(np.searchsorted(times, at_s), 1, max(1, len(motion) - 1))
    before, after = after - 1, np.minimum(after, len(motion) - 1)
    gap_s = times[after] - times[before]
    share = np.clip((at_s - times[before]) / np.where(gap_s > 0, gap_s, 1), 0, 1)
    share[np.abs(at_s - times[before]) * motion.fps < _ALIGNED] = 0
    share[np.abs(at_s - times[after]) * motion.fps < _ALIGNED] = 1
    nearest = np.where(share < 0.5, before, after)
    near = np.abs(at_s - times[nearest]) * motion.fps <= 0.5 + _ALIGNED
    even: Floats = np.where(near[:, None, None], points[nearest], np.nan)
    between = (share > 0) & (share < 1) & (gap_s <= max(MAX_GAP_S, 1.5 / motion.fps) + 1e-9)
    start, end = points[before[between]], points[after[between]]
    mixed = start + share[between, None, None] * (end - start)
    even[between] = np.where(np.isfinite(mixed), mixed, even[between])
    return even


def time_texts(times_s: Floats) -> list[str]:
    """Seconds as text that rises as strictly as `times_s` (T,): six decimals, or the shortest
    exact ones where six would make two times equal."""
    texts = [f"{time:.6f}" for time in times_s]
    if (np.diff(np.array(texts, np.float64)) > 0).all():
        return texts
    return [np.format_float_positional(time, trim="0") for time in times_s]
