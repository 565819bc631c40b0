"""A person who walks by formula, as motion capture in the common form."""

from __future__ import annotations

import json

import numpy as np

from realtime.training.mocap.canonical25 import CANONICAL25, Head, assemble
from realtime.training.mocap.corpora import Motions
from realtime.training.mocap.joint_centres import PLUG_IN_GAIT


def walker(frames: int, period_frames: float = 60.0) -> np.ndarray:
    """Points (frames, 25, 3): walks along +x with swinging arms and legs, z up, 60 Hz."""
    time = np.arange(frames)
    swing = 0.5 * np.sin(2 * np.pi * time / period_frames)
    root = np.stack([time / 50, np.zeros(frames), np.full(frames, 0.9)], 1)

    def hang(start, angle, length):
        return start + length * np.stack([np.sin(angle), np.zeros(frames), -np.cos(angle)], 1)

    limbs = {}
    for side, sign in (("left", 1), ("right", -1)):
        limbs[f"{side}_hip"] = root + [0, 0.1 * sign, 0]
        limbs[f"{side}_knee"] = hang(limbs[f"{side}_hip"], sign * swing, 0.42)
        limbs[f"{side}_ankle"] = hang(limbs[f"{side}_knee"], sign * swing - 0.3, 0.42)
        limbs[f"{side}_shoulder"] = root + [0, 0.18 * sign, 0.5]
        limbs[f"{side}_elbow"] = hang(limbs[f"{side}_shoulder"], -sign * swing, 0.28)
        limbs[f"{side}_wrist"] = hang(limbs[f"{side}_elbow"], 0.4 - sign * swing, 0.25)
    forward, left, up = (np.broadcast_to(axis, (frames, 3)) for axis in np.eye(3))
    return assemble(limbs, root + [0, 0, 0.23], Head(root + [0.05, 0, 0.7], forward, left, up))


def check_feet(points: np.ndarray, length_m: tuple[float, float] = (0.2, 0.3)) -> None:
    """Points (T, 25, 3) have feet as people do, in most frames of a clip: seen along the sole
    and square to it, the heel behind and below the ankle, the toe ahead, both on their side."""
    at = {name: points[:, i] for i, name in enumerate(CANONICAL25.joints)}
    for side, other in (("left", "right"), ("right", "left")):
        heel, toe, ankle, knee = (at[f"{side}_{part}"] for part in ("heel", "toe", "ankle", "knee"))
        length = np.linalg.norm(toe - heel, axis=-1, keepdims=True)
        forward, shank = (toe - heel) / length, knee - ankle
        upwards = shank - (shank * forward).sum(-1, keepdims=True) * forward
        ahead = np.cross(at["left_hip"] - at["right_hip"], shank)
        assert length_m[0] < np.median(length) < length_m[1]
        assert np.median((forward * ahead).sum(-1) > 0) == 1
        assert 0.03 < np.median(((ankle - heel) * forward).sum(-1)) < 0.09
        assert 0.1 < np.median(((toe - ankle) * forward).sum(-1)) < 0.25
        assert np.median(((ankle - heel) * upwards).sum(-1)) > 0
        for part in (heel, toe):
            near = np.linalg.norm(part - ankle, axis=-1) < np.linalg.norm(part - at[f"{other}_ankle"], axis=-1)
            assert np.mean(near) > 0.5


def motions(apart_m: float = 0.0) -> Motions:
    """Two clips of two people: one of a training subject, one of a held-out subject."""
    first, second = walker(150), walker(100, 45.0) + [apart_m, 0, 0]
    return Motions(
        points=np.concatenate([first, second]).astype(np.float32),
        starts=np.array([0, 150, 250]),
        corpus=np.array(["ui-prmd", "cmu-amc_cyun9601"]),
        subject=np.array(["uiprmd-s01", "cmu-03"]),
        clip=np.array(["a", "b"]),
    )


def plug_in_gait_person() -> dict[str, np.ndarray]:
    """39 markers (1, 3) of a person who stands at the origin, faces +x, left is +y."""
    place = dict.fromkeys(PLUG_IN_GAIT, (0.0, 0.0, 1.0))
    middle = {"C7": (-0.06, 1.50), "T10": (-0.1, 1.25), "CLAV": (0.06, 1.42), "STRN": (0.08, 1.25)}
    place |= {name: (x, 0.0, z) for name, (x, z) in middle.items()}
    sides = {
        "FHD": (0.08, 0.07, 1.70),
        "BHD": (-0.08, 0.07, 1.70),
        "SHO": (0.0, 0.18, 1.48),
        "ELB": (0.0, 0.26, 1.18),
        "WRA": (0.03, 0.25, 0.92),
        "WRB": (-0.03, 0.25, 0.92),
        "ASI": (0.10, 0.12, 1.00),
        "PSI": (-0.08, 0.05, 1.02),
        "KNE": (0.0, 0.15, 0.50),
        "ANK": (0.0, 0.14, 0.08),
        "HEE": (-0.06, 0.10, 0.04),
        "TOE": (0.14, 0.10, 0.04),
    }
    for name, (x, y, z) in sides.items():
        place |= {f"L{name}": (x, y, z), f"R{name}": (x, -y, z)}
    return {name: np.array([xyz]) for name, xyz in place.items()}


def data_folder(folder):
    """Two corpora with a motion each: a DeepMimic clip and a marker file."""
    character = [{"Name": n, "Type": "none", "Parent": p} for n, p in (("root", -1), ("chest", 0), ("neck", 1))]
    character += [
        {"Name": f"{side}_{joint}", "Type": "fixed", "Parent": 0}
        for side in ("left", "right")
        for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
    ]
    for i, joint in enumerate(character):
        if i:
            joint["Type"] = "fixed"
        joint |= {"AttachX": 0.0, "AttachY": 0.1 * (i % 5), "AttachZ": 0.1 if "left" in joint["Name"] else -0.1}
    deepmimic = folder / "cmu-deepmimic_arpspoof-jump"
    (deepmimic / "cmu01-09" / "02").mkdir(parents=True)
    (deepmimic / "humanoid3d.txt").write_text(json.dumps({"Skeleton": {"Joints": character}}))
    frames = [[1 / 30, 0.01 * i, 1, 0, 1, 0, 0, 0] for i in range(30)]
    (deepmimic / "cmu01-09" / "02" / "02_01.txt").write_text(json.dumps({"Frames": frames}))
    person = np.stack([plug_in_gait_person()[name] for name in PLUG_IN_GAIT], 1)
    tenths = np.round(np.repeat(person, 100, axis=0) * 10000).astype(np.int64)
    steps = np.diff(tenths, axis=0, prepend=0).astype(np.uint16).view(np.int16).transpose(1, 2, 0)
    (folder / "ui-prmd").mkdir()
    np.savez(folder / "ui-prmd" / "s05.npz", m01_e01_correct=steps)
    return folder


BVH = """HIERARCHY
ROOT hip
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT knee
  {
    OFFSET 0 -40 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -50 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.02
0 100 0 0 0 0 0 0 0
10 100 0 90 0 0 0 -90 0
"""


AMC = """:FULLY-SPECIFIED
1
root 0 10 0 0 0 0
thigh 0 0
2
root 0 10 0 0 90 0
thigh 0 90
"""
