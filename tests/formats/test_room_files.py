"""Files of a motion in the room: feet on the floor of every program that reads them."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest
from support.figures import ANKLE_M, RATE_HZ, jumping, walking

from realtime.formats.bvh.reader import read_bvh
from realtime.formats.c3d.motion import read_c3d
from realtime.formats.joints_npy import read_joints
from realtime.formats.mot import read_mot
from realtime.formats.motion_json import read_motion_json
from realtime.formats.motion_npz import read_motion_npz
from realtime.formats.trc import read_trc, read_trc_markers
from realtime.formats.writers import WRITERS
from realtime.motion import motion, to_y_up
from realtime.pose import PELVIS, ROOM
from realtime.skeleton import H36M17

_ANKLES = H36M17.indices(("left_ankle", "right_ankle"))


def in_the_room(joints):
    root = joints[:, :1]
    return motion(joints - root, RATE_HZ, root_m=root[:, 0], place=ROOM)


@pytest.mark.parametrize(("name", "read"), [("npz", read_motion_npz), ("json", read_motion_json), ("npy", read_joints)])
def test_our_own_files_say_where_the_origin_is(tmp_path, name, read):
    joints = walking(20)
    back = read(WRITERS[name](tmp_path / "room", in_the_room(joints))[0])
    assert back.place == ROOM
    assert back.placed == pytest.approx(joints, abs=1e-4)
    about_pelvis = motion(joints - joints[:, :1], RATE_HZ)
    assert read(WRITERS[name](tmp_path / "pelvis", about_pelvis)[0]).place == PELVIS


def test_joints_npy_holds_the_joints_in_the_room_and_the_json_says_so(tmp_path):
    joints = walking(5)
    path, _, about = WRITERS["npy"](tmp_path / "walk", in_the_room(joints))
    assert np.load(path) == pytest.approx(joints, abs=1e-5)
    told = json.loads(about.read_text())
    assert (told["place"], told["origin"]) == ("room", "the floor below the camera")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("trc", read_trc),
        pytest.param(
            "c3d", read_c3d, marks=pytest.mark.skipif(not importlib.util.find_spec("ezc3d"), reason="ezc3d is missing")
        ),
    ],
)
def test_markers_stand_on_the_floor_and_jumps_leave_it(tmp_path, name, read):
    joints = jumping(60)
    back = read(WRITERS[name](tmp_path / "jump", in_the_room(joints))[0])
    assert back.placed == pytest.approx(joints, abs=1e-3)
    heights = back.placed[:, _ANKLES, 2]
    assert heights[:30] == pytest.approx(np.full((30, 2), ANKLE_M), abs=1e-3)
    assert heights.max() == pytest.approx(ANKLE_M + 0.306, abs=0.01)


def test_the_vertical_axis_of_a_trc_is_its_second_column(tmp_path):
    path = WRITERS["trc"](tmp_path / "jump", in_the_room(jumping(5)))[0]
    cells = path.read_text().splitlines()[6].split("\t")
    column = read_trc_markers(path).names.index("LAnkle")
    assert float(cells[2 + 3 * column + 1]) == pytest.approx(ANKLE_M, abs=1e-6)


def test_a_bvh_walks_over_the_floor_in_centimetres_and_mot_in_metres(tmp_path):
    joints = walking(30)
    rig = read_bvh(WRITERS["bvh"](tmp_path / "walk", in_the_room(joints))[0].read_text())
    assert rig.point("left_ankle") == pytest.approx(to_y_up(joints[:, _ANKLES[0]]), abs=2e-3)
    _, columns = read_mot(WRITERS["mot"](tmp_path / "walk", in_the_room(joints))[0])
    assert columns["pelvis_ty"] == pytest.approx(joints[:, 0, 2], abs=1e-4)
