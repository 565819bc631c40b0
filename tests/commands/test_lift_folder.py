"""`lift FOLDER` where the folder holds several recordings: each is lifted, results of ours are not."""

import shutil
from importlib.util import find_spec

import av
import cv2
import pytest
from support.keypoint_files import keypoint_file, walk
from support.pictures import picture
from support.poses import CASES, ROOT
from support.video_files import film

from realtime.commands.lift import main as lift
from realtime.offline.outputs import OUTPUTS
from realtime.runtime.hints import command


@pytest.fixture
def folder(tmp_path):
    """Two keypoint files, a picture, a video without a person and a note."""
    path = tmp_path / "in"
    path.mkdir()
    for number in (2, 10):
        keypoint_file(path / f"walk_{number}.npz", walk(5, seed=number))
    cv2.imwrite(str(path / "photo.png"), picture(0))
    film(path / "empty room.mp4", count=3)
    (path / "notes.txt").write_text("a note")
    return path


def lines(capsys):
    return [line for line in capsys.readouterr().err.splitlines() if line[:1].isdigit() or "left out" in line]


def test_every_recording_in_it_is_lifted_in_natural_order(folder, tmp_path, capsys):
    lift([str(folder), "--out", str(tmp_path / "out"), "--write", "npy"])
    left_out, *lifted = lines(capsys)
    assert "notes.txt left out" in left_out
    names = ("empty room.mp4", "photo.png", "walk_2.npz", "walk_10.npz")
    for number, (line, name) in enumerate(zip(lifted, names, strict=True), start=1):
        assert line.startswith(f"{number}/4 {name}: ")
    assert len(list((tmp_path / "out").glob("*_time.npy"))) == 4


def test_an_image_becomes_a_picture_and_a_video_a_film(folder, tmp_path, capsys):
    out = tmp_path / "out"
    lift([str(folder / "photo.png"), str(folder / "empty room.mp4"), "--out", str(out)])
    assert sorted(path.name for path in out.iterdir() if path.suffix in (".png", ".mp4")) == [
        "empty room.mp4",
        "photo.png",
    ]
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == f"the results are in {out}/; play one with: {command('view', str(out / 'photo.npy'))}"


def test_an_image_can_be_had_in_every_format(tmp_path):
    with av.open(str(ROOT / "realtime" / "assets" / "demo.mp4")) as demo:
        next(demo.decode(video=0)).to_image().save(tmp_path / "photo.jpg")
    names = [name for name in OUTPUTS if name != "c3d" or find_spec("ezc3d")]
    assert lift([str(tmp_path / "photo.jpg"), "--out", str(tmp_path / "out"), "--write", ",".join(names)]) == 0
    for name in names:
        assert OUTPUTS[name].files(tmp_path / "out" / "photo")[0].stat().st_size > 100
    assert not (tmp_path / "out" / "photo_angles.png").exists()  # a plot of one frame says nothing
    assert len((tmp_path / "out" / "photo_angles.csv").read_text("utf-8").splitlines()) == 2


def test_results_in_the_same_folder_are_no_inputs_of_the_next_run(folder, capsys):
    arguments = [str(folder), "--out", str(folder), "--write", "trc,2d"]
    lift(arguments)
    lines(capsys)
    lift(arguments)
    assert [line.partition(":")[2] for line in lines(capsys) if line[0] in "34"] == [
        " done before (--force does it again)"
    ] * 2


def test_a_folder_of_images_is_one_recording(tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for number in range(3):
        cv2.imwrite(str(images / f"{number}.png"), picture(number))
    lift([str(images), "--out", str(tmp_path / "out"), "--write", "npy"])
    assert {path.name for path in (tmp_path / "out").glob("*.npy")} == {"images.npy", "images_time.npy"}


def test_its_own_film_in_the_folder_leaves_it_one_recording(tmp_path, capsys):
    for number in range(2):
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), picture(number))
    arguments = [str(tmp_path), "--out", str(tmp_path), "--write", "mp4"]
    assert lift(arguments) == 0
    capsys.readouterr()
    assert lift(arguments) == 0
    assert capsys.readouterr().err.startswith(f"{tmp_path.name}: done before (--force does it again)\n")


def test_hidden_files_are_no_pictures(tmp_path, caplog):
    cv2.imwrite(str(tmp_path / "1.jpg"), picture(1))
    for name in ("._1.jpg", "._walk.mp4"):
        (tmp_path / name).write_bytes(b"what macOS knows of a file")
    assert lift([str(tmp_path), "--out", str(tmp_path / "out"), "--write", "csv"]) == 0
    assert {path.name for path in (tmp_path / "out").glob("*.csv")} == {f"{tmp_path.name}.csv"}
    assert "damaged" not in caplog.text


def test_keypoints_are_known_whatever_the_case_of_their_name(tmp_path):
    keypoint_file(tmp_path / "walk.npz", walk(5))
    (tmp_path / "walk.npz").rename(tmp_path / "WALK.NPZ")
    assert lift([str(tmp_path), "--out", str(tmp_path), "--write", "csv"]) == 0
    assert (tmp_path / "WALK.csv").exists()


def test_the_cases_are_lifted_by_their_folder(tmp_path, capsys):
    folder = tmp_path / "cases"
    folder.mkdir()
    for name in ("exif6.webp", "one.npz", "module.bin"):
        shutil.copy(CASES / name, folder)
    assert lift([str(folder), "--out", str(tmp_path / "out"), "--write", "csv", "--end", "0.1"]) == 0
    assert {path.name for path in (tmp_path / "out").glob("*.csv")} == {"exif6.csv", "one.csv"}
    assert "module.bin left out" in capsys.readouterr().err
