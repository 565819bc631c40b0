"""A person who walks by formula, as motion capture in the common form."""

from __future__ import annotations

import numpy as np

from realtime.training.body import BODY, Head, assemble
from realtime.training.corpora import Motions


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
    at = {name: points[:, i] for i, name in enumerate(BODY.joints)}
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
