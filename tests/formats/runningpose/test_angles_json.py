"""RunningPose's angles.json: angles of a body that is bent by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.example_motions import walk
from support.runners import runner

from realtime.formats.runningpose.angles_json import runner_angles_deg, write_angles_json
from realtime.formats.writers import WRITERS
from realtime.skeleton import RUNNER18

# Its keys in its order, and the numbers of the joints; Spine goes to 5, the back of the waist, and not to 3.
PUBLISHED = {
    "LElbow": (3, 10, 12),
    "RElbow": (4, 11, 13),
    "Neck": (0, 1, 2),
    "Spine": (1, 2, 5),
    "LKnee": (6, 14, 16),
    "RKnee": (8, 15, 17),
    "LFot": (14, 16, 7),
    "RFot": (15, 17, 9),
}


def bent(name, degrees):
    """A runner whose angle `name` has these degrees, one a frame."""
    run = runner(len(degrees))
    start, middle, end = PUBLISHED[name]
    about = np.radians(degrees)
    run.joints[:, start] = run.joints[:, middle] + (0.3, 0, 0)
    run.joints[:, end] = run.joints[:, middle] + 0.4 * np.stack([np.cos(about), np.sin(about), 0 * about], -1)
    return run


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_angle_is_that_at_its_second_joint(name):
    degrees = [0, 30, 90, 137.5, 180]
    np.testing.assert_allclose(runner_angles_deg(bent(name, degrees))[name], degrees, atol=1e-4)


def test_the_file(tmp_path):
    run = bent("LKnee", [90, 120])
    run.joints[1, RUNNER18.index("left_wrist")] = np.nan
    (path,) = WRITERS["angles-json"](tmp_path / "run", run)
    assert path.name == "run.angles.json"
    data = json.loads(path.read_text())
    assert list(data) == list(PUBLISHED)
    assert data["LKnee"] == [90, 120]
    assert data["LElbow"][0] == pytest.approx(runner_angles_deg(run)["LElbow"][0], abs=1e-3)
    assert data["LElbow"][1] is None
    assert len(data["Spine"]) == 2


def test_seventeen_joints_have_no_feet(tmp_path):
    write_angles_json(tmp_path / "walk.json", walk(3))
    data = json.loads((tmp_path / "walk.json").read_text())
    assert data["LFot"] == data["RFot"] == [None] * 3
    assert all(0 <= angle <= 180 for name in list(PUBLISHED)[:6] for angle in data[name])
