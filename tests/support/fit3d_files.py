"""A small Fit3D, made by formula, in the layout in which it is published."""

from __future__ import annotations

import json

import numpy as np

from realtime.skeleton import FIT3D25

PEOPLE = ("s03", "s04", "s08")
ACTIONS = ("squat", "deadlift")
# About 5 m to the front left and the front right, 1.5 m up; x of the room is ahead of the people.
CAMERAS = {"50591643": (4.0, -2.5, 1.5), "65906101": (4.0, 2.5, 1.5)}
LENS = {"f": [[1145.0, 1143.0]], "c": [[512.0, 448.0]], "k": [[-0.2, 0.24, -0.002]], "p": [[-0.0009, 0.0014]]}
FRAMES = 330
PERIOD = 55
_THIGH_M = _SHANK_M = 0.42


def squats(frames=FRAMES, depth_deg=80.0, size=1.0):
    """Joints (frames, 25, 3) m of FIT3D25, z up, of somebody who faces +x and squats every PERIOD frames."""
    bend = np.radians(depth_deg) * (1 - np.cos(2 * np.pi * np.arange(frames) / PERIOD)) / 2
    zero, joints = np.zeros(frames), np.zeros((frames, len(FIT3D25), 3))

    def put(name, x, y, z):
        joints[:, FIT3D25.index(name)] = np.stack([value + zero for value in (x, y, z)], 1) * size

    knee_x, ankle_z = _SHANK_M * np.sin(bend / 2), 0.08
    knee_z = ankle_z + _SHANK_M * np.cos(bend / 2)
    hip_x, hip_z = knee_x - _THIGH_M * np.sin(bend / 2), knee_z + _THIGH_M * np.cos(bend / 2)
    for side, left in (("left", 1), ("right", -1)):
        put(f"{side}_hip", hip_x, 0.12 * left, hip_z)
        put(f"{side}_knee", knee_x, 0.15 * left, knee_z)
        put(f"{side}_ankle", zero, 0.15 * left, ankle_z)
        put(f"{side}_foot_1", 0.12, 0.15 * left, 0.02)
        put(f"{side}_foot_2", 0.17, 0.15 * left, 0.02)
        put(f"{side}_shoulder", hip_x, 0.18 * left, hip_z + 0.48)
        put(f"{side}_elbow", hip_x + 0.05, 0.22 * left, hip_z + 0.2)
        put(f"{side}_wrist", hip_x + 0.2, 0.22 * left, hip_z + 0.3)
        put(f"{side}_hand_1", hip_x + 0.27, 0.22 * left, hip_z + 0.33)
        put(f"{side}_hand_2", hip_x + 0.28, 0.2 * left, hip_z + 0.35)
    for name, ahead, up in (
        ("pelvis", 0, 0),
        ("spine", 0, 0.24),
        ("neck", 0, 0.5),
        ("nose", 0.1, 0.6),
        ("head_top", 0, 0.72),
    ):
        put(name, hip_x + ahead, zero, hip_z + up)
    return joints


def left_leg_first(joints):
    """The same with the left leg in the places of Human3.6M's right one, as users of the data found it."""
    order = list(range(len(FIT3D25)))
    for part in ("hip", "knee", "ankle", "foot_1", "foot_2"):
        left, right = FIT3D25.indices((f"left_{part}", f"right_{part}"))
        order[left], order[right] = right, left
    return joints[:, order]


def camera(place):
    """The contents of a camera's file: it looks at a point 0.9 m above the origin."""
    ahead = np.array([0, 0, 0.9]) - place
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1])
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(ahead, right), ahead])
    plain = {key: LENS[key][0] for key in "fc"}
    return {
        "extrinsics": {"R": rotation.tolist(), "T": [list(place)]},
        "intrinsics_w_distortion": LENS,
        "intrinsics_wo_distortion": plain,
    }


def joints_of(person, action):
    """What is measured of a person in an exercise."""
    size = {"s03": 1.0, "s04": 1.08, "s08": 0.94, "s09": 1.02}[person]
    return squats(depth_deg={"squat": 100.0, "deadlift": 40.0}[action], size=size)


def write_fit3d(folder, people=PEOPLE, actions=ACTIONS, order=lambda joints: joints):
    """Write it to `folder`/train, with fit3d_info.json beside; a person of the test set has no joints."""
    info = {
        "all_camera_names": list(CAMERAS),
        "train_subj_names": list(people),
        "subj_to_act": {person: list(actions) for person in people},
    }
    put(folder / "fit3d_info.json", info)
    for person in people:
        place = folder / "train" / person
        put(place / "rep_ann.json", {"squat": list(range(0, FRAMES, PERIOD))})
        for action in actions:
            put(place / "joints3d_25" / f"{action}.json", {"joints3d_25": order(joints_of(person, action)).tolist()})
            for name, where in CAMERAS.items():
                put(place / "camera_parameters" / name / f"{action}.json", camera(where))
    put(folder / "test" / "s02" / "camera_parameters" / "squat.json", camera((4.0, 0.0, 1.5)))
    return folder


def put(path, data):
    """Write a JSON file, into a folder that may not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path
