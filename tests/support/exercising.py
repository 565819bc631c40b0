"""People who squat, lunge, stand up, lift, press and push themselves up by formula, whose answers are known exactly.

A repetition goes from the start pose to the pose where it turns and back, each way along a curve of least jerk, so that
nothing moves at both ends; between the two poses the segments' angles change evenly.  Feet stand still, of a push-up
hands too.  Axes of the body: x forward, y left, z up; lying on the back the head is at -x, in a push-up at +x.

    squats = Exerciser("squat", (Rep(depth_m=-0.06),) * 5)
    motion = squats.motion(fps=30, facing_deg=60, pitch_deg=5, noise_m=0.01)
    squats.spans()[2].bottom_s, squats.turn(2)["left_knee"], squats.turn_answers(2).knee_flexion_deg["left"]
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from realtime.motion import Motion3D, motion
from realtime.skeleton import H36M17, Skeleton

EXERCISES = "squat", "lunge", "side-lunge", "sit-to-stand", "deadlift", "bench-press", "push-up"
SIDES = "left", "right"
THIGH_M, SHANK_M, TRUNK_M, UPPER_ARM_M, FOREARM_M = 0.42, 0.42, 0.50, 0.28, 0.26
HIP_ASIDE_M, SHOULDER_ASIDE_M, ANKLE_HEIGHT_M = 0.09, 0.18, 0.08
_HEEL_M, _TOE_M = -0.05, 0.15  # ahead of the ankle
_GRIP_ASIDE_M, _BENCH_M = 0.10, 0.5  # of a hand outside its shoulder; height of the bench
_LOCKED_ELBOW_DEG = 6.0
_SIGN = {"left": 1.0, "right": -1.0}
# Of the start pose: shank and trunk against the vertical, thigh against the horizontal, degrees.
_START = {"lunge": (-15.0, 0.0, 55.0), "side-lunge": (0.0, 3.0, 72.0)}
_STANDING = 4.0, 3.0, 86.0
_STANCE_M = {"lunge": 0.16, "side-lunge": 0.76}

Points = dict[str, np.ndarray]


@dataclass(frozen=True)
class Rep:
    """A repetition; what is said of the turn holds for a `share` of 1.

    | field | meaning |
    |---|---|
    | `down_s`, `pause_s`, `up_s` | tempo |
    | `rest_s` | before it, in the start pose |
    | `share` | of the way from the start pose to the turn that is gone |
    | `depth_m` | of the legs' exercises: hip centre less knee centre at the turn, of the working leg; positive is above
      the knee.  Bench press: how far the wrists come down.  Push-up: the shoulders |
    | `shank_deg`, `lean_deg` | shank and trunk against the vertical at the turn, forwards |
    | `knee_ratio` | distance of the knees as a share of the ankles' at the turn (squat, sit to stand, deadlift) |
    | `shift_m` | of the hips' middle to the left of the ankles' middle at the turn (squat, sit to stand, deadlift) |
    | `sinks`, `sinks_s` | half-way up, that share of the way down again, and in how long; 0: it does not |
    | `side` | the leg that works in a lunge or side lunge |
    """

    down_s: float = 1.2
    pause_s: float = 0.2
    up_s: float = 1.0
    rest_s: float = 1.0
    share: float = 1.0
    depth_m: float = 0.0
    shank_deg: float = 28.0
    lean_deg: float = 40.0
    knee_ratio: float = 1.2
    shift_m: float = 0.0
    sinks: float = 0.0
    sinks_s: float = 0.4
    side: str = "left"


# A usual repetition of each exercise.
USUAL = {
    "squat": Rep(depth_m=-0.06, shank_deg=32.0),
    "lunge": Rep(depth_m=0.06, shank_deg=5.0, lean_deg=5.0),
    "side-lunge": Rep(depth_m=0.08, shank_deg=25.0, lean_deg=30.0),
    "sit-to-stand": Rep(depth_m=0.02, shank_deg=12.0, lean_deg=15.0, knee_ratio=1.0),
    "deadlift": Rep(depth_m=0.20, shank_deg=12.0, lean_deg=65.0, knee_ratio=1.0),
    "bench-press": Rep(depth_m=0.34),
    "push-up": Rep(depth_m=0.30),
}


@dataclass(frozen=True)
class Span:
    """When a repetition starts, first reaches its turn, leaves it, and ends."""

    start_s: float
    bottom_s: float
    leaves_s: float
    end_s: float


@dataclass(frozen=True)
class Answers:
    """What a repetition is at its turn, by the cosine theorem from the points.  `depth_m` and `thigh_deg` are those of
    the working leg, of both legs' mean where both work."""

    depth_m: float
    thigh_deg: float
    knee_flexion_deg: dict[str, float]
    hip_flexion_deg: dict[str, float]
    elbow_flexion_deg: dict[str, float]
    trunk_lean_deg: float
    knee_ratio: float
    shift_m: float


@dataclass(frozen=True)
class Exerciser:
    """Somebody who does `reps` of an exercise of EXERCISES and then stands for `after_s`.  `stance_m` between the
    ankles.  With `from_floor` it begins where the first repetition turns, as a deadlift does."""

    exercise: str
    reps: tuple[Rep, ...]
    after_s: float = 1.5
    from_floor: bool = False
    stance_m: float = 0.40

    def spans(self) -> tuple[Span, ...]:
        """The times of every repetition."""
        found, t = [], 0.0
        for i, rep in enumerate(self.reps):
            start = t + rep.rest_s
            bottom = start if self.from_floor and i == 0 else start + rep.down_s
            leaves = bottom + rep.pause_s
            t = leaves + rep.up_s + (rep.sinks_s if rep.sinks else 0)
            found.append(Span(start, bottom, leaves, t))
        return tuple(found)

    @property
    def seconds(self) -> float:
        """Of all of it."""
        return self.spans()[-1].end_s + self.after_s

    def motion(
        self,
        fps: float = 30.0,
        *,
        facing_deg: float = 0.0,
        pitch_deg: float = 0.0,
        distance_m: float = 3.0,
        noise_m: float = 0.0,
        seed: int = 0,
        skeleton: Skeleton = H36M17,
        **more: object,
    ) -> Motion3D:
        """Before a camera at a height of 1 m that looks down by `pitch_deg`, by which the axes are not levelled.
        `facing_deg`: 0 is towards the camera, 90 to the right of the picture.  `noise_m`: standard deviation of every
        coordinate."""
        points = self.points(np.arange(int(self.seconds * fps) + 1) / fps)
        joints = np.stack([points[name] for name in skeleton.joints], 1) @ _facing(facing_deg).T
        joints = (joints + (0, distance_m, -1.0)) @ _looking_down(pitch_deg).T
        if noise_m:
            joints = joints + np.random.default_rng(seed).normal(0, noise_m, joints.shape)
        root = joints[:, skeleton.root]
        return motion(joints - root[:, None], fps, root_m=root, skeleton=skeleton, **more)  # type: ignore[arg-type]

    def points(self, times_s: np.ndarray) -> Points:
        """Every point (T, 3), in the axes of the body, z from the floor."""
        at = np.minimum(np.searchsorted([span.end_s for span in self.spans()], times_s), len(self.reps) - 1)
        chosen = {
            field.name: np.array([getattr(rep, field.name) for rep in self.reps])[at]
            for field in fields(Rep)
            if field.name != "side"
        }
        left_works = np.array([rep.side == "left" for rep in self.reps])[at]
        return _POSES[self.exercise](self, self.way(times_s), chosen, left_works)

    def way(self, times_s: np.ndarray) -> np.ndarray:
        """How far along from the start pose (0) to the turn (1) at these times."""
        knots = [(-1.0, 1.0 if self.from_floor else 0.0)]
        for i, (rep, span) in enumerate(zip(self.reps, self.spans(), strict=True)):
            if not (self.from_floor and i == 0):
                knots.append((span.start_s, 0.0))
            knots += [(span.bottom_s, rep.share), (span.leaves_s, rep.share)]
            if rep.sinks:
                half_s, half = span.leaves_s + rep.up_s / 2, rep.share / 2
                knots += [(half_s, half), (half_s + rep.sinks_s, half + rep.sinks)]
            knots.append((span.end_s, 0.0))
        at_s, way = np.array(knots).T
        piece = np.clip(np.searchsorted(at_s, times_s, side="right") - 1, 0, len(at_s) - 2)
        u = np.clip((times_s - at_s[piece]) / np.maximum(at_s[piece + 1] - at_s[piece], 1e-9), 0, 1)
        return way[piece] + (way[piece + 1] - way[piece]) * u**3 * (10 - 15 * u + 6 * u**2)

    def turn(self, i: int) -> Points:
        """Every point (3,) where repetition `i` turns."""
        return {name: path[0] for name, path in self.points(np.array([self.spans()[i].bottom_s])).items()}

    def turn_answers(self, i: int) -> Answers:
        """What repetition `i` is at its turn."""
        at, rep = self.turn(i), self.reps[i]
        works = (rep.side,) if self.exercise in _STANCE_M else SIDES
        depth_m = float(np.mean([at[f"{side}_hip"][2] - at[f"{side}_knee"][2] for side in works]))
        middle = {part: (at[f"left_{part}"] + at[f"right_{part}"]) / 2 for part in ("hip", "shoulder", "ankle")}
        trunk = middle["shoulder"] - middle["hip"]
        apart = {part: at[f"left_{part}"] - at[f"right_{part}"] for part in ("knee", "ankle")}
        return Answers(
            depth_m=depth_m,
            thigh_deg=float(np.degrees(np.arcsin(depth_m / THIGH_M))),
            knee_flexion_deg={side: _bent(at, side, "hip", "knee", "ankle") for side in SIDES},
            hip_flexion_deg={side: _bent(at, side, "shoulder", "hip", "knee") for side in SIDES},
            elbow_flexion_deg={side: _bent(at, side, "shoulder", "elbow", "wrist") for side in SIDES},
            trunk_lean_deg=float(np.degrees(np.arccos(trunk[2] / np.linalg.norm(trunk)))),
            knee_ratio=float(np.linalg.norm(apart["knee"][:2]) / np.linalg.norm(apart["ankle"][:2])),
            shift_m=float(middle["hip"][1] - middle["ankle"][1]),
        )

    def mean_velocity_m_s(self, i: int, point: str = "left_hip") -> float:
        """How fast a point rises on average from where repetition `i` leaves its turn to its end."""
        span = self.spans()[i]
        heights = self.points(np.array([span.leaves_s, span.end_s]))[point][:, 2]
        return float((heights[1] - heights[0]) / (span.end_s - span.leaves_s))


def _both_legs(exerciser: Exerciser, way: np.ndarray, rep: Points, _left_works: np.ndarray) -> Points:
    """Squat, sit to stand, deadlift."""
    at = {}
    for side, sign in _SIGN.items():
        ankle_aside = np.full_like(way, sign * exerciser.stance_m / 2)
        at |= _leg(
            side,
            ankle=_point(0 * way, ankle_aside, ANKLE_HEIGHT_M + 0 * way),
            knee_aside=ankle_aside * (1 + way * (rep["knee_ratio"] - 1)),
            hip_aside=way * rep["shift_m"] + sign * HIP_ASIDE_M,
            start=_STANDING,
            way=way,
            rep=rep,
        )
    bows = 30 * np.sin(np.pi * way) if exerciser.exercise == "sit-to-stand" else 0
    at |= _trunk(at, _mix(_STANDING[1], rep["lean_deg"], way) + bows)
    return at | (_hands_at_shoulders(at) if exerciser.exercise == "squat" else _hanging_arms(at))


def _one_leg(exerciser: Exerciser, way: np.ndarray, rep: Points, left_works: np.ndarray) -> Points:
    """Lunge and side lunge: one leg works, the other foot stays where it is."""
    left, right = (_one_leg_of(exerciser, way, rep, side) for side in SIDES)
    return {name: np.where(left_works[:, None], left[name], right[name]) for name in left}


def _one_leg_of(exerciser: Exerciser, way: np.ndarray, rep: Points, side: str) -> Points:
    aside = exerciser.exercise == "side-lunge"
    start, sign = _START[exerciser.exercise], _SIGN[side]
    other = SIDES[side == "left"]
    half = sign * _STANCE_M[exerciser.exercise] / 2
    ankle_x, back_x, back_z = (0.0, 0.0, ANKLE_HEIGHT_M) if aside else (0.35, -0.40, 0.15)
    at = _leg(
        side,
        ankle=_point(ankle_x + 0 * way, half + 0 * way, ANKLE_HEIGHT_M + 0 * way),
        knee_aside=half * (0.6 + 0.4 * way) if aside else half + 0 * way,
        hip_aside=sign * (HIP_ASIDE_M + (0.22 * way if aside else 0)),
        start=start,
        way=way,
        rep=rep,
    )
    hip = at[f"{side}_hip"] - (0, 2 * sign * HIP_ASIDE_M, 0)
    ankle = _point(back_x + 0 * way, -half + 0 * way, back_z + 0 * way)
    at |= {f"{other}_hip": hip, f"{other}_ankle": ankle, **_foot(other, ankle)}
    at[f"{other}_knee"] = _hinge(hip, ankle, (1.0, 0, 0), THIGH_M, SHANK_M)
    at |= _trunk(at, _mix(start[1], rep["lean_deg"], way))
    return at | _hanging_arms(at)


def _lying(_exerciser: Exerciser, way: np.ndarray, rep: Points, _left_works: np.ndarray) -> Points:
    """Bench press."""
    at = {}
    for side, sign in _SIGN.items():
        hip = np.broadcast_to((0, sign * HIP_ASIDE_M, _BENCH_M), (len(way), 3))
        ankle = np.broadcast_to((0.40, sign * 0.2, ANKLE_HEIGHT_M), (len(way), 3))
        at |= {f"{side}_hip": hip, f"{side}_ankle": ankle, **_foot(side, ankle)}
        at[f"{side}_knee"] = _hinge(hip, ankle, (0.5, 0, 1.0), THIGH_M, SHANK_M)
    at |= _trunk(at, np.full_like(way, -90.0))
    for side, sign in _SIGN.items():
        above = np.sqrt(_locked_arm_m() ** 2 - _GRIP_ASIDE_M**2) - way * rep["depth_m"]
        wrist = at[f"{side}_shoulder"] + _point(0 * way, sign * _GRIP_ASIDE_M + 0 * way, above)
        at |= _arm(at, side, wrist, (0.3, sign, -0.3))
    return at


def _on_hands(_exerciser: Exerciser, way: np.ndarray, rep: Points, _left_works: np.ndarray) -> Points:
    """Push-up: the body is straight from the ankles, about which it turns, to the shoulders."""
    height = np.sqrt(_locked_arm_m() ** 2 - _GRIP_ASIDE_M**2)
    length = SHANK_M + THIGH_M + TRUNK_M
    rise = np.arcsin((height - way * rep["depth_m"] - ANKLE_HEIGHT_M) / length)
    along = _point(np.cos(rise), 0 * rise, np.sin(rise))
    at = {}
    for side, sign in _SIGN.items():
        ankle = np.broadcast_to((0, sign * HIP_ASIDE_M, ANKLE_HEIGHT_M), (len(way), 3))
        at |= {f"{side}_ankle": ankle, **_foot(side, ankle, (0.0, 0.0, -1.0))}
        at |= {f"{side}_knee": ankle + SHANK_M * along, f"{side}_hip": ankle + (SHANK_M + THIGH_M) * along}
    at |= _trunk(at, 90 - np.degrees(rise))
    start_x = length * np.cos(np.arcsin((height - ANKLE_HEIGHT_M) / length))
    for side, sign in _SIGN.items():
        wrist = np.broadcast_to((start_x, sign * (SHOULDER_ASIDE_M + _GRIP_ASIDE_M), 0.0), (len(way), 3))
        at |= _arm(at, side, wrist, (-0.5, sign, 0.3))
    return at


_POSES = {
    "squat": _both_legs,
    "sit-to-stand": _both_legs,
    "deadlift": _both_legs,
    "lunge": _one_leg,
    "side-lunge": _one_leg,
    "bench-press": _lying,
    "push-up": _on_hands,
}


def _leg(
    side: str,
    *,
    ankle: np.ndarray,
    knee_aside: np.ndarray,
    hip_aside: np.ndarray,
    start: tuple[float, float, float],
    way: np.ndarray,
    rep: Points,
) -> Points:
    """From the ankle up; at the turn the hip is `depth_m` over the knee."""
    shank_aside, thigh_aside = knee_aside - ankle[:, 1], hip_aside - knee_aside
    shank, thigh = np.sqrt(SHANK_M**2 - shank_aside**2), np.sqrt(THIGH_M**2 - thigh_aside**2)
    turn_deg = np.degrees(np.arcsin(np.clip(rep["depth_m"] / thigh, -1, 1)))
    forward, rise = np.radians(_mix(start[0], rep["shank_deg"], way)), np.radians(_mix(start[2], turn_deg, way))
    knee = ankle + _point(shank * np.sin(forward), shank_aside, shank * np.cos(forward))
    hip = knee + _point(-thigh * np.cos(rise), thigh_aside, thigh * np.sin(rise))
    return {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle, **_foot(side, ankle)}


def _foot(side: str, ankle: np.ndarray, ahead: tuple[float, float, float] = (1.0, 0.0, 0.0)) -> Points:
    down = np.array((0, 0, -ANKLE_HEIGHT_M)) if ahead[0] else np.zeros(3)
    return {
        f"{side}_{part}": ankle + along * np.array(ahead) + down for part, along in (("heel", _HEEL_M), ("toe", _TOE_M))
    }


def _trunk(at: Points, lean_deg: np.ndarray) -> Points:
    """Trunk and head over the hips, the line of both hips kept."""
    hips, lean = (at["left_hip"] + at["right_hip"]) / 2, np.radians(lean_deg)
    up, ahead = (
        _point(np.sin(lean), 0 * lean, np.cos(lean)),
        _point(np.cos(lean), 0 * lean, -np.sin(lean)),
    )
    found = {"pelvis": hips, "spine": hips + TRUNK_M / 2 * up, "neck": hips + (TRUNK_M + 0.05) * up}
    found |= {"nose": hips + (TRUNK_M + 0.18) * up + 0.12 * ahead, "head_top": hips + (TRUNK_M + 0.30) * up}
    for side, sign in _SIGN.items():
        found[f"{side}_shoulder"] = hips + TRUNK_M * up + (0, sign * SHOULDER_ASIDE_M, 0)
        found[f"{side}_eye"] = hips + (TRUNK_M + 0.21) * up + 0.10 * ahead + (0, sign * 0.03, 0)
        found[f"{side}_ear"] = hips + (TRUNK_M + 0.19) * up + (0, sign * 0.07, 0)
    return found


def _hanging_arms(at: Points) -> Points:
    found = {}
    for side in SIDES:
        found |= _arm(at, side, at[f"{side}_shoulder"] - (0, 0, _locked_arm_m()), (-1.0, 0, 0))
    return found


def _hands_at_shoulders(at: Points) -> Points:
    """As they hold a bar on the back."""
    found = {}
    for side, sign in _SIGN.items():
        found |= _arm(at, side, at[f"{side}_shoulder"] + (0.05, sign * 0.15, 0.02), (-0.2, sign * 0.2, -1.0))
    return found


def _arm(at: Points, side: str, wrist: np.ndarray, pole: tuple[float, float, float]) -> Points:
    return {
        f"{side}_wrist": wrist,
        f"{side}_elbow": _hinge(at[f"{side}_shoulder"], wrist, pole, UPPER_ARM_M, FOREARM_M),
    }


def _locked_arm_m() -> float:
    """From shoulder to wrist."""
    inside = np.radians(180 - _LOCKED_ELBOW_DEG)
    return float(np.sqrt(UPPER_ARM_M**2 + FOREARM_M**2 - 2 * UPPER_ARM_M * FOREARM_M * np.cos(inside)))


def _hinge(start: np.ndarray, end: np.ndarray, pole: tuple[float, float, float], first_m: float, second_m: float):
    """The joint (T, 3) between two bones from `start` to `end`, towards `pole`."""
    way = end - start
    length = np.linalg.norm(way, axis=1, keepdims=True)
    assert (length <= first_m + second_m).all(), "the limb is too short"
    along = way / length
    across = np.array(pole) - (along @ np.array(pole))[:, None] * along
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    before = (length**2 + first_m**2 - second_m**2) / (2 * length)
    return start + before * along + np.sqrt(first_m**2 - before**2) * across


def _bent(at: Points, side: str, *parts: str) -> float:
    """180° less the angle between two bones, by the cosine theorem."""
    a, b, c = (at[f"{side}_{part}"] for part in parts)
    first, second, across = (float(np.linalg.norm(v)) for v in (a - b, c - b, a - c))
    inside = np.degrees(np.arccos(np.clip((first**2 + second**2 - across**2) / (2 * first * second), -1, 1)))
    return float(180 - inside)


def _mix(start: float, turn: np.ndarray, way: np.ndarray) -> np.ndarray:
    return start + (turn - start) * way


def _point(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return np.stack(np.broadcast_arrays(x, y, z), -1)


def _facing(facing_deg: float) -> np.ndarray:
    """From the axes of the body to the room; 0° turns forward (x) to the camera (-y)."""
    c, s = np.cos(np.radians(facing_deg - 90)), np.sin(np.radians(facing_deg - 90))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _looking_down(pitch_deg: float) -> np.ndarray:
    """From level axes to those of a camera that looks down."""
    c, s = np.cos(np.radians(pitch_deg)), np.sin(np.radians(pitch_deg))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
