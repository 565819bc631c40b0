"""Data between the stages: frames, 2D keypoints, detections, 3D joints, estimates.

Times are taken once, where the frame is captured, and passed through all stages:
`t_capture_ns` on the monotonic clock (for differences), `t_unix_ns` on the wall clock
at the same instant (for people and other machines).  The wall clock jumps when somebody sets
it, so no order and no interval is computed from `t_unix_ns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .errors import DetectorError
from .skeleton import Skeleton

Array = NDArray[np.float32]
Image = NDArray[np.uint8]

# How tall a person is that nobody has told about, and what can be told, in metres.
ASSUMED_HEIGHT_M = 1.72
HEIGHTS_M = 0.5, 2.5

AXES = "x right, y away, z up"  # of published and recorded joints, in words

# How a camera's pitch is known.
GIVEN, ESTIMATED, UNKNOWN = "given", "estimated", "unknown"

# Where the origin of joints is: the pelvis, or the point of the room's floor below the camera.
PELVIS, ROOM = "pelvis", "room"
PLACES = PELVIS, ROOM

# Why a published pose is what it is; `valid` holds for the first three.
OK, WARMING_UP, BRIDGED = "ok", "warming_up", "bridged"
NO_PERSON, STALE_CAMERA, RECONNECTING = "no_person", "stale_camera", "reconnecting"
VALID_REASONS = (OK, WARMING_UP, BRIDGED)
NOT_FINITE = "not_finite"  # the pose held NaN or infinity, which is never sent
STAGE_FAILED, STAGE_STALLED = "stage_failed", "stage_stalled"  # on this frame; the status says which
REASONS = (*VALID_REASONS, NO_PERSON, STALE_CAMERA, RECONNECTING, NOT_FINITE, STAGE_FAILED, STAGE_STALLED)


@dataclass(frozen=True, eq=False)
class Frame:
    """One image: (H, W, 3) uint8, BGR.  `index` counts the source's frames from 0,
    those that were dropped included.  `recorded`: it comes from a file at the program's
    own pace, so that its stamps follow the film and lag counts from its being read.  `scaled`:
    it had another size than the source's first one, and was given that.  `full_wh`: the size of the
    picture, where `image` is a smaller copy of it."""

    image: Image
    index: int
    t_capture_ns: int
    t_unix_ns: int
    recorded: bool = False
    scaled: bool = False
    full_wh: tuple[int, int] | None = None

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels, of which keypoints are told."""
        return self.full_wh or (self.image.shape[1], self.image.shape[0])


@dataclass(frozen=True, eq=False)
class Pose2D:
    """Keypoints of one person: `xy` (J, 2) px, x right and y down from the top-left
    corner; `score` (J,) in 0..1.

    `world_m` (J, 3) holds the detector's own 3D guess where it makes one (camera axes,
    metres, origin mid-hip); it is kept for comparison.  `bridged` marks a pose repeated
    over a gap.  `person` says who it is: a tracker's number, 0 before one has looked.
    """

    xy: Array
    score: Array
    size_wh: tuple[int, int]
    skeleton: Skeleton
    index: int
    t_capture_ns: int
    t_unix_ns: int
    world_m: Array | None = None
    bridged: bool = False
    person: int = 0

    @classmethod
    def seen_in(cls, frame: Frame, skeleton: Skeleton, xy: Array, score: Array, world_m: Array | None = None) -> Pose2D:
        """A pose found in a frame, with the frame's size, index and times."""
        return cls(
            xy=xy,
            score=score,
            size_wh=frame.size_wh,
            skeleton=skeleton,
            index=frame.index,
            t_capture_ns=frame.t_capture_ns,
            t_unix_ns=frame.t_unix_ns,
            world_m=world_m,
        )

    def select(self, skeleton: Skeleton) -> Pose2D:
        """The same pose in a skeleton whose joints are all among this one's, by name."""
        if skeleton is self.skeleton:
            return self
        order = self.skeleton.indices(skeleton.joints)
        world = None if self.world_m is None else self.world_m[order]
        return replace(self, xy=self.xy[order], score=self.score[order], skeleton=skeleton, world_m=world)


@dataclass(frozen=True, eq=False)
class DetectedPerson:
    """One person that a detector found in a frame: `box_px` (4,) left, top, right, bottom, and
    with its `score` in 0..1: the detector's confidence that it is a person."""

    keypoints: Pose2D
    box_px: Array
    score: float


@dataclass(frozen=True, eq=False)
class Detection:
    """The people in a frame that are followed, each with its identity in `person`, and how long
    the detector and the tracker took.  `lag_start_ns`, `people`, `light`: see Estimate."""

    frame: Frame
    tracked: Sequence[Pose2D]
    detect_ms: float
    lag_start_ns: int
    people: int | None = None
    light: float | None = None


@dataclass(frozen=True, eq=False)
class Pose3D:
    """Joints of one person: `xyz` (J, 3) m; axes x to the camera's right, y away from the camera,
    z up.  Their origin is the pelvis, or with the `place` ROOM the floor below the camera.  `root_m` (3,) is
    the pelvis in the same axes with the camera at the origin, None where it cannot be told.
    `score` (J,) in 0..1.  `pitch_deg`: how far the camera is taken to look down; the axes are levelled
    by it."""

    xyz: Array
    score: Array
    root_m: Array | None
    skeleton: Skeleton
    index: int
    t_capture_ns: int
    t_unix_ns: int
    reason: str = OK
    pitch_deg: float = 0.0
    place: str = PELVIS

    @property
    def valid(self) -> bool:
        """False where there is no pose to use; `reason` says why."""
        return self.reason in VALID_REASONS

    @property
    def usable(self) -> bool:
        """Whether it is valid and all its joints are finite."""
        return self.valid and bool(np.isfinite(self.xyz).all())


@dataclass(frozen=True, eq=False)
class Estimate:
    """The result for one person in one processed frame; input of the sinks.

    `detect_ms` and `lift_ms` are the time in those stages, `lag_start_ns` the monotonic
    instant from which the whole lag counts; `have` of `want` 2D poses were in the window.
    `keypoints` is None where nobody was seen; `frame` is None where there is no frame because
    the camera has stopped.  `people` is how many people are in the picture, and `light` how
    bright it is where the person is (0..255); None in frames in which nobody looked for that.
    `height_m` is how tall the person was told to be, None if nobody said.
    """

    pose: Pose3D
    keypoints: Pose2D | None
    have: int
    want: int
    detect_ms: float
    lift_ms: float
    lag_start_ns: int
    frame: Frame | None = None
    people: int | None = None
    light: float | None = None
    height_m: float | None = None

    @property
    def person(self) -> int | None:
        """Who it is of, None for nobody."""
        return self.keypoints.person if self.keypoints else None


@dataclass(frozen=True, eq=False)
class FrameNotes:
    """What was seen in each of T frames, to judge the poses by.

    | field | shape, type | meaning |
    |---|---|---|
    | `reason` | T strings | why a pose is what it is (REASONS) |
    | `people` | (T,) int16 | people in the picture; -1 where nobody looked |
    | `height_px` | (T,) float32 | longer side of the box around the person's keypoints; NaN without |
    | `at_edge` | (T,) int16 | how many of the 17 COCO keypoints lie at the picture's edge or outside; -1 without |
    """

    reason: tuple[str, ...]
    people: NDArray[np.int16]
    height_px: Array
    at_edge: NDArray[np.int16]


@dataclass(frozen=True)
class CameraPitch:
    """How far a camera looks down, degrees (negative: up), and how that is known: GIVEN, ESTIMATED from
    people who stand and walk, or UNKNOWN, where 0 is taken."""

    deg: float
    how: str

    def fields(self) -> dict[str, float | str]:
        """As files have it."""
        return {"camera_pitch_deg": round(self.deg, 2), "camera_pitch_how": self.how}

    def __str__(self) -> str:
        whole = round(self.deg)
        if self.how == UNKNOWN:
            return "tilt unknown"
        return f"{abs(whole)}° {'down' if whole > 0 else 'up'} ({self.how})" if whole else f"level ({self.how})"


@dataclass(frozen=True)
class Finding:
    """Something that makes poses less trustworthy: its name, one sentence for people, in what `share` of
    the frames it was seen (0..1), and its `figures` by name."""

    name: str
    text: str
    share: float
    figures: Mapping[str, float]


def absent(
    reason: str,
    skeleton: Skeleton,
    index: int,
    t_capture_ns: int,
    t_unix_ns: int,
    pitch_deg: float = 0.0,
    place: str = PELVIS,
) -> Pose3D:
    """A pose without joints, for an instant without a person, with the reason."""
    nothing = np.empty((0, 3), np.float32)
    return Pose3D(
        xyz=nothing,
        score=nothing[:, 0],
        root_m=None,
        skeleton=skeleton,
        index=index,
        t_capture_ns=t_capture_ns,
        t_unix_ns=t_unix_ns,
        reason=reason,
        pitch_deg=pitch_deg,
        place=place,
    )


def bgr_image(image: NDArray[np.generic]) -> Image:
    """Check an image where it enters: (H, W, 3) uint8, not empty, contiguous.

    Grey (H, W) or (H, W, 1) is repeated over three channels; of four the alpha is cut.
    Raises DetectorError naming the shape or type that was met.
    """
    if not isinstance(image, np.ndarray):
        raise DetectorError(f"an image must be an array, this one is {type(image).__name__}")
    if image.dtype != np.uint8:
        raise DetectorError(f"an image must be uint8, this one is {image.dtype}; convert it to 0..255 first")
    if image.ndim == 2:
        image = image[:, :, None]
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4) or 0 in image.shape:
        raise DetectorError(f"an image must be (height, width, 3) and not empty, this one is {image.shape}")
    if image.shape[2] == 1:
        image = np.repeat(image, 3, axis=2)
    return np.ascontiguousarray(image[:, :, :3])
