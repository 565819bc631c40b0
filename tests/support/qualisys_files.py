"""Qualisys recordings of a runner, as QTM and RunningPose write them: 45 markers whose places say who they are."""

from __future__ import annotations

import gzip

import numpy as np
from support.poses import SHARED

CORPUS = SHARED / "data" / "mocap" / "running-qualisys_tifx04"
_UPDATED = """
HeadL HeadR HeadFront Chest SpineThoracic2 SpineThoracic12 LShoulderTop LArm LElbowOut LElbowIn LWristIn LWristOut
LHand2 RShoulderTop RArm RElbowOut RElbowIn RWristIn RWristOut RHand2 WaistLFront WaistL WaistBack WaistR WaistRFront
LThigh2 LThighFrontLow LKneeOut LKneeIn LShinFrontHigh LAnkleOut LAnkleIn LHeelBack LForefoot2 LForefoot5
RThigh2 RThighFrontLow RKneeOut RKneeIn RShinFrontHigh RAnkleOut RAnkleIn RHeelBack RForefoot2 RForefoot5
"""
UPDATED = _UPDATED.split()


def standing_markers(frames, step_mm=0.0):
    """(T, 45, 3) mm, z up: marker m is at (100 + step t, 10 m, 1000 + 10 m), so that no two are at one place."""
    m = np.arange(len(UPDATED))
    at = np.stack([np.full(len(m), 100.0), 10.0 * m, 1000 + 10.0 * m], -1)
    return at + np.arange(frames)[:, None, None] * np.array([step_mm, 0, 0])


def write_text_layout(path, points, labels=UPDATED):
    """RunningPose's layout, and updated_labels.txt beside it; `labels` None: no such file."""
    rows = np.asarray(points).transpose(1, 0, 2).reshape(points.shape[1], -1)
    text = "\n".join(",".join(f"{x:g}" if np.isfinite(x) else "NaN" for x in row) for row in rows) + "\n"
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    if labels is not None:
        (path.parent / "updated_labels.txt").write_text("\n".join(labels) + "\n", encoding="utf-8")
    return path


def write_tsv(path, points, rate_hz=100, labels=UPDATED):
    """QTM's export of 3D data."""
    head = [f"NO_OF_FRAMES\t{len(points)}", f"NO_OF_MARKERS\t{len(labels)}", f"FREQUENCY\t{rate_hz}"]
    head += ["DATA_INCLUDED\t3D", "MARKER_NAMES\t" + "\t".join(labels)]
    rows = ["\t".join(f"{x:.3f}" for x in frame.ravel()) for frame in points]
    path.write_text("\n".join([*head, *rows, ""]), encoding="utf-8")
    return path
