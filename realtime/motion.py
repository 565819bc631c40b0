"""The 3D motion of one person: what files of joints contain.

Joints are in the published axes (x to the camera's right, y away from the camera, z up),
the pelvis at the origin.  Files that are meant for other programs hold the person where
it stood (`Motion3D.placed`), some of them with y up (`to_y_up`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import FormatError
from .pose import HEIGHTS_M, PELVIS, Array, CameraPitch, Finding, FrameNotes
from .skeleton import H36M17, Skeleton

ASSUMED_FPS = 30.0  # where a file tells neither a rate nor two times
FPS_LIMITS = 0.1, 1000.0
_HOLE_STEPS = 3  # a step this much longer than the median one is a hole
_RECURRING, _SHORTER = 0.1, 0.6  # a step recurs if one in ten is like it; shorter: below this share of the former
_NEARLY_ALL, _OFF_GRID, _LEFT_OUT = 0.9, 0.25, 8  # see `rate_of`; at most so many steps in one
_FAR_M = 1e6  # nobody is seen there

Floats = NDArray[np.float64]

# Rotations that bring an axis to z.
_TO_Z_UP = {
    "x": np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]),
    "y": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "z": np.eye(3),
    "-x": np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]]),
    "-y": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "-z": np.array([[1.0, 0, 0], [0, -1, 0], [0, 0, -1]]),
}


@dataclass(frozen=True, eq=False)
class Motion3D:
    """T frames of J joints.

    | field | shape, type | meaning |
    |---|---|---|
    | `joints` | (T, J, 3) float32 | m, the skeleton's root at the origin; NaN where not known |
    | `times_s` | (T,) float64 | seconds, strictly rising; the origin is arbitrary |
    | `score` | (T, J) float32 | 0..1; 0 where not known |
    | `root_m` | (T, 3) float32 | the root with the camera at the origin, m; or NaN; see `place` |
    | `valid` | (T,) bool | False where nobody was seen; such frames are NaN |

    `fps` is the nominal rate, or that of the times (`rate_of`).  `source` and `model` name its
    origin.  `time_0_unix_s`: the time 0 in seconds since 1970, on the clock of the live recording
    whose video was lifted; None for another source.  `height_m`: how tall the person was told to be; None if
    nobody said.  `notes` tells what was seen in each frame, `findings` what makes the poses less trustworthy,
    and `camera_pitch` by how much the axes are levelled, where the motion was lifted by this program and not
    read from a file.  With the `place` ROOM the origin of `root_m` is not the camera but the point of the floor below
    it.  Raises FormatError in the constructor where an array does not match.
    """

    joints: Array
    times_s: Floats
    score: Array
    root_m: Array
    valid: NDArray[np.bool_]
    skeleton: Skeleton
    fps: float
    source: str = ""
    model: str = ""
    time_0_unix_s: float | None = None
    height_m: float | None = None
    notes: FrameNotes | None = None
    findings: tuple[Finding, ...] = ()
    camera_pitch: CameraPitch | None = None
    place: str = PELVIS

    def __post_init__(self) -> None:
        frames = len(self.joints)
        if not frames:
            raise FormatError("a motion has at least one frame")
        shape = (frames, len(self.skeleton))
        for name, wanted, kind in (
            ("joints", (*shape, 3), np.float32),
            ("times_s", (frames,), np.float64),
            ("score", shape, np.float32),
            ("root_m", (frames, 3), np.float32),
            ("valid", (frames,), np.bool_),
        ):
            array = getattr(self, name)
            if array.shape != wanted or array.dtype != kind:
                raise FormatError(f"{name} is {array.dtype} {array.shape}, wanted {np.dtype(kind)} {wanted}")
        _check_values(self)

    def __len__(self) -> int:
        return len(self.joints)

    @property
    def known(self) -> NDArray[np.bool_]:
        """(T, J): which joints are known."""
        known: NDArray[np.bool_] = np.isfinite(self.joints[..., 0])
        return known

    @property
    def placed(self) -> Floats:
        """Joints (T, J, 3) m where the person stood, the origin as for `root_m`.

        Where the pelvis' place is not known it is taken between those that are; where it
        is never known the pelvis stays at the origin.
        """
        known = np.flatnonzero(np.isfinite(self.root_m).all(1))
        root = np.zeros((len(self), 3))
        if len(known):
            for axis in range(3):
                root[:, axis] = np.interp(self.times_s, self.times_s[known], self.root_m[known, axis])
        return self.joints + root[:, None]


def motion(
    joints: ArrayLike,
    fps: float,
    *,
    times_s: ArrayLike | None = None,
    score: ArrayLike | None = None,
    root_m: ArrayLike | None = None,
    skeleton: Skeleton = H36M17,
    source: str = "",
    model: str = "",
    time_0_unix_s: float | None = None,
    height_m: float | None = None,
    notes: FrameNotes | None = None,
    findings: tuple[Finding, ...] = (),
    camera_pitch: CameraPitch | None = None,
    place: str = PELVIS,
) -> Motion3D:
    """A motion from what there is: times by the rate, score 1 where a joint is known.

    A joint with a number that is not finite, or no place on earth, is not known; a frame
    without a joint is not valid.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large is unknown, or refused
        xyz = np.array(joints, np.float32, ndmin=3)
        unknown = ~(np.abs(xyz) < _FAR_M).all(-1)
        xyz[unknown] = np.nan
        given = (np.where(unknown, 0, 1) if score is None else np.array(score)).astype(np.float32)
        root = np.full((len(xyz), 3), np.nan) if root_m is None else np.where(np.abs(root_m) < _FAR_M, root_m, np.nan)
    return Motion3D(
        joints=xyz,
        times_s=np.arange(len(xyz)) / fps if times_s is None else np.array(times_s, np.float64),
        score=given,
        root_m=root.astype(np.float32),
        valid=np.logical_not(unknown.all(-1)),
        skeleton=skeleton,
        fps=float(fps),
        source=source,
        model=model,
        time_0_unix_s=time_0_unix_s,
        height_m=height_m,
        notes=notes,
        findings=findings,
        camera_pitch=camera_pitch,
        place=place,
    )


def told_height(value: object) -> float | None:
    """The `height_m` of a file: a number, None for null, for nan, and where there is none.  Raises FormatError."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if type(value) not in (int, float):
        raise FormatError(f"height_m is a number of metres or null, not {value!r:.40}")
    return float(value)  # type: ignore[arg-type]  # it is a number


def about_pelvis(points: Floats, skeleton: Skeleton) -> tuple[Floats, Floats]:
    """Joints (T, J, 3) as they stood → joints about the pelvis, and the pelvis' path (T, 3).
    A pelvis that never leaves the origin had no place: its path is NaN."""
    pelvis = points[:, skeleton.parents.index(-1)]
    with np.errstate(over="ignore", invalid="ignore"):  # where nobody can be
        joints: Floats = points - pelvis[:, None]
    return joints, pelvis if np.nan_to_num(pelvis).any() else np.full_like(pelvis, np.nan)


def to_y_up(points: NDArray[np.floating[Any]]) -> Floats:
    """Points (..., 3) with z up → the same with y up; x stays, and who faces the camera
    faces along z."""
    turned: Floats = points.astype(np.float64) @ _TO_Z_UP["y"]
    return turned


def to_z_up(points: NDArray[np.floating[Any]], up: str) -> Floats:
    """Points (..., 3) whose axis `up` ("y", "-z", …) points upwards → the same with z up.
    FormatError if there is no such axis."""
    if up not in _TO_Z_UP:
        raise FormatError(f"the axis that points up is one of {', '.join(_TO_Z_UP)}, not {up!r:.40}")
    with np.errstate(over="ignore", invalid="ignore"):  # where nobody can be
        turned: Floats = points.astype(np.float64) @ _TO_Z_UP[up].T
    return turned


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Puts the file's name before a FormatError of the block."""
    try:
        yield
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error


def rate_of(times_s: Floats) -> float:
    """Frames a second of rising times (T,); ASSUMED_FPS for a single frame.

    Where nine of ten steps are multiples of a common step (within a quarter of it), some frames
    may have been left out, and the rate is that of the common step: 30 for 30 fps of which every
    third frame is missing, the mean rate for jittered or rounded times.  Otherwise it is the
    mean rate, without holes (24 and 30 fps in turn: 26.7).
    """
    with np.errstate(over="ignore"):
        steps = np.diff(times_s[np.isfinite(times_s)])
    steps = steps[np.isfinite(steps)]
    steps = steps[steps >= 1 / (2 * FPS_LIMITS[1])]  # shorter: two frames of one time
    if not len(steps):
        return ASSUMED_FPS
    usual = steps[steps <= _HOLE_STEPS * np.median(steps)]
    common = next(filter(None, map(partial(_common_step, steps), _recurring_steps(steps))), usual.mean())
    return float(np.clip(1 / common, *FPS_LIMITS))


def _recurring_steps(steps: Floats) -> list[float]:
    """The median step, and shorter ones that recur; the shortest first."""
    found: list[float] = []
    shorter = steps
    while len(shorter) and len(shorter) >= _RECURRING * len(steps):
        found.insert(0, float(np.quantile(shorter, 0.5, method="lower")))
        shorter = steps[steps < _SHORTER * found[0]]
    return found


def _common_step(steps: Floats, step: float) -> float | None:
    """The step near `step` of which nearly all are multiples, None if they are not."""
    for _ in range(3):  # each time closer
        counts = np.round(steps / step)
        fits = (counts >= 1) & (counts <= _LEFT_OUT) & (np.abs(steps / step - counts) < _OFF_GRID)
        if fits.mean() < _NEARLY_ALL:
            return None
        step = float(steps[fits].sum() / counts[fits].sum())
    return step


def _check_values(motion: Motion3D) -> None:
    known = np.isfinite(motion.joints)
    low, high = FPS_LIMITS
    for right, what in (
        ((known.all(-1) == known.any(-1)).all(), "each joint has three finite numbers, or none"),
        ((known.any((1, 2)) == motion.valid).all(), "frames are NaN where valid is False, and only there"),
        (np.isfinite(motion.times_s).all() and (np.diff(motion.times_s) > 0).all(), "times_s are finite and rise"),
        (((motion.score >= 0) & (motion.score <= 1)).all(), "score lies in 0..1"),
        (
            motion.height_m is None or HEIGHTS_M[0] <= motion.height_m <= HEIGHTS_M[1],
            f"height_m lies in {HEIGHTS_M[0]:g}..{HEIGHTS_M[1]:g}, not {motion.height_m}",
        ),
        (low <= motion.fps <= high, f"fps lies in {low:g}..{high:g}, not {motion.fps:g}"),
    ):
        if not right:
            raise FormatError(f"not a motion: {what}")
