"""Joint angles of lifted joints against those of the true joints, on the bundled clip and those of benchmarks/clips.

Of each angle its median error, the spread about it, and in how many frames it is determined; both sides together.
"Across" is how far a joint is off across the limb, against its neighbour and by each of the two: it says below
which distance an angle is not determined (`POINT_SD_M` of kinematics/body.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from realtime.camera import camera_to_published
from realtime.formats.safe.npz import read_npz
from realtime.kinematics.anatomy import h36m_joints
from realtime.kinematics.angles import JOINTS, joint_angles_deg
from realtime.lifting.model_files import MODEL_FOLDER
from realtime.motion import Floats, Motion3D
from realtime.offline.lift import lift_video
from realtime.skeleton import H36M17
from realtime.training.evaluation.truth_clips import Clip, find_clips
from realtime.viewer.figure.answered import DRAWN, FOOT_POINTS

MODELS = "causal-27", "symmetric-81", "causal-runner-feet-27", "symmetric-runner-feet-81"
BONES = (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))


def true_points(clip: Clip) -> Floats:
    """The points (T, 21, 3) of DRAWN, m, z up; feet are NaN where the clip has none."""
    truth = read_npz(clip.truth, ("joints_3d_world", "feet_3d_world", "feet_names"))
    joints = truth["joints_3d_world"]
    feet = np.full((len(joints), len(FOOT_POINTS), 3), np.nan)
    if "feet_3d_world" in truth:
        names = [
            str(name).replace("l_", "left_").replace("r_", "right_").replace("big_", "") for name in truth["feet_names"]
        ]
        feet = truth["feet_3d_world"][:, [names.index(point) for point in FOOT_POINTS]]
    return np.concatenate([joints, feet], 1)


def seen(clip: Clip, motion: Motion3D) -> Floats:
    """The true joints (T, 17, 3) in the axes of a motion."""
    pitch_deg = motion.camera_pitch.deg if motion.camera_pitch else 0.0
    return read_npz(clip.truth, ("joints_3d_camera",))["joints_3d_camera"] @ camera_to_published(pitch_deg).T


def across_mm(found: Floats, true: Floats) -> Floats:
    """How far each end of a limb is off across it, root mean square of the frames and both sides, by bone."""
    ends = [[H36M17.indices((f"{side}_{a}", f"{side}_{b}")) for side in ("left", "right")] for a, b in BONES]
    wanted, got = (np.diff(joints[:, np.array(ends)], axis=-2)[..., 0, :] for joints in (true, found))
    length = np.linalg.norm(wanted, axis=-1, keepdims=True)
    error = length * got / np.linalg.norm(got, axis=-1, keepdims=True) - wanted
    error -= (error * wanted).sum(-1, keepdims=True) * wanted / length**2
    return 1000 * np.sqrt((error**2).sum(-1).mean((0, 2)) / 4)  # two axes, two ends


def errors_deg(motion: Motion3D, true: Floats) -> dict[str, Floats]:
    """Found less true, NaN where one of them is not determined, both sides one after the other, by the angle's name."""
    found, wanted = joint_angles_deg(motion.joints.astype(np.float64), motion.skeleton), joint_angles_deg(true, DRAWN)
    return {
        angle.name: np.concatenate(
            [found[name] - wanted[name] for name in joint.names() if name.startswith(angle.name)]
        )
        for joint in JOINTS
        for angle in joint.angles
        if found.keys() >= set(joint.names())
    }


def report(model: str, clips: list[Clip]) -> None:
    """Lift the clips with a network and print a row for each angle."""
    errors: dict[str, list[Floats]] = {}
    across = []
    for clip in clips:
        motion, true = lift_video(clip.video, model=model), true_points(clip)
        across.append(across_mm(h36m_joints(motion.joints.astype(np.float64), motion.skeleton), seen(clip, motion)))
        for name, degrees in errors_deg(motion, true).items():
            errors.setdefault(name, []).append(degrees)
    bones = ", ".join(f"{a} to {b} {mm:.0f}" for (a, b), mm in zip(BONES, np.mean(across, axis=0), strict=True))
    print(f"\n{model}, {len(clips)} clips; across, mm: {bones}")
    print(f"{'angle':<22}{'median':>8}{'spread':>8}{'rms':>8}{'told':>8}")
    for name, pieces in errors.items():
        degrees = np.concatenate(pieces)
        told = degrees[np.isfinite(degrees)]
        if len(told):
            low, middle, high = np.percentile(told, (16, 50, 84))
            rms = np.sqrt((told**2).mean())
            print(f"{name:<22}{middle:>8.1f}{(high - low) / 2:>8.1f}{rms:>8.1f}{len(told) / len(degrees):>8.0%}")


def main() -> None:
    clips = [*find_clips("demo"), *find_clips(str(Path(__file__).parent / "clips"))]
    for model in MODELS:
        if (MODEL_FOLDER / f"{model}.safetensors").is_file():
            report(model, clips)
