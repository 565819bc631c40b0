"""Exact people on an exact floor, put into the room, pose by pose and whole recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.figures import ANKLE_M, RATE_HZ, SHANK_M, THIGH_M, Camera, jumping, squatting, standing, walking
from support.poses import frame_at

from realtime.camera import pitched
from realtime.estimation.camera_level import CameraLevel
from realtime.estimation.person import PersonChain
from realtime.estimation.room.legs import BODY_M, Legs
from realtime.estimation.room.live import RoomPlacement
from realtime.estimation.room.recording import in_room
from realtime.motion import motion
from realtime.pose import PELVIS, ROOM, Detection, Pose3D, absent
from realtime.skeleton import COCO17, H36M17

_ANKLES = H36M17.indices(("left_ankle", "right_ankle"))
_CAMERA_M = 1.3


def poses_of(room, score=1.0):
    """What is estimated of exact people in a room, about the pelvis."""
    for i, points in enumerate(room):
        t_ns = i * 10**9 // RATE_HZ
        about = (points - points[0]).astype(np.float32)
        root = (points[0] - (0, 0, _CAMERA_M)).astype(np.float32)
        yield Pose3D(about, np.full(17, score, np.float32), root, H36M17, i, t_ns, t_ns)


def live(room, **more):
    place = RoomPlacement(H36M17)
    placed = [place(pose) for pose in poses_of(room, **more)]
    assert {pose.place for pose in placed} == {ROOM}
    return np.array([pose.xyz for pose in placed], np.float64)


def recorded(room, score=1.0):
    poses = list(poses_of(room, score))
    whole = motion(
        [pose.xyz for pose in poses],
        RATE_HZ,
        score=[pose.score for pose in poses],
        root_m=[pose.root_m for pose in poses],
    )
    placed = in_room(whole)
    assert placed.place == ROOM
    assert placed.joints[:, 0] == pytest.approx(np.zeros((len(room), 3)), abs=1e-6)
    return placed.placed


WAYS = pytest.mark.parametrize("place", [live, recorded])


@WAYS
@pytest.mark.parametrize("people", [standing, squatting, walking, jumping])
def test_exact_people_stay_as_they_are(place, people):
    room = people(120)
    off = np.abs(place(room) - room)
    assert off[:, Legs(H36M17).upper].max() < 0.02
    assert off[:, _ANKLES].max() < 0.03
    assert off.max() < 0.1  # a knee that is nearly straight


@WAYS
def test_standing_feet_neither_slide_nor_sink_however_the_pose_trembles(place, rng):
    room = squatting(150)
    # As people in pictures do: by centimetres along the line of sight, by millimetres across it.
    trembling = room + (rng.normal(0, 0.02, (150, 1, 3)) + rng.normal(0, 0.03, room.shape)) * (0.1, 1, 0.1)
    trembling[..., 2] += np.linspace(0, -0.1, 150)[:, None]
    ankles = place(trembling)[30:, _ANKLES]
    assert np.linalg.norm(np.diff(ankles[..., :2], axis=0), axis=-1).max() < 1e-6
    assert ankles[..., 2] == pytest.approx(np.full((120, 2), ANKLE_M), abs=2e-3)


@WAYS
def test_a_jump_leaves_the_floor_and_comes_back(place):
    room = jumping(90)
    heights = place(room)[:, _ANKLES, 2].min(1) - ANKLE_M
    assert heights.max() == pytest.approx(0.3, abs=0.05)
    assert np.abs(heights[:30]).max() < 1e-3
    assert np.abs(heights[55:]).max() < 5e-3


@WAYS
def test_the_errors_of_steps_do_not_add_up(place):
    """Somebody who walks 6 m away while each step is seen a fifth too short."""
    room = walking(240, speed_mps=(0.0, 0.8))
    short = room.copy()
    short[..., 1] = room[:, :1, 1] + 0.8 * (room[..., 1] - room[:, :1, 1])
    way = place(short)[:, 0]
    assert np.abs(way[:, :2] - room[:, 0, :2]).max() < 0.3
    assert place(short)[..., 2].min() > 0


@WAYS
def test_a_step_up_becomes_the_floor(place):
    room = np.concatenate([standing(60), standing(150) + (0, 0, 0.2)])
    assert place(room)[-30:, _ANKLES, 2] == pytest.approx(np.full((30, 2), ANKLE_M), abs=0.01)


@WAYS
def test_nobody_sinks_below_the_floor(place, rng):
    room = np.concatenate([standing(30), rng.uniform(-1, 1, (30, 17, 3)) + (0, 4, 0), standing(30)])
    placed = place(room)
    assert placed[..., _ANKLES, 2].min() > ANKLE_M - 1e-4
    assert placed[:, Legs(H36M17).upper, 2].min() > BODY_M - 1e-4


@WAYS
def test_feet_outside_the_picture_do_not_hold_anybody(place):
    room = standing(60)
    room[30:] += (0.5, 0, 0)
    assert place(room, score=0.1)[-1, 0, :2] == pytest.approx(room[-1, 0, :2], abs=1e-3)


def test_who_leaves_and_who_comes_has_a_floor_of_their_own():
    place = RoomPlacement(H36M17)
    for pose in poses_of(standing(30)):
        place(pose)
    nobody = absent("no_person", H36M17, 30, 10**9, 10**9)
    assert place(nobody) is nobody
    (after,) = poses_of(standing(1, place=(1.0, 6.0)) + (0, 0, 0.5))
    later = Pose3D(after.xyz, after.score, after.root_m, H36M17, 90, 3 * 10**9, 3 * 10**9)
    assert place(later).xyz[_ANKLES, 2] == pytest.approx([ANKLE_M] * 2, abs=1e-3)


def test_a_place_that_is_not_known_is_the_last_one():
    place = RoomPlacement(H36M17)
    known, unknown = poses_of(standing(2))
    first = place(known).xyz
    lost = Pose3D(unknown.xyz, unknown.score, None, H36M17, 1, unknown.t_capture_ns, unknown.t_unix_ns)
    assert place(lost).xyz == pytest.approx(first, abs=1e-3)


def test_gaps_of_a_recording_stay_gaps():
    room = standing(90)
    poses = list(poses_of(room))
    joints = np.array([pose.xyz for pose in poses])
    joints[40:60] = np.nan
    placed = in_room(motion(joints, RATE_HZ, root_m=[pose.root_m for pose in poses]))
    assert (~placed.valid).nonzero()[0].tolist() == list(range(40, 60))
    assert placed.placed[60:] == pytest.approx(room[60:], abs=0.01)


@settings(max_examples=50)
@given(st.integers(0, 2**31), st.floats(0.0, 0.4))
def test_legs_keep_their_bones_unless_they_are_too_short(seed, far):
    rng = np.random.default_rng(seed)
    (room,) = squatting(1)
    wanted = room[_ANKLES] + rng.uniform(-far, far, (2, 3))
    wanted[:, 2] = np.maximum(wanted[:, 2], ANKLE_M)
    moved = Legs(H36M17).stand(room, wanted)
    assert moved[_ANKLES] == pytest.approx(wanted)
    for side, ankle in zip(("left", "right"), wanted, strict=True):
        hip, knee = moved[H36M17.indices((f"{side}_hip", f"{side}_knee"))]
        thigh, shank = np.linalg.norm(knee - hip), np.linalg.norm(ankle - knee)
        stretch = max(1.0, np.linalg.norm(ankle - hip) / (THIGH_M + SHANK_M))
        assert (thigh, shank) == pytest.approx((stretch * THIGH_M, stretch * SHANK_M), rel=1e-5)


@settings(max_examples=30)
@given(st.lists(st.floats(0, 2), min_size=1, max_size=30), st.integers(0, 2**31))
def test_any_poses_at_any_times_stay_finite(steps_s, seed):
    rng, place = np.random.default_rng(seed), RoomPlacement(H36M17)
    for i, t_s in enumerate(np.cumsum(steps_s)):
        xyz = rng.uniform(-1, 1, (17, 3)).astype(np.float32)
        root = rng.uniform(-9, 9, 3).astype(np.float32)
        pose = Pose3D(xyz, np.ones(17, np.float32), root, H36M17, i, int(t_s * 1e9), 0)
        assert np.isfinite(place(pose).xyz).all()


@pytest.mark.parametrize("room", [None, RoomPlacement(H36M17)])
def test_a_chain_from_keypoints_to_the_room(room):
    """The whole way with a perfect lifter: projections of somebody who squats, before a camera that looks down."""
    camera, people = Camera(height_m=1.5, pitch_deg=15.0), squatting(60)

    class Perfect:
        name, lookahead, window_length, by_clips, height_m = "perfect", 0, 1, False, None
        keypoints, skeleton = COCO17, H36M17

        def __call__(self, window):
            return camera.joints(people[self.frame])

    lift = Perfect()
    chain = PersonChain(lift, intrinsics=camera.intrinsics, level=CameraLevel(15.0), room=room)
    for i, points in enumerate(people):
        lift.frame = i
        seen = camera.keypoints(points, i)
        (estimate,) = chain.push(seen, Detection(frame_at(i), [seen], 0.0, 0))
        pose = estimate.pose
        assert pose.place == (PELVIS if room is None else ROOM)
        assert pose.root_m == pytest.approx(points[0] - (0, 0, 1.5), abs=0.02)
        wanted = points - points[0] if room is None else points
        assert pose.xyz == pytest.approx(wanted, abs=0.03)
    *_, nobody = chain.push(None, Detection(frame_at(1000), [], 0.0, 0))
    assert (nobody.pose.valid, nobody.pose.place) == (False, pose.place)


def test_axes_that_are_levelled_anew_move_no_feet():
    """The camera looks down by 12 degrees, which is estimated while somebody stands and squats before it."""
    place, true, ankles = RoomPlacement(H36M17), squatting(120), []
    for i, pose in enumerate(poses_of(true)):
        pitch_deg = 12 * min(max(i - 30, 0), 60) / 60
        xyz, root = (pitched(points[None], np.array([pitch_deg - 12.0]))[0] for points in (pose.xyz, pose.root_m[None]))
        tilted = replace(pose, xyz=xyz.astype(np.float32), root_m=root[0].astype(np.float32), pitch_deg=pitch_deg)
        ankles.append(place(tilted).xyz[_ANKLES])
    assert np.linalg.norm(np.diff(np.array(ankles), axis=0), axis=-1).max() < 0.02
    assert ankles[-1] == pytest.approx(true[-1, _ANKLES], abs=0.05)
