"""What motion capture writes: rigs, markers, tables, and the data sets Fit3D and RunningPose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from support.fit3d_files import CAMERAS, camera
from support.motion_capture import AMC, BVH
from support.motion_files import flat_amc, flat_asf, flat_bvh, trc_text, tsv_text
from support.qualisys_files import UPDATED, standing_markers, write_text_layout, write_tsv

from realtime.formats.acclaim import read_amc, read_asf
from realtime.formats.bvh.reader import read_bvh
from realtime.formats.bvh.writer import write_bvh
from realtime.formats.c3d.motion import read_c3d, write_c3d
from realtime.formats.fit3d import cameras as fit3d_cameras
from realtime.formats.fit3d import folder as fit3d_folder
from realtime.formats.fit3d.joints import camera_up, read_fit3d
from realtime.formats.mot import read_mot, write_mot
from realtime.formats.motion_csv import read_motion_csv, write_motion_csv
from realtime.formats.motion_json import read_motion_json, write_motion_json
from realtime.formats.qualisys.calibration import read_cameras
from realtime.formats.qualisys.tsv import read_qualisys_tsv
from realtime.formats.runningpose.joints_csv import read_runner_csv, write_runner_csv
from realtime.formats.safe.gz_text import read_text
from realtime.formats.trc import read_trc, read_trc_markers, write_trc
from realtime.offline.manifest import asked, failed, input_of, read_manifest
from realtime.offline.motion_files import read_motion
from realtime.skeleton import RUNNER18
from realtime.training.mocap import importers

from .rule import Reader, gzipped
from .seeds import a_motion, points, written

_RIG = {"LeftUpLeg": (10, 0, 0), "Head": (0, 60, 0)}


def _imported(path: Path) -> None:
    list(importers.read_recordings(path))


def rigs() -> Sequence[Reader]:
    own = written(partial(write_bvh, motion=a_motion()), "x.bvh")["x.bvh"]
    bvh = [BVH.encode(), flat_bvh(_RIG).encode()]
    bones = {"thigh": (0.1, 0, 0), "head": (0.0, 0.5, 0)}
    asf, amc = flat_asf(bones).encode(), flat_amc().encode()
    posed = f"{AMC}\n".encode()
    return (
        Reader("bvh", "x.bvh", lambda path: read_bvh(read_text(path), name=str(path)), bvh),
        Reader("bvh-gz", "x.bvh.gz", lambda path: read_bvh(read_text(path), name=str(path)), bvh, wrapped=gzipped),
        Reader("gz", "x.bvh.gz", lambda path: read_bvh(read_text(path), name=str(path)), [gzipped(BVH.encode())]),
        Reader("bvh-imported", "x.bvh", _imported, [own]),
        Reader("asf", "01.asf", lambda path: _acclaim(path.parent), [asf], {"01_01.amc": amc}),
        Reader("amc", "01_01.amc", lambda path: _acclaim(path.parent), [amc, posed], {"01.asf": asf}),
    )


def _acclaim(folder: Path) -> None:
    skeleton, posed = folder / "01.asf", folder / "01_01.amc"
    read_amc(read_text(posed), read_asf(read_text(skeleton), str(skeleton)), str(posed))


def trc() -> Sequence[Reader]:
    own = written(partial(write_trc, motion=a_motion()), "x.trc")["x.trc"]
    two = trc_text({"Hip": (0, 1, 0), "Nose": (0, 1.6, 0.1)}, unit="mm").encode()
    return (
        Reader("trc", "x.trc", read_trc, [own]),
        Reader("markers", "x.trc", read_trc_markers, [own, two]),
        Reader("trc-analysed", "x.trc", read_motion, [own]),
        Reader("trc-imported", "x.trc", _imported, [own]),
    )


def mot() -> Sequence[Reader]:
    return (Reader("mot", "x.mot", read_mot, list(written(partial(write_mot, motion=a_motion()), "x.mot").values())),)


def csv() -> Sequence[Reader]:
    own = written(partial(write_motion_csv, motion=a_motion()), "x.csv")["x.csv"]
    runner = written(partial(write_runner_csv, points=points(len(RUNNER18))), "x.csv")["x.csv"]
    return (
        Reader("motion", "x.csv", read_motion_csv, [own]),
        Reader("motion-analysed", "x.csv", read_motion, [own]),
        Reader("runner", "x.csv", read_runner_csv, [runner]),
    )


def c3d() -> Sequence[Reader]:
    own = written(partial(write_c3d, motion=a_motion()), "x.c3d")["x.c3d"]
    return (
        Reader("c3d", "x.c3d", read_c3d, [own]),
        Reader("c3d-analysed", "x.c3d", read_motion, [own]),
        Reader("c3d-imported", "x.c3d", _imported, [own]),
    )


def json_motion() -> Sequence[Reader]:
    own = written(partial(write_motion_json, motion=a_motion()), "x.motion.json")["x.motion.json"]
    about = {"format": 1, "input": {"name": "a.mp4"}, "files": [["a.npy", 1, 2]], "settings": {"write": ["npy"]}}
    manifest = json.dumps({**about, "failed": {"c3d": {"fault": "no", "final": True}}}).encode()
    return (
        Reader("motion", "x.motion.json", read_motion_json, [own]),
        Reader("motion-analysed", "x.motion.json", read_motion, [own]),
        Reader("manifest", "x.lift.json", _manifest, [manifest]),
    )


def _manifest(path: Path) -> None:
    found = read_manifest(path)
    input_of(path.with_name("x"))
    if found is not None:
        asked(found)
        failed(found)


def fit3d() -> Sequence[Reader]:
    joints = json.dumps({"joints3d_25": points(25).tolist()}).encode()
    name, place = next(iter(CAMERAS.items()))
    lens = json.dumps(camera(place)).encode()
    info = {"all_camera_names": [name], "train_subj_names": ["s03"], "subj_to_act": {"s03": ["squat"]}}
    files = {
        "fit3d_info.json": json.dumps(info).encode(),
        "train/s03/rep_ann.json": b'{"squat": [0, 55, 110]}',
        "train/s03/joints3d_25/squat.json": joints,
        f"train/s03/camera_parameters/{name}/squat.json": lens,
    }
    folder = [
        Reader(f"folder-{number}", path, _fit3d_folder(path), [files[path]], files)
        for number, path in enumerate(("fit3d_info.json", "train/s03/rep_ann.json"))
    ]
    return (
        Reader("joints", "train/s03/joints3d_25/squat.json", read_fit3d, [joints], files),
        Reader("joints-gz", "x.json.gz", read_fit3d, [joints], wrapped=gzipped),
        Reader("joints-imported", "train/s03/joints3d_25/squat.json", _imported, [joints], files),
        Reader("camera", "x.json", fit3d_cameras.read_camera, [lens]),
        Reader("camera-up", "x.json", camera_up, [lens]),
        *folder,
    )


def _fit3d_folder(inside: str):
    """A reader of the folder that the path `inside` is in."""

    def read(path: Path) -> None:
        folder = path.parents[inside.count("/")]
        fit3d_folder.missing_people(folder)
        fit3d_folder.find_recordings(folder)

    return read


_XML = b"""<calibration calibrated="2022-06-03"><cameras>
<camera active="1" serial="21" model="Miqus Video">
<fov_video left="0" top="0" right="1919" bottom="1079"/>
<transform x="1000" y="-2000" z="1500" r11="1" r12="0" r13="0" r21="0" r22="0" r23="1" r31="0" r32="-1" r33="0"/>
<intrinsic focalLengthU="107467.2" focalLengthV="107467.6" centerPointU="60818.7" centerPointV="32822.3"
 sensorMaxU="122880" sensorMinU="0" sensorMaxV="69120" radialDistortion1="-0.04" radialDistortion2="0.1"
 tangentalDistortion1="0" tangentalDistortion2="0"/>
</camera></cameras></calibration>"""
_TOML = b"""[cam_1]
name = "1"
size = [1920.0, 1080.0]
matrix = [[1681.2, 0.0, 958.1], [0.0, 1681.2, 540.5], [0.0, 0.0, 1.0]]
distortions = [-0.04, 0.1, 0.0, 0.0]
rotation = [1.2, 0.1, -0.2]
translation = [0.1, 1.0, 4.0]
"""


_TABLE = {"size": [4, 3], "matrix": [[5, 0, 2], [0, 5, 1], [0, 0, 1]], "rotation": [0, 0, 1], "translation": [0, 1, 4]}


def qualisys() -> Sequence[Reader]:
    standing = standing_markers(2, 10.0)
    text = written(partial(write_text_layout, points=standing), "x.txt")["x.txt"]
    tsv = written(partial(write_tsv, points=standing), "x.tsv")["x.tsv"]
    labels = {"updated_labels.txt": "\n".join(UPDATED).encode()}
    few = tsv_text({"A": (1, 2, 3), "B": (4, 5, 6)}, stamped=True).encode()
    tables = json.dumps({"cam": _TABLE})
    return (
        Reader("text", "x.txt", read_motion, [text], labels),
        Reader(
            "labels",
            "updated_labels.txt",
            lambda path: read_motion(path.with_name("x.txt")),
            list(labels.values()),
            {"x.txt": text},
        ),
        Reader("tsv", "x.tsv", read_motion, [tsv]),
        Reader("markers", "x.tsv", read_qualisys_tsv, [tsv, few]),
        Reader("calibration-xml", "x.qca.txt", read_cameras, [_XML]),
        Reader("calibration-toml", "x.toml", read_cameras, [_TOML]),
        Reader("calibration-json", "x.json", read_cameras, [tables.encode()]),
    )
