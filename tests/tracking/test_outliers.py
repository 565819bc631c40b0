"""The guard on motion with known answers: by formula, and the bundled clip's truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.demo_clip import demo_truth
from support.estimators import estimator
from support.motion_capture import walker
from support.poses import frame_at, pose_2d

from realtime.estimation.build import GUARDS
from realtime.offline.request import LIFT_FLAGS
from realtime.settings import Settings
from realtime.skeleton import BLAZEPOSE33, COCO17
from realtime.tracking.outliers import KeypointGuard
from realtime.training.mocap import canonical25

PX_PER_M = 170.0  # of somebody 4 m away
MIRROR = list(COCO17.mirror)
ARMS = COCO17.indices([f"{s}_{j}" for s in ("left", "right") for j in ("elbow", "wrist")])
LEGS = COCO17.indices([f"{s}_{j}" for s in ("left", "right") for j in ("knee", "ankle")])
CANONICAL25 = list(range(17))
PARTS = {"arms": ARMS, "legs": LEGS, "body": CANONICAL25}


def on_the_spot(frames=150, fps=30, stride_s=1.0):
    """Points (frames, 17, 3) m of a person who walks without getting on: x ahead, y left, z up."""
    points = walker(frames * 60 // fps, stride_s * 60)[:: 60 // fps, canonical25.CANONICAL25.indices(COCO17.joints)]
    hips = COCO17.indices(("left_hip", "right_hip"))
    return points - points[:, hips, :2].mean(1)[:, None] @ np.eye(2, 3)


def seen_from(points, yaw_deg):
    """The same (frames, 17, 2) px; who is seen from 0° comes towards the camera, from 90° goes to the left."""
    yaw = np.radians(np.broadcast_to(yaw_deg, len(points)))[:, None]
    x, y, z = points.transpose(2, 0, 1)
    scale = PX_PER_M * 4 / (4 - (x * np.cos(yaw) + y * np.sin(yaw)))
    return np.stack([320 + scale * (y * np.cos(yaw) - x * np.sin(yaw)), 400 - scale * z], -1)


def walk_seen_from(yaw_deg, **more):
    return seen_from(on_the_spot(**more), yaw_deg)


def poses(xy, fps=30.0, **more):
    return [pose_2d(points, t_s=1 + i / fps, index=i, score=0.9, **more) for i, points in enumerate(xy)]


def swapped(xy, joints, frames):
    """With left and right of these joints swapped in these frames."""
    xy = xy.copy()
    for frame in frames:
        xy[frame, joints] = xy[frame][MIRROR][joints]
    return xy


def guarded(xy, fps=30.0):
    guard = KeypointGuard()
    return np.stack([guard(pose).xy for pose in poses(xy, fps)])


def clean(xy):
    return xy.astype(np.float32)


def passes(seen):
    guard = KeypointGuard()
    return all(guard(pose) is pose for pose in seen)


@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("yaw_deg", range(0, 360, 30))
def test_a_walk_passes_from_every_side(yaw_deg, fps):
    assert passes(poses(walk_seen_from(yaw_deg, fps=fps, frames=5 * fps), fps))  # crossing legs among them


@pytest.mark.parametrize("yaw_deg", [0, 45, 90, 200])
def test_a_sprint_passes(yaw_deg):
    assert passes(poses(walk_seen_from(yaw_deg, stride_s=0.45)))


@pytest.mark.parametrize("turning_deg_s", [30, 90, -180, 720])
def test_a_turn_on_the_spot_passes(turning_deg_s):
    assert passes(poses(walk_seen_from(turning_deg_s * np.arange(150) / 30)))


@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("yaw_deg", [0, 90, 230])
def test_a_kick_passes(yaw_deg, fps):
    """A foot up to the head and back, 0.2 s each way, 14 m/s at most."""
    points = np.repeat(on_the_spot()[:1], 4 * fps, axis=0)
    s = np.clip(np.arange(4 * fps) / fps - 2, 0, 0.4) / 0.2
    s = np.minimum(s, 2 - s)
    angle = 1.9 * (10 * s**3 - 15 * s**4 + 6 * s**5)  # minimum jerk: Flash and Hogan 1985, eq. 3
    hip, knee, ankle = COCO17.indices(("right_hip", "right_knee", "right_ankle"))
    for joint, length_m in ((knee, 0.42), (ankle, 0.84)):
        points[:, joint] = points[:, hip] + length_m * np.stack([np.sin(angle), 0 * angle, -np.cos(angle)], 1)
    assert passes(poses(seen_from(points, yaw_deg), fps))


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("yaw_deg", [0, 30, 150, 180, 215])
def test_a_whole_body_is_put_right(yaw_deg, frames):
    xy = walk_seen_from(yaw_deg)
    faulty = swapped(xy, CANONICAL25, range(50, 50 + frames))
    assert np.array_equal(guarded(faulty), clean(xy))


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize(("part", "yaw_deg"), [("legs", 90), ("legs", 60), ("legs", 240), ("arms", 0), ("arms", 150)])
def test_arms_or_legs_alone_are_put_right(part, yaw_deg, frames):
    xy = walk_seen_from(yaw_deg)
    wide = [22 + 30 * k - frames // 2 for k in (1, 3)]  # legs are widest apart
    faulty = swapped(xy, PARTS[part], [start + i for start in wide for i in range(frames)])
    assert not np.array_equal(faulty, xy)
    assert np.array_equal(guarded(faulty), clean(xy))


@pytest.mark.parametrize(("part", "held"), [("arms", 3), ("legs", 3), ("body", 25)])
def test_a_lasting_swap_is_kept(part, held):
    """Nobody can tell from the motion which of the two readings was the wrong one."""
    xy = walk_seen_from(10)
    faulty = swapped(xy, PARTS[part], range(80, 150))
    out = guarded(faulty)
    assert np.array_equal(out[: 80 + held], clean(xy[: 80 + held]))
    assert np.array_equal(out[80 + held :], clean(faulty[80 + held :]))


@pytest.mark.parametrize("frames", [5, 12, 23])
def test_a_long_swap_of_the_body_is_put_right(frames):
    xy = walk_seen_from(10)
    assert np.array_equal(guarded(swapped(xy, CANONICAL25, range(75, 75 + frames))), clean(xy))


def test_arms_that_swap_before_the_body_do_not_turn_the_way_back_into_a_swap():
    """So it was recorded of BlazePose: the arms, a frame later everything, a frame later all as before."""
    xy = walk_seen_from(10)
    faulty = swapped(swapped(xy, ARMS, [70]), CANONICAL25, [71])
    assert np.array_equal(guarded(faulty)[72:], clean(xy)[72:])


@pytest.mark.parametrize("part", PARTS)
def test_without_a_past_nothing_is_put_right(part):
    faulty = swapped(walk_seen_from(10), PARTS[part], [5])
    assert passes(poses(faulty))


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("joint", ["left_wrist", "right_ankle", "nose", "left_hip"])
def test_an_outlier_is_held(joint, frames):
    xy = walk_seen_from(30)
    faulty, at = xy.copy(), COCO17.index(joint)
    faulty[60 : 60 + frames, at] += (250, -40)
    guard = KeypointGuard()
    out = [guard(pose) for pose in poses(faulty)]
    others = np.delete(np.arange(17), at)
    assert np.array_equal(np.stack([pose.xy for pose in out])[:, others], clean(xy)[:, others])
    for i, pose in enumerate(out):
        is_outlier = 60 <= i < 60 + frames
        assert np.array_equal(pose.xy[at], clean(xy)[59 if is_outlier else i, at])
        assert pose.score[at] == np.float32(0 if is_outlier else 0.9)
        assert (pose.score[others] == np.float32(0.9)).all()


def test_a_point_that_stays_away_is_there():
    faulty, at = walk_seen_from(30), COCO17.index("left_wrist")
    faulty[60:, at] += (250, -40)
    held = (guarded(faulty)[60:, at] != clean(faulty)[60:, at]).any(-1)
    assert held[:3].all()
    assert not held[3:].any()


def test_a_point_that_was_missing_may_come_back_anywhere():
    xy, at = walk_seen_from(30), COCO17.index("left_wrist")
    xy[40:90, at] = xy[39, at]  # as GapBridge fills it in
    xy[90:, at] += (250, -40)
    seen = poses(xy)
    for pose in seen[40:90]:
        pose.score[at] = 0
    assert passes(seen)


def test_a_person_elsewhere_is_there_at_once():
    xy = walk_seen_from(30)
    xy[60:] += (250, 30)
    assert passes(poses(xy))


@pytest.mark.parametrize("changes", [{"person": 1}, {"size_wh": (1280, 960)}, {"later_s": 0.6}, {"later_s": -5}, {}])
def test_what_begins_anew_is_not_held_against_the_past(changes):
    """An outlier, a swap and a person elsewhere, in the first frame of something else."""
    faulty = swapped(walk_seen_from(180), CANONICAL25, [60])
    faulty[60, COCO17.index("nose")] += (0, 300)
    seen = poses(faulty)
    assert not passes(seen)
    later_ns = int(changes.pop("later_s", 0) * 1e9)
    after = [replace(pose, t_capture_ns=pose.t_capture_ns + later_ns, **changes) for pose in seen[60:]]
    guard = KeypointGuard()
    assert all(guard(pose) is pose for pose in seen[:60])
    if not (changes or later_ns):
        guard.reset()
    assert all(guard(pose) is pose for pose in after)


def test_a_body_that_turned_in_a_gap_passes():
    seen = poses(np.concatenate([walk_seen_from(0, frames=60), walk_seen_from(180, frames=60)]))
    after = [replace(pose, t_capture_ns=pose.t_capture_ns + 400_000_000) for pose in seen[60:]]
    assert passes(seen[:60] + after)


def test_a_repeated_pose_is_the_last_one_that_was_given():
    xy = swapped(walk_seen_from(180), CANONICAL25, [60])
    xy[60, COCO17.index("nose")] += (0, 300)
    guard = KeypointGuard()
    *_, raw = seen = poses(xy[:61])
    *_, last = [guard(pose) for pose in seen]
    repeated = guard(replace(raw, bridged=True, score=raw.score / 2, t_capture_ns=raw.t_capture_ns + 30_000_000))
    assert np.array_equal(repeated.xy, last.xy)
    assert np.array_equal(repeated.score, np.minimum(last.score, raw.score / 2))
    first = replace(raw, bridged=True)
    assert KeypointGuard()(first) is first


def in_33(xy, score):
    """A COCO pose as BLAZEPOSE33, the other points near their keypoints; each point has a score of its own."""
    points = np.zeros((33, 2))
    for i, joint in enumerate(BLAZEPOSE33.joints):
        parent = BLAZEPOSE33.parents[i]
        points[i] = xy[COCO17.index(joint)] if joint in COCO17.joints else points[parent] + (3, i)
    return pose_2d(points, score=score, skeleton=BLAZEPOSE33, world_m=np.arange(99.0).reshape(33, 3))


def test_other_points_follow_the_keypoint_they_are_attached_to():
    score = np.linspace(0.5, 0.9, 33).astype(np.float32)
    right = [
        replace(in_33(points, score), t_capture_ns=i * 33_000_000)
        for i, points in enumerate(walk_seen_from(180, frames=60))
    ]
    mirror = list(BLAZEPOSE33.mirror)
    wrong = replace(right[-1], xy=right[-1].xy[mirror], score=score[mirror])
    wrong.xy[BLAZEPOSE33.index("right_wrist")] += (0, 250)  # in fact the left one
    guard = KeypointGuard()
    assert all(guard(pose) is pose for pose in right[:-1])
    out = guard(wrong)
    hand = BLAZEPOSE33.indices([f"left_{point}" for point in ("wrist", "pinky", "index", "thumb")])
    rest = np.delete(np.arange(33), hand)
    assert np.array_equal(out.xy[rest], right[-1].xy[rest])
    assert np.array_equal(out.score[rest], score[rest])
    assert np.array_equal(out.xy[hand], right[-2].xy[hand])
    assert not out.score[hand].any()
    assert out.world_m is wrong.world_m  # the detector's own, for comparison


def real_motion():
    """The bundled clip's truth (324, 17, 2) px: walk, jog, stop, squat, turns; the face is one point."""
    truth, _ = demo_truth()
    return np.stack([truth.get(joint, truth["nose"]) for joint in COCO17.joints], 1)


@pytest.mark.parametrize("fps", [15, 30, 60])  # of which 30 is the clip's: at half, and twice the speed
def test_real_motion_passes(fps):
    assert passes(poses(real_motion(), fps))


def with_faults(xy, rng):
    """The same with a fault of one to three frames every second: which frames, and the points."""
    faulty, frames = xy.copy(), []
    for start in range(45, len(xy) - 3, 30):
        now = range(start, start + rng.integers(1, 4))
        part = rng.choice([*PARTS, "outlier"])
        if part == "outlier":
            angle = rng.uniform(0, 2 * np.pi)
            faulty[list(now), rng.integers(17)] += 200 * np.array([np.cos(angle), np.sin(angle)])
        else:
            faulty = swapped(faulty, PARTS[part], now)
        frames += now
    return faulty, frames


def test_faults_in_real_motion_with_a_detectors_noise_are_put_right():
    rng = np.random.default_rng(3)
    tall_px = np.ptp(real_motion()[..., 1], axis=1).mean()
    error = np.zeros(3)
    for _ in range(8):
        xy = real_motion() + rng.normal(0, 0.006 * tall_px, (324, 17, 2))
        faulty, frames = with_faults(xy, rng)
        out = guarded(faulty)
        error += [np.linalg.norm(a[frames] - xy[frames], axis=-1).mean() for a in (faulty, out, clean(xy))]
        others = np.setdiff1d(np.arange(324), frames)
        assert np.mean((out[others] == clean(faulty)[others]).all((1, 2))) > 0.99
    before, after, _ = error
    assert after < 0.1 * before


@pytest.mark.parametrize("part", PARTS)
def test_a_corrected_swap_passes_unchanged(part):
    once = guarded(swapped(walk_seen_from(10), PARTS[part], [70, 71]))
    assert passes(poses(once))


def test_it_needs_no_future_and_no_steady_rate(rng):
    xy = swapped(walk_seen_from(180), CANONICAL25, [60, 61, 100])
    whole = guarded(xy)
    assert np.array_equal(guarded(xy[:62]), whole[:62])
    guard = KeypointGuard()
    late = [replace(pose, t_capture_ns=pose.t_capture_ns + int(rng.uniform(0, 1.5e7))) for pose in poses(xy)]
    assert np.array_equal(np.stack([guard(pose).xy for pose in late]), whole)


@given(
    st.integers(0, 359),
    st.lists(st.tuples(st.integers(0, 79), st.sampled_from([*PARTS, *COCO17.joints])), max_size=8),
)
def test_a_mirrored_person_gets_the_mirrored_answer(yaw_deg, faults):
    xy = walk_seen_from(yaw_deg, frames=80)
    for frame, what in faults:
        if what in PARTS:
            xy = swapped(xy, PARTS[what], [frame])
        else:
            xy[frame, COCO17.index(what)] += (170, 90)
    mirrored = (xy * (-1, 1))[:, MIRROR]
    assert np.array_equal(guarded(mirrored), (guarded(xy) * np.float32((-1, 1)))[:, MIRROR])


coordinates = st.floats(-2000, 4000, width=32) | st.sampled_from([0.0, 2.0**100, -(2.0**100), 2.0**-100])
steps_ns = st.integers(1, 60_000_000) | st.sampled_from([0, -1, 10**9])


@given(arrays(np.float32, (8, 17, 2), elements=coordinates), st.lists(steps_ns, min_size=8, max_size=8))
def test_any_input_is_kept_swapped_or_held(xy, steps):
    guard, last, t_ns = KeypointGuard(), None, 0
    calm = poses(walk_seen_from(0, frames=60))
    for pose in calm:
        last = guard(pose)
    t_ns = last.t_capture_ns
    for points, step in zip(xy, steps, strict=True):
        t_ns += step
        score = np.linspace(0.1, 0.9, 17).astype(np.float32)
        out = guard(replace(pose_2d(points, score=score), t_capture_ns=t_ns))
        held = out.score == 0
        assert np.isfinite(out.xy).all()
        assert np.array_equal(out.xy[held], last.xy[held])
        kept = (out.xy == points).all(1) & (out.score == score)
        crossed = (out.xy == points[MIRROR]).all(1) & (out.score == score[MIRROR])
        assert (kept | crossed | held).all()
        last = out


def test_it_stands_before_the_window():
    xy = swapped(walk_seen_from(180), CANONICAL25, [70])
    frames = [frame_at(i) for i in range(72)]
    seen = [pose_2d(points, index=i, t_s=frames[i].t_capture_ns / 1e9) for i, points in enumerate(xy[:72])]
    guarding, plain = (estimator(dict(enumerate(seen)), guard=guard) for guard in (KeypointGuard(), None))
    for frame in frames:
        ours, theirs = guarding(frame), plain(frame)
        same = np.array_equal(ours.pose.xyz, theirs.pose.xyz)
        assert same == (frame.index < 70)
        assert (ours.keypoints is theirs.keypoints) == (frame.index != 70)


def test_a_held_point_has_score_0_downstream():
    xy, at = walk_seen_from(0), COCO17.index("left_wrist")
    xy[70, at] += (0, 250)
    seen = [pose_2d(p, index=i, t_s=frame_at(i).t_capture_ns / 1e9) for i, p in enumerate(xy[:71])]
    estimate = estimator(dict(enumerate(seen)), guard=KeypointGuard())
    pose = [estimate(frame_at(i)).pose for i in range(71)][-1]
    assert pose.score[pose.skeleton.index("left_wrist")] == 0
    assert pose.score[pose.skeleton.index("left_elbow")] == 1


def test_it_can_be_turned_off():
    assert isinstance(GUARDS[Settings().guard](), KeypointGuard)
    assert GUARDS["off"] is None
    assert "--guard" in [flag.name for flag in LIFT_FLAGS]
