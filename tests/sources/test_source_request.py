import logging
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import SourceError, UsageError
from realtime.sources import MODULES, Request, kind_of, open_source, parse_size
from realtime.sources.images import natural_order
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


@pytest.mark.parametrize("where", ["2025_run.mp4", "", "nowhere/at/all", "Demo"])
def test_what_is_not_there_is_told_with_what_may_be_given(where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if where == "":
        where = "missing\nname"
    with pytest.raises(SourceError, match=r"there is no .*auto, demo") as caught:
        open_source(Request(where))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "size"), [("640x480", (640, 480)), ("1280X720", (1280, 720)), (" 1x1 ", (1, 1))])
def test_sizes(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "640", "640x", "0x480", "-1x5", "640*480", "1e3x5", "640x480x3", "999999x1"])
def test_wrong_sizes(text):
    with pytest.raises(UsageError, match="1280x720"):
        parse_size(text)


@pytest.mark.parametrize(
    "values",
    [{"capture": "gstreamer"}, {"size_wh": (0, 5)}, {"fps": 0}, {"fps": -1}, {"fps": float("nan")}, {"fps": 1e9}],
)
def test_wrong_values(values):
    with pytest.raises(UsageError):
        Request(**values)


def test_acapture_cannot_set_a_size():
    with pytest.raises(UsageError, match="--capture opencv"):
        open_source(Request("0", capture="acapture", size_wh=(640, 480)))


def test_an_unknown_scheme_and_a_dead_address():
    with pytest.raises(SourceError, match="rtsp"):
        open_source(Request("ftp://127.0.0.1/x"))
    with pytest.raises(SourceError, match="does not open") as caught:
        open_source(Request("http://user:secret@127.0.0.1:9/v?key=secret"))
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
        "import sys, realtime.sources, realtime.sources.camera, realtime.sources.video, realtime.sources.images;"
        "print({'cv2', 'av', 'acapture'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
