"""Motion files of many formats → 25 points, from tiny files with a known person in them."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from support.example_motions import walk, with_holes
from support.hostile_pickles import GADGETS
from support.keypoint_files import object_npy, zipped
from support.motion_capture import check_feet, plug_in_gait_person, walker
from support.motion_files import flat_amc, flat_asf, flat_bvh, trc_text, tsv_text

from realtime.errors import FormatError
from realtime.formats.bvh.writer import write_bvh
from realtime.formats.fit3d.joints import camera_up
from realtime.formats.h36m_npz import read_h36m_2d, read_h36m_3d
from realtime.formats.trc import write_trc
from realtime.motion import to_y_up
from realtime.skeleton import H36M17, LIMB_JOINTS
from realtime.training.mocap.canonical25 import CANONICAL25, SAMPLED
from realtime.training.mocap.importers import IMPORTERS, Convention, form_of, read_motion, read_recordings
from realtime.training.mocap.joint_centres import plug_in_gait_points

PERSON = walker(1)[0]  # (25, 3) m: at 0.9 m, faces +x, z up
AT = dict(zip(CANONICAL25.joints, PERSON, strict=True))
SIDES, FOOT_BONES = ("left", "right"), ("lfoot", "rfoot", "ltoes", "rtoes")
# The same person turned to face -y, as who faces along z does when y becomes z.
TO_FACE_Z = np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
FACING = PERSON @ TO_FACE_Z.T


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def walking(motion):
    """The 25 points of `walk`, where it put them."""
    points = walker(len(motion))
    return points - points[:, :1] + motion.placed[:, :1]


# ---- our own files ------------------------------------------------------------------


def test_our_trc(tmp_path):
    motion = walk(9)
    write_trc(tmp_path / "x.trc", motion)
    points, rate_hz = read_motion(tmp_path / "x.trc")
    assert rate_hz == pytest.approx(29.97)
    assert points == pytest.approx(walking(motion), abs=1e-5)


@pytest.mark.parametrize("stretch", [True, False])
def test_our_bvh(tmp_path, stretch):
    motion = walk(9)
    write_bvh(tmp_path / "x.bvh", motion, stretch=stretch)
    points, rate_hz = read_motion(tmp_path / "x.bvh")
    assert rate_hz == pytest.approx(29.97)
    assert points == pytest.approx(walking(motion), abs=1e-5)


def test_our_c3d(tmp_path):
    pytest.importorskip("ezc3d")
    from realtime.formats.c3d.motion import write_c3d

    motion = walk(9)
    write_c3d(tmp_path / "x.c3d", motion)
    points, _ = read_motion(tmp_path / "x.c3d")
    assert points == pytest.approx(walking(motion), abs=1e-5)


def test_short_holes_are_closed_and_long_ones_are_not(tmp_path):
    write_trc(tmp_path / "x.trc", with_holes(12))
    points, _ = read_motion(tmp_path / "x.trc")  # holes of one frame, 29.97 frames a second
    assert np.isfinite(points).all()
    marks = {joint: np.tile(to_y_up(AT[joint]), (40, 1)) for joint in H36M17.joints}
    marks["left_wrist"][10:15] = np.nan
    marks["right_knee"][20:26] = np.nan
    points, _ = read_motion(put(tmp_path / "y.trc", trc_text(marks, 40)))  # 50 frames a second: five at most
    lost = np.isnan(points).any(-1)
    assert np.flatnonzero(lost.any(1)).tolist() == list(range(20, 26))
    assert [CANONICAL25.joints[i] for i in np.flatnonzero(lost.any(0))] == ["right_knee", "right_heel", "right_toe"]


# ---- rigs ---------------------------------------------------------------------------

BONES = dict(
    zip(("hip", "knee", "ankle", "shoulder", "elbow", "wrist"), "UpLeg Leg Foot Arm ForeArm Hand".split(), strict=True)
)


def motionbuilder(prefix="", **turns):
    joints = {}
    for joint in LIMB_JOINTS:
        side, part = joint.split("_")
        joints[f"{prefix}{side.title()}{BONES[part]}"] = 100 * to_y_up(FACING[CANONICAL25.index(joint)])
    ears = (FACING[CANONICAL25.index("left_ear")] + FACING[CANONICAL25.index("right_ear")]) / 2
    joints[f"{prefix}Head"] = 100 * to_y_up(ears - [0, 0, 0.055])
    return flat_bvh(joints, turns={f"{prefix}{bone}": turn for bone, turn in turns.items()})


@pytest.mark.parametrize("prefix", ["", "mixamorig:"])
def test_a_rig_of_motionbuilder(tmp_path, prefix):
    points, rate_hz = read_motion(put(tmp_path / "x.bvh", motionbuilder(prefix)))
    assert (rate_hz, points.shape) == (50, (3, 25, 3))
    but_spine = [i for i, joint in enumerate(CANONICAL25.joints[:SAMPLED]) if joint != "spine"]
    assert points[0, but_spine] == pytest.approx(FACING[but_spine], abs=1e-6)
    assert points[2] - points[0] == pytest.approx(np.tile([0.02, 0, 0], (25, 1)))


def test_feet_turn_with_their_bones(tmp_path):
    """At rest a sole is level and points along z, where y is up; about x, toes go down."""
    check_feet(read_motion(put(tmp_path / "x.bvh", motionbuilder()))[0])
    points, _ = read_motion(put(tmp_path / "y.bvh", motionbuilder(LeftFoot=(0, 90, 0))))
    down, ahead = (
        points[0, CANONICAL25.index(f"{side}_toe")] - points[0, CANONICAL25.index(f"{side}_heel")] for side in SIDES
    )
    length = 0.152 / 0.246 * 0.42
    assert down == pytest.approx([0, 0, -length], abs=1e-6)
    assert ahead == pytest.approx([0, -length, 0], abs=1e-6)


def test_a_head_turns_with_its_bone(tmp_path):
    straight, _ = read_motion(put(tmp_path / "x.bvh", motionbuilder()))
    aside, _ = read_motion(put(tmp_path / "y.bvh", motionbuilder(Head=(0, 0, 90))))  # about y: to the left
    nose, left = CANONICAL25.index("nose"), CANONICAL25.indices(["left_shoulder", "right_shoulder"])
    to_the_left = straight[0, left[0]] - straight[0, left[1]]
    assert (aside - straight)[0, nose] @ to_the_left > 0
    assert aside[0, CANONICAL25.indices(LIMB_JOINTS)] == pytest.approx(straight[0, CANONICAL25.indices(LIMB_JOINTS)])


def test_a_rig_of_daz(tmp_path):
    names = {"Thigh": "hip", "Shin": "knee", "Foot": "ankle", "Shldr": "shoulder", "ForeArm": "elbow", "Hand": "wrist"}
    joints = {
        f"{side[0]}{bone}": 100 * to_y_up(AT[f"{side}_{j}"]) for side in ("left", "right") for bone, j in names.items()
    }
    joints |= {"abdomen": 100 * to_y_up(AT["spine"]), "head": 100 * to_y_up(AT["nose"])}
    turned = {name: place @ [[0, 0, 1], [0, 1, 0], [-1, 0, 0]] for name, place in joints.items()}  # to face z
    points, _ = read_motion(put(tmp_path / "x.bvh", flat_bvh(turned)))
    check_feet(points)
    shoulders = points[0, CANONICAL25.index("left_shoulder")] - points[0, CANONICAL25.index("right_shoulder")]
    assert np.linalg.norm(shoulders) == pytest.approx(1.45 * 0.36)


def test_names_that_are_given(tmp_path):
    joints = {f"j{i}": 100 * to_y_up(FACING[i]) for i in range(17)}
    names = {joint: (f"j{i}",) for i, joint in enumerate(H36M17.joints)}
    path = put(tmp_path / "x.bvh.gz", gzip.compress(flat_bvh(joints).encode()))
    with pytest.raises(FormatError, match=r"unknown joint or marker names \(Root, j0"):
        read_motion(path)
    points, _ = read_motion(path, Convention(names=names))
    assert points[0] == pytest.approx(FACING, abs=1e-6)
    small, rate_hz = read_motion(path, Convention(names=names, metres_per_unit=0.009, rate_hz=120))
    assert small[0, :17] == pytest.approx(0.9 * FACING[:17], abs=1e-6)
    assert rate_hz == 120
    with pytest.raises(FormatError, match="has no 'j99', only"):
        read_motion(path, Convention(names=names | {"nose": ("j99",)}))


def test_a_rig_with_z_up(tmp_path):
    joints = {f"j{i}": 100 * place for i, place in enumerate(FACING)}
    names = {joint: (f"j{i}",) for i, joint in enumerate(CANONICAL25.joints)}
    points, _ = read_motion(put(tmp_path / "x.bvh", flat_bvh(joints)), Convention(names=names, up="z"))
    assert points[0] == pytest.approx(FACING, abs=1e-6)


def test_acclaim_with_its_skeleton_beside(tmp_path):
    names = "lhipjoint lfemur ltibia lclavicle lhumerus lwrist".split()
    bones = {n: to_y_up(FACING[CANONICAL25.index(j)]) for n, j in zip(names, LIMB_JOINTS[:6], strict=True)}
    bones |= {"r" + n[1:]: to_y_up(FACING[CANONICAL25.index(j)]) for n, j in zip(names, LIMB_JOINTS[6:], strict=True)}
    bones |= {"lowerback": to_y_up(FACING[CANONICAL25.index("spine")]), "upperneck": np.array([0.0, 1.6, 0.0])}
    bones["head"] = np.array([0.0, 1.7, 0.0])
    bones |= {"ltoes": bones["ltibia"] + [0.01, -0.04, 0.2], "rtoes": bones["rtibia"] + [-0.01, -0.04, 0.2]}
    bones |= {"lfoot": bones["ltibia"] + [0, -0.03, 0.13], "rfoot": bones["rtibia"] + [0, -0.03, 0.13]}
    path = put(tmp_path / "07_01.amc", flat_amc())
    with pytest.raises(FormatError, match=r"no skeleton 07\.asf"):
        read_motion(path)
    put(tmp_path / "07.asf", flat_asf(bones))
    points, rate_hz = read_motion(path)
    limbs = CANONICAL25.indices(LIMB_JOINTS)
    assert rate_hz == 120
    assert points[1, limbs] - points[0, limbs] == pytest.approx(np.tile([0.01, 0, 0], (12, 1)))
    assert points[0, limbs] == pytest.approx(FACING[limbs] + [0.01, 0, 0], abs=1e-6)
    check_feet(points)
    toe = points[0, CANONICAL25.index("left_toe")] - points[0, CANONICAL25.index("left_ankle")]
    assert toe == pytest.approx([0.01, -0.2, -0.04], abs=1e-6)
    put(tmp_path / "07.asf", flat_asf({name: bone for name, bone in bones.items() if name not in FOOT_BONES}))
    footless, _ = read_motion(path)
    check_feet(footless)
    assert footless[:, :SAMPLED] == pytest.approx(points[:, :SAMPLED], abs=1e-6)


# ---- markers ------------------------------------------------------------------------


def runner():
    """The 45 markers' names that tell joints, of a person who stands (mm, faces +x, left +y, z up)."""
    place = {"WaistLFront": (100, 120, 1000), "WaistRFront": (100, -120, 1000), "WaistBack": (-80, 0, 1020)}
    place |= {"SpineThoracic2": (-60, 0, 1450), "SpineThoracic12": (-90, 0, 1150)}
    place |= {"HeadL": (0, 80, 1680), "HeadR": (0, -80, 1680), "HeadFront": (90, 0, 1690)}
    for name, (y, z) in {"Knee": (110, 500), "Ankle": (110, 90), "Elbow": (260, 1150), "Wrist": (260, 900)}.items():
        for end, out in (("Out", 40), ("In", -40)):
            place |= {f"L{name}{end}": (0, y + out, z), f"R{name}{end}": (0, -y - out, z)}
    return place | {"LShoulderTop": (0, 190, 1480), "RShoulderTop": (0, -190, 1480)}


def shod_runner():
    """The same with markers on the feet, 5 cm above the sole."""
    feet = {"HeelBack": (-60, 110, 50), "Forefoot2": (135, 110, 50), "Forefoot5": (115, 170, 50)}
    sides = (("L", 1), ("R", -1))
    return runner() | {f"{side}{name}": (x, sign * y, z) for side, sign in sides for name, (x, y, z) in feet.items()}


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("stamped", [True, False])
def test_a_qualisys_export(tmp_path, header, stamped):
    text = tsv_text(runner(), header=header, stamped=stamped, keys=("TRAJECTORY_TYPES\tMeasured\tMeasured",))
    points, rate_hz = read_motion(put(tmp_path / "x.tsv", text))
    at = dict(zip(CANONICAL25.joints, points[1], strict=True))
    assert rate_hz == 170
    assert at["left_knee"] == pytest.approx([0, 0.11, 0.5])
    assert at["right_wrist"] == pytest.approx([0, -0.26, 0.9])
    assert at["nose"][0] > 0.08
    check_feet(points)


def test_feet_of_a_qualisys_export(tmp_path):
    points, _ = read_motion(put(tmp_path / "x.tsv", tsv_text(shod_runner())))
    check_feet(points)
    at = dict(zip(CANONICAL25.joints, points[1], strict=True))
    # 195 mm from heel to ball are 0.74 of the foot; the big toe is 2.4 cm inwards of that line.
    length = 0.195 / 0.74
    assert at["left_heel"] == pytest.approx([-0.06, 0.11, 0.02])
    assert at["left_toe"] == pytest.approx([-0.06 + length, 0.11 - 0.0905 * length, 0.02], abs=1e-4)
    assert at["right_toe"] == pytest.approx(at["left_toe"] * [1, -1, 1])
    lost = {name: np.tile(np.array(place, float), (60, 1)) for name, place in shod_runner().items()}
    lost["LHeelBack"][10:50] = np.nan
    points, _ = read_motion(put(tmp_path / "y.tsv", tsv_text(lost, 60)))
    assert np.isfinite(points).all()
    check_feet(points)


def test_lost_markers_of_a_qualisys_export(tmp_path):
    marks = {name: np.tile(np.array(place, float), (60, 1)) for name, place in runner().items()}
    marks["LKneeOut"][10:50] = np.nan  # NULL
    marks["RWristIn"][10:50] = 0
    points, _ = read_motion(put(tmp_path / "x.tsv", tsv_text(marks, 60).replace("NULL\tNULL\tNULL", "\t\t", 3)))
    lost = np.isnan(points).any(-1)
    assert {CANONICAL25.joints[i] for i in np.flatnonzero(lost.any(0))} == {
        "left_knee",
        "left_heel",
        "left_toe",
        "right_wrist",
    }
    assert np.flatnonzero(lost.any(1)).tolist() == list(range(10, 50))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("MARKER_NAMES", "NAMES"),
        ("FREQUENCY\t170", "FREQUENCY\tEXT"),
        ("FREQUENCY\t170", "FREQUENCY\t0"),
        ("1480.000", "high"),
    ],
)
def test_broken_qualisys_exports(tmp_path, old, new):
    path = put(tmp_path / "x.tsv", tsv_text(runner()).replace(old, new, 1))
    with pytest.raises(FormatError) as fault:
        read_motion(path)
    assert "\n" not in str(fault.value)
    if new.endswith("EXT"):
        assert read_motion(path, Convention(rate_hz=100))[1] == 100


def test_plug_in_gait_in_millimetres(tmp_path):
    person = plug_in_gait_person()
    marks = {f"Anna:{name}": 1000 * to_y_up(place[0]) for name, place in person.items()}
    points, _ = read_motion(put(tmp_path / "x.trc", trc_text(marks, unit="mm")))
    assert points[0] == pytest.approx(plug_in_gait_points(person)[0], abs=1e-6)


def test_joint_centres_by_pose2sims_names(tmp_path):
    names = {"LEye": "left_eye", "REye": "right_eye", "LEar": "left_ear", "REar": "right_ear", "Nose": "nose"}
    names |= {f"{j[0].upper()}{j.partition('_')[2].title()}": j for j in LIMB_JOINTS}
    names |= {"LHeel": "left_heel", "RHeel": "right_heel", "LBigToe": "left_toe", "RBigToe": "right_toe"}
    points, _ = read_motion(put(tmp_path / "x.trc", trc_text({n: to_y_up(AT[j]) for n, j in names.items()})))
    but_spine = [i for i, joint in enumerate(CANONICAL25.joints) if joint != "spine"]
    assert points[0, but_spine] == pytest.approx(PERSON[but_spine])
    raised = {n: to_y_up(AT[j] + [0, 0, 0.01 if j == "left_toe" else 0]) for n, j in names.items()}
    points, _ = read_motion(put(tmp_path / "y.trc", trc_text(raised)))
    assert points[0, CANONICAL25.index("left_toe")] == pytest.approx(AT["left_toe"] + [0, 0, 0.01])


def test_the_middle_of_two_markers(tmp_path):
    marks = {joint: to_y_up(AT[joint]) for joint in H36M17.joints if joint != "left_knee"}
    marks |= {"in": to_y_up(AT["left_knee"] - 0.04), "out": to_y_up(AT["left_knee"] + 0.04)}
    names = {joint: (joint,) for joint in H36M17.joints} | {"left_knee": ("in", "out")}
    points, _ = read_motion(put(tmp_path / "x.trc", trc_text(marks)), Convention(names=names))
    assert points[0] == pytest.approx(PERSON)


def test_what_cannot_be_a_person_is_told(tmp_path):
    marks = {joint: to_y_up(AT[joint]) for joint in H36M17.joints}
    with pytest.raises(FormatError, match=r"a thigh is 0\.00042 m long"):
        read_motion(put(tmp_path / "x.trc", trc_text(marks, unit="mm")))
    swapped = {H36M17.joints[H36M17.mirror[i]]: marks[joint] for i, joint in enumerate(H36M17.joints)}
    with pytest.raises(FormatError, match="left and right"):
        read_motion(put(tmp_path / "x.trc", trc_text(swapped)))
    with pytest.raises(FormatError, match="unknown joint or marker names"):
        read_motion(put(tmp_path / "x.trc", trc_text({"a": (0, 0, 0)})))


# ---- data sets ----------------------------------------------------------------------

MOVING = [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]


def h36m_file(path, recordings, name="positions_3d"):
    sets = {}
    for (subject, action), positions in recordings.items():
        sets.setdefault(subject, {})[action] = positions
    np.savez_compressed(path, **{name: np.array(sets, object)})
    return path


def in_the_laboratory(frames):
    joints = np.full((frames, 32, 3), 9.0, np.float32)
    joints[:, MOVING] = walker(frames)[:, :17]
    return joints


def test_human36m_of_videopose3d(tmp_path):
    both = {("S1", "Walking"): in_the_laboratory(4), ("S9", "Eating 1"): in_the_laboratory(6)}
    path = h36m_file(tmp_path / "data_3d_h36m.npz", both)
    found = list(read_recordings(path))
    assert [(r.name, len(r.points), r.rate_hz) for r in found] == [("S1/Walking", 4, 50), ("S9/Eating 1", 6, 50)]
    assert found[0].points == pytest.approx(walker(4), abs=1e-6)
    check_feet(found[0].points)
    with pytest.raises(FormatError, match="contains 2 recordings"):
        read_motion(path)
    one = h36m_file(tmp_path / "one.npz", {("S1", "Walking"): walker(4)[:, :17].astype(np.float32)})
    assert read_motion(one)[0] == pytest.approx(walker(4), abs=1e-6)


def test_keypoints_of_human36m(tmp_path):
    cameras = [np.full((3, 17, 2), float(i), np.float32) for i in range(4)]
    path = h36m_file(tmp_path / "data_2d_h36m_gt.npz", {("S1", "Walking"): cameras}, "positions_2d")
    seen = list(read_h36m_2d(path))
    assert [(s.subject, s.action, s.camera, s.xy[0, 0, 0]) for s in seen] == [("S1", "Walking", i, i) for i in range(4)]
    with pytest.raises(FormatError, match="no positions_3d"):
        list(read_h36m_3d(path))


@pytest.mark.parametrize(
    "sets",
    [{}, {"S1": 3}, {"S1": {"Walking": np.zeros((3, 5, 3))}}, {"S1": {"Walking": np.zeros((0, 32, 3))}},
     {"S1": {"Walking": "abc"}}, [1, 2], {"S1": {"Walking": np.zeros((3, 32, 2))}}],
)  # fmt: skip
def test_broken_sets(tmp_path, sets):
    np.savez(tmp_path / "x.npz", positions_3d=np.array(sets, object))
    with pytest.raises(FormatError) as fault:
        list(read_recordings(tmp_path / "x.npz"))
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS)
def test_pickles_that_would_run_are_refused(tmp_path, monkeypatch, gadget):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FormatError):
        list(read_recordings(zipped(tmp_path / "x.npz", positions_3d=object_npy(gadget))))
    assert not (tmp_path / "marker").exists()


def fit3d_file(folder, up=None):
    turned = {None: PERSON, "y": to_y_up(PERSON), "-y": to_y_up(PERSON) * [1, -1, -1]}[up]
    joints = np.concatenate([turned[:17], turned[:8]])
    path = folder / "s03" / "joints3d_25" / "squat.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"joints3d_25": [joints.tolist()] * 4}))
    if up is not None:
        level = {"y": np.diag([1.0, -1, -1]), "-y": np.eye(3)}[up]  # the camera's y is down
        camera = folder / "s03" / "camera_parameters" / "50591643" / "squat.json"
        camera.parent.mkdir(parents=True)
        camera.write_text(json.dumps({"extrinsics": {"R": level.tolist(), "T": [[0, 0, 3]]}}))
    return path


@pytest.mark.parametrize("up", [None, "y", "-y"])
def test_fit3d_with_its_cameras(tmp_path, up):
    points, rate_hz = read_motion(fit3d_file(tmp_path, up))
    assert (rate_hz, points.shape) == (50, (4, 25, 3))
    assert points[0] == pytest.approx(PERSON)


def test_broken_fit3d(tmp_path):
    path = fit3d_file(tmp_path, "y")
    camera = next(tmp_path.glob("s03/camera_parameters/*/squat.json"))
    assert camera_up(camera) == "y"
    put(camera, '{"extrinsics": {"R": [1, 2]}}')
    with pytest.raises(FormatError, match="extrinsics"):
        read_motion(path)
    for broken in ("{}", "[", '{"joints3d_25": [[[1, 2, 3]]]}', '{"joints3d_25": [[1, [2]]]}'):
        with pytest.raises(FormatError):
            read_motion(put(path, broken))


# ---- all ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", IMPORTERS)
@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff" * 400, b'{"a": ', b"HIERARCHY\nMOTION\n"])
def test_broken_files_are_told(tmp_path, form, content):
    path = put(tmp_path / f"07_01{IMPORTERS[form].endings[0]}", content)
    put(tmp_path / "07.asf", content)
    for given in ("", form):
        with pytest.raises(FormatError) as fault:
            read_motion(path, form=given)
        assert "\n" not in str(fault.value)
    with pytest.raises(FormatError):
        read_motion(tmp_path / f"missing{IMPORTERS[form].endings[0]}")


def test_formats_by_ending(tmp_path):
    assert [form_of(tmp_path / name) for name in ("a.BVH", "a.b.trc", "a.amc.gz")] == ["bvh", "trc", "acclaim"]
    with pytest.raises(FormatError, match=r"unknown format; known are \.bvh"):
        form_of(tmp_path / "a.fbx")
