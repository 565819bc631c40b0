"""The way from keypoints to the room, of a recording and live."""

from __future__ import annotations

import numpy as np
import pytest
from support.figures import ANKLE_M, RATE_HZ, SIZE_WH, Camera, squatting

from realtime.formats.keypoints_npz import write_keypoints
from realtime.offline.lift import lift_video
from realtime.online.poses import live
from realtime.pose import PELVIS, ROOM
from realtime.skeleton import COCO17, H36M17
from realtime.track import single_person_track

_ANKLES = H36M17.indices(("left_ankle", "right_ankle"))


def keypoint_file(path, people, camera):
    """What a camera sees of exact people; the face is where the nose is."""
    points = []
    for i, person in enumerate(people):
        seen = camera.keypoints(person, i)
        x, y, z = camera.axes(person[H36M17.index("nose")])
        seen.xy[: COCO17.index("left_shoulder")] = np.array([x, y]) / z * camera.focal_px + np.array(SIZE_WH) / 2
        points.append(np.column_stack([seen.xy, seen.score]))
    write_keypoints(path, single_person_track(np.array(points, np.float32), SIZE_WH, COCO17, RATE_HZ))
    return path


def test_a_recording_and_a_live_run_in_the_room(tmp_path):
    people = squatting(60)
    path = keypoint_file(tmp_path / "squat.npz", people, Camera(pitch_deg=10))
    recorded = lift_video(path, camera_pitch=10, place="room")
    plain = lift_video(path, camera_pitch=10, quality="fast")
    lived = list(live(path, camera_pitch=10, place="room"))
    assert (recorded.place, plain.place, {pose.place for pose in lived}) == (ROOM, PELVIS, {ROOM})
    assert np.array([pose.root_m for pose in lived]) == pytest.approx(plain.root_m, abs=1e-6)  # still by the camera
    for ankles in (recorded.placed[:, _ANKLES], np.array([pose.xyz[_ANKLES] for pose in lived])):
        assert ankles[..., 2].min() > ANKLE_M - 1e-4
        assert np.median(np.linalg.norm(np.diff(ankles[15:, :, :2], axis=0), axis=-1)) < 1e-5
        assert ankles[15:, :, :2] == pytest.approx(people[15:, _ANKLES, :2], abs=0.4)
