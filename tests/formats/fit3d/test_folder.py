"""Fit3D's folders, wherever they are unpacked."""

import json
import shutil

import pytest
from support.fit3d_files import ACTIONS, CAMERAS, PEOPLE, put, write_fit3d

from realtime.errors import FormatError
from realtime.formats.fit3d.folder import find_recordings, missing_people, people_folder


@pytest.mark.parametrize("place", [".", "train", "fit3d", "fit3d_train", "fit3d/fit3d_train"])
def test_recordings_are_found_wherever_the_folder_of_the_people_is(tmp_path, place):
    inside = {"train": "."}.get(place, place)
    write_fit3d(tmp_path / inside)
    found = find_recordings(tmp_path / "train" if place == "train" else tmp_path)
    assert [(r.person, r.action) for r in found] == [(person, action) for person in PEOPLE for action in ACTIONS]
    assert all(tuple(r.cameras) == tuple(CAMERAS) and r.joints.is_file() for r in found)
    assert found[0].name("50591643") == "s03_squat_50591643"
    assert (found[0].repetitions, found[1].repetitions) == ((0, 55, 110, 165, 220, 275), ())
    assert missing_people(tmp_path / inside) == []


def test_without_the_list_what_is_there_is_read(tmp_path):
    (write_fit3d(tmp_path) / "fit3d_info.json").unlink()
    shutil.rmtree(tmp_path / "train" / "s04")
    (tmp_path / "train" / "s03" / "rep_ann.json").unlink()
    found = find_recordings(tmp_path)
    assert [(r.person, r.action) for r in found] == [(p, a) for p in ("s03", "s08") for a in sorted(ACTIONS)]
    assert found[1].repetitions == ()


def test_people_of_the_list_who_are_not_there_are_named(tmp_path):
    shutil.rmtree(write_fit3d(tmp_path) / "train" / "s04")
    assert {r.person for r in find_recordings(tmp_path)} == {"s03", "s08"}
    assert missing_people(tmp_path) == ["s04"]


def test_another_folder_is_not_fit3d(tmp_path):
    put(tmp_path / "train" / "s03" / "squat.json", {})
    assert people_folder(tmp_path) is None
    assert missing_people(tmp_path) == []
    with pytest.raises(FormatError, match=r"not Fit3D as it is published.*docs/form-data.md"):
        find_recordings(tmp_path)


def info(**changes):
    return {"all_camera_names": list(CAMERAS), "train_subj_names": ["s03"], "subj_to_act": {"s03": ["squat"]}} | changes


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("fit3d_info.json", "{", "is not JSON"),
        ("fit3d_info.json", "[]", "is not a JSON object"),
        ("fit3d_info.json", info(all_camera_names=["../../etc"]), "does not list cameras, people and exercises"),
        ("fit3d_info.json", info(train_subj_names="s03"), "does not list"),
        ("fit3d_info.json", info(subj_to_act={"s03": ["..", 3]}), "does not list"),
        ("fit3d_info.json", info(subj_to_act=["s03"]), "does not list"),
        ("fit3d_info.json", info(train_subj_names=["s99"]), "has no recordings"),
        ("fit3d_info.json", info(subj_to_act={"s03": ["burpees"]}), r"joints3d_25.burpees.json is missing"),
        ("fit3d_info.json", info(all_camera_names=["1"]), r"camera_parameters.1.squat.json is missing"),
        ("train/s03/rep_ann.json", {"squat": [[0, 55], [110]]}, "the repetitions of 'squat' are not a list of frames"),
        ("train/s03/rep_ann.json", {"squat": [0, -1]}, "not a list of frames"),
        ("train/s03/rep_ann.json", {"squat": [0, True]}, "not a list of frames"),
        ("train/s03/rep_ann.json", {"squat": [0, 5.5]}, "not a list of frames"),
        ("train/s03/rep_ann.json", "nothing", "is not JSON"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, name, content, message):
    put(write_fit3d(tmp_path, people=("s03",), actions=("squat",)) / name, content)
    with pytest.raises(FormatError, match=message) as fault:
        find_recordings(tmp_path)
    assert "\n" not in str(fault.value)


def test_a_person_without_cameras_is_said(tmp_path):
    write_fit3d(tmp_path, people=("s03",))
    (tmp_path / "fit3d_info.json").write_text(json.dumps({}))
    shutil.rmtree(tmp_path / "train" / "s03" / "camera_parameters")
    with pytest.raises(FormatError, match="has no camera_parameters"):
        find_recordings(tmp_path)
