import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.poses import CASES

from realtime.errors import CameraNotFound, SourceError, UsageError
from realtime.sources import MODULES, Request, kind_of, open_source
from realtime.sources.images import natural_order
from realtime.sources.request import camera_number
from realtime.sources.url import shown


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("auto", "auto"),
        ("demo", "demo"),
        ("0", "camera"),
        ("12", "camera"),
        ("-1", "camera"),
        ("/dev/video2", "camera"),
        ("/dev//video2", "camera"),
        ("/dev/v4l/by-id/usb-046d_C920-video-index0", "camera"),
        ("/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0", "camera"),
        ("http://127.0.0.1/video", "url"),
        ("rtsp://user:secret@10.0.0.2/1", "url"),
    ],
)
def test_what_is_asked_for_by_word_number_or_address(where, kind):
    assert kind_of(where) == kind
    assert kind in MODULES


def test_files_are_told_by_being_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("2024_run.mp4", "7", "a b.PNG", "x.jpeg"):
        (tmp_path / name).touch()
    (tmp_path / "demo").mkdir()
    assert kind_of("2024_run.mp4") == "video"
    assert kind_of("./7") == "video"
    assert kind_of("7") == "camera"
    assert kind_of("a b.PNG") == kind_of("x.jpeg") == "images"
    assert kind_of(str(tmp_path)) == kind_of("./demo") == "images"


@pytest.mark.skipif(os.name == "nt", reason="device files of Unix")
def test_a_link_to_a_cameras_device_file_is_that_camera(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    Path("webcam").symlink_to("/dev/video12")
    Path("front door").symlink_to("webcam")
    Path("clip").symlink_to("2024.mp4")
    Path("2024.mp4").touch()
    Path("loop").symlink_to("loop")
    for where in ("webcam", "front door", str(tmp_path / "webcam"), "~/webcam"):
        assert camera_number(where) == 12
        assert kind_of(where) == "camera"
    assert kind_of("clip") == "video"
    for where in ("clip", "loop", "a\0b", "~nouser-of-this-name/x", "http://127.0.0.1/dev/video0"):
        assert camera_number(where) is None


@pytest.mark.parametrize("name", ["phone.mp4", "phone.mov", "phone", "phone.jpg"])
@pytest.mark.parametrize("case", ["grid.heic", "exif6.webp"])
def test_a_renamed_image_is_an_image(name, case, tmp_path):
    (tmp_path / name).write_bytes((CASES / case).read_bytes())
    assert kind_of(str(tmp_path / name)) == "images"


def test_a_video_is_no_image_for_its_content(tmp_path):
    (tmp_path / "video").write_bytes((CASES / "base.mp4").read_bytes())
    assert kind_of(str(tmp_path / "video")) == "video"


@pytest.mark.parametrize("where", ["2025_run.mp4", "", "nowhere/at/all", "Demo"])
def test_what_is_not_there_is_told_with_what_may_be_given(where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if where == "":
        where = "missing\nname"
    with pytest.raises(SourceError, match=r"there is no .*auto, demo") as caught:
        open_source(Request(where))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("where", ["~nouser-of-this-name/v.mp4", "v" * 5000, "a\0b.mp4"])
def test_a_path_that_cannot_be_is_told_in_one_short_line(where):
    with pytest.raises(SourceError) as caught:
        open_source(Request(where))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_what_lies_in_a_forbidden_folder_is_told(forbidden_folder):
    with pytest.raises(SourceError, match=r"1\.png' cannot be accessed \(Permission denied\)"):
        open_source(Request(str(forbidden_folder / "1.png")))


@pytest.mark.parametrize("where", ["99999999999999999999", "2147483648", "/dev/video2147483648", "-1"])
@pytest.mark.parametrize("capture", ["auto", "opencv"])
def test_a_number_that_no_camera_has_is_told(where, capture):
    with pytest.raises(CameraNotFound, match=f"^there is no camera {where}: .*python -m realtime cameras"):
        open_source(Request(where, capture=capture))


def test_a_number_of_thousands_of_digits_is_told():
    with pytest.raises(SourceError, match=r"^'999"):
        open_source(Request("9" * 5000))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, None),
        ({"size_wh": (640, 480)}, "--size"),
        ({"fps": 30, "capture": "opencv"}, "--fps, --capture"),
        ({"realtime": False}, "--realtime or --every-frame"),
    ],
)
@pytest.mark.parametrize("kind", ["demo", "video", "url", "images"])
def test_settings_for_cameras_are_told_to_have_no_effect_elsewhere(values, told, kind, caplog, request):
    get = request.getfixturevalue
    where = {
        "demo": lambda: "demo",
        "video": lambda: str(get("write_video")()),
        "url": lambda: get("network_camera").url,
        "images": lambda: str(get("write_images")("f", ["1.png"]) / "1.png"),
    }[kind]()
    caplog.set_level(logging.INFO, "realtime.sources")
    open_source(Request(where, **values)).close()
    if kind in ("images", "video", "demo") and told:
        told = told.replace("--fps, ", "")
    if kind != "url" and "realtime" in values:
        told = None
    lines = [f"{told}: no effect on this source ({kind})"] if told else []
    assert [record.getMessage() for record in caplog.records] == lines
    assert all(record.levelno == logging.INFO for record in caplog.records)


@pytest.mark.parametrize("kind", ["auto", "demo", "camera", "images"])
def test_a_stream_can_be_chosen_of_films_and_keypoints_only(kind):
    assert Request(video="1").without_effect(kind) == ["--video"]
    assert not any(Request(video="1").without_effect(several) for several in ("url", "video", "keypoints"))


def test_acapture_cannot_set_a_size():
    with pytest.raises(UsageError, match="--capture opencv"):
        open_source(Request("0", capture="acapture", size_wh=(640, 480)))


def test_an_unknown_scheme_and_a_dead_address():
    with pytest.raises(SourceError, match="rtsp"):
        open_source(Request("ftp://127.0.0.1/x"))
    with pytest.raises(SourceError, match="cannot be opened") as caught:
        open_source(Request("http://user:secret@127.0.0.1:9/v?key=secret"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://[bad", "http://user:secret@[bad/v", "http://user:secret@ho\u2100st/v"])
def test_an_address_that_is_none_is_told_without_its_secrets(address):
    with pytest.raises(SourceError, match="should look like http://") as caught:
        open_source(Request(address))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("rtsp://u:p@10.0.0.2:554/s?k=1", "rtsp://10.0.0.2:554/s"),
        ("http://host/", "http://host/"),
        ("http://u:p@ss@[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address, text):
    assert shown(address) == text


@pytest.mark.skipif(Path("/dev/video0").exists(), reason="there is a camera")
def test_auto_without_a_camera_plays_the_demo_and_says_so_in_one_line(caplog):
    source = open_source(Request())
    assert source.read(5) is not None
    source.close()
    assert source.name == "demo"
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "no webcam" in record.getMessage()
    assert "\n" not in record.getMessage()


def test_auto_without_opencv_plays_the_demo_and_names_the_library(caplog, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)  # which is how Python marks what cannot be imported
    caplog.set_level(logging.INFO, "realtime.sources")
    source = open_source(Request(size_wh=(640, 480)))
    source.close()
    assert source.name == "demo"
    missing, unused = (record.getMessage() for record in caplog.records)
    assert "no webcam" not in missing
    assert "opencv-python-headless" in missing
    assert "pip install opencv" in missing
    assert unused == "--size: no effect on this source (demo)"


@given(st.lists(st.text("ab19²٣_", min_size=1, max_size=6)))
def test_natural_order_is_an_order(names):
    paths = [Path(name) for name in names]
    once = sorted(paths, key=natural_order)
    keys = [natural_order(path) for path in once]
    assert keys == sorted(natural_order(path) for path in paths)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbers_in_names_sort_as_numbers(one, other):
    names = [Path(f"frame_{number}.png") for number in (one, other)]
    assert sorted(names, key=natural_order) == [Path(f"frame_{n}.png") for n in sorted((one, other))]


def test_the_package_loads_no_library():
    script = (
        "import sys, realtime.sources, realtime.sources.video, realtime.sources.images;"
        "import realtime.sources.cameras.webcam;"
        "print({'cv2', 'av', 'acapture'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
