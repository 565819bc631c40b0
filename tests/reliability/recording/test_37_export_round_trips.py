"""What is exported comes back within a millimetre: TRC, C3D and BVH, read by this project and by others.

Pose2Sim reads a TRC with pandas, skipping five lines of header; that is done here with NumPy, in the same way.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from support.bvh_files import held, joints_of
from support.demo_clip import demo_joints

from realtime.formats.c3d.motion import read_c3d
from realtime.formats.trc import read_trc
from realtime.formats.writers import WRITERS
from realtime.motion import to_z_up

MM = 0.001


@pytest.fixture(scope="module")
def motion():
    """Somebody who walks and squats, exactly known."""
    return demo_joints()


def largest_mm(back, motion):
    return float(np.abs(back - motion.placed)[motion.valid].max() / MM)


def as_pose2sim(path):
    """Points (T, J, 3) in the units and axes of the file, as Pose2Sim's read_trc takes them."""
    lines = path.read_text().splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name]
    rows = [[float(cell) for cell in line.split("\t")[2:] if cell] for line in lines[5:] if line.strip()]
    return np.array(rows).reshape(len(rows), len(names), 3)


def test_trc(motion, tmp_path, figure):
    (path,) = WRITERS["trc"](tmp_path / "demo", motion)
    own = largest_mm(read_trc(path).placed, motion)
    units = {"m": 1.0, "mm": MM}[path.read_text().splitlines()[2].split("\t")[4]]
    other = largest_mm(to_z_up(as_pose2sim(path) * units, "y"), motion)
    assert max(own, other) <= 1
    figure(f"TRC: {own:.4f} mm by the reader here, {other:.4f} mm as Pose2Sim reads it")


def test_c3d_here_and_by_ezc3d(motion, tmp_path, figure):
    ezc3d = pytest.importorskip("ezc3d", reason="ezc3d is not installed")
    (path,) = WRITERS["c3d"](tmp_path / "demo", motion)
    own = largest_mm(read_c3d(path).placed, motion)
    other = largest_mm(ezc3d.c3d(str(path))["data"]["points"][:3].transpose(2, 1, 0) * MM, motion)
    assert max(own, other) <= 1
    figure(f"C3D: {own:.4f} mm by the reader here, {other:.4f} mm by ezc3d")


def test_c3d_by_c3d(motion, tmp_path, figure):
    pytest.importorskip("ezc3d", reason="ezc3d is not installed")
    c3d = pytest.importorskip("c3d", reason="c3d is not installed: pip install c3d, to try it")
    (path,) = WRITERS["c3d"](tmp_path / "demo", motion)
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own
        points = np.array([points[:, :3] for _, points, _ in c3d.Reader(file).read_frames()])
    other = largest_mm(points * MM, motion)
    assert other <= 1
    figure(f"C3D: {other:.4f} mm by c3d")


def test_bvh_by_forward_kinematics(motion, tmp_path, figure):
    (path,) = WRITERS["bvh"](tmp_path / "demo", motion)
    off = float(np.abs(joints_of(path.read_text()) - held(motion)).max() / MM)
    assert off <= 1
    figure(f"BVH: {off:.1e} mm by forward kinematics")
