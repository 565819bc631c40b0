"""COCO annotations of a runner's 18 joints."""

from __future__ import annotations

import json

import numpy as np
import pytest

from realtime.errors import RecordError
from realtime.formats.runningpose.coco_json import category, write_coco
from realtime.skeleton import RUNNER18
from realtime.track import single_person_track

# As prepare_data_COCO has them, typed a second time.
KEYPOINTS = (
    "RAnkle LAnkle RKnee LKnee RWrist LWrist RElbow LElbow RForefoot RTrochanterMajor LForefoot LTrochanterMajor "
    "WaistBack RShoulderTop LShoulderTop SpineThoracic12 SpineThoracic2 HeadFront"
)
SKELETON = "18-17 17-15 17-14 17-16 16-13 13-10 13-12 10-3 3-1 1-9 12-4 4-2 2-11 14-7 7-5 15-8 8-6"
SIZE_WH = 200, 100


def write(path, *frames, **more):
    """Frames {joint: (x, y)} of one clip; other joints are not known."""
    points = np.full((len(frames), 18, 3), np.nan, np.float32)
    for at, frame in zip(points, frames, strict=True):
        for joint, xy in frame.items():
            at[RUNNER18.index(joint)] = *xy, 1
    tracks = {"run_camera1": single_person_track(points, SIZE_WH, RUNNER18, 85.0)}
    write_coco(path, tracks | more)
    return json.loads(path.read_text())


def test_the_person_is_described_as_published():
    person = category()
    assert person["keypoints"] == KEYPOINTS.split()
    pairs = {tuple(sorted(map(int, pair.split("-")))) for pair in SKELETON.split()}
    assert {tuple(sorted(pair)) for pair in person["skeleton"]} == pairs
    assert len(person["skeleton"]) == 17


def test_an_annotation_by_hand(tmp_path):
    frame = {"head_front": (50, 20.5), "right_ankle": (60, 90), "left_ankle": (210, 80)}
    data = write(tmp_path / "a.json", {}, frame)
    assert data["images"] == [
        {"id": number + 1, "file_name": f"run_camera1/00000{number}.jpg", "width": 200, "height": 100}
        for number in range(2)
    ]
    (person,) = data["annotations"]  # nobody is known in the first frame
    keypoints = person.pop("keypoints")
    assert keypoints[:6] == [60, 90, 2, 0, 0, 0]  # the right ankle; the left one is outside of the picture
    assert keypoints[-3:] == [50, 20.5, 2]
    assert keypoints[6:-3] == [0] * 45
    assert person == {
        "id": 1,
        "image_id": 2,
        "category_id": 1,
        "iscrowd": 0,
        "num_keypoints": 2,
        "bbox": [50, 20.5, 150, 69.5],  # to the picture's edge at 200
        "area": 10425,
    }


def test_identities_go_on_from_clip_to_clip(tmp_path):
    second = single_person_track(np.full((2, 18, 3), 10.0, np.float32), SIZE_WH, RUNNER18)
    data = write(tmp_path / "a.json", {"head_front": (1, 1)}, run_camera2=second)
    assert [image["id"] for image in data["images"]] == [1, 2, 3]
    assert [(a["id"], a["image_id"]) for a in data["annotations"]] == [(1, 1), (2, 2), (3, 3)]
    assert data["images"][1]["file_name"] == "run_camera2/000000.jpg"
    assert set(data) == {"info", "licenses", "categories", "images", "annotations"}


def test_nobody_in_the_picture_and_no_file_overwritten(tmp_path):
    assert write(tmp_path / "a.json", {"head_front": (-1, 50)})["annotations"] == []
    with pytest.raises(RecordError, match="exists already"):
        write(tmp_path / "a.json", {})


def test_pycocotools_reads_it(tmp_path):
    coco = pytest.importorskip("pycocotools.coco")
    write(tmp_path / "a.json", {"head_front": (1, 1)}, {})
    data = coco.COCO(str(tmp_path / "a.json"))
    assert data.getAnnIds(imgIds=[1]) == [1]
    assert data.getAnnIds(imgIds=[2]) == []
