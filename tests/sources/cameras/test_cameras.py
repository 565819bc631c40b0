from pathlib import Path

import pytest
from support.processes import run_realtime

from realtime.errors import CameraNotFound
from realtime.sources.cameras.faults import UnexplainedFault, node_fault
from realtime.sources.cameras.listing import list_cameras, try_camera
from realtime.sources.cameras.nodes import first_node, id_links, users_of, video_nodes
from realtime.sources.demo import clip_path

ON_LINUX = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")


def test_an_absent_camera(tmp_path):
    fault = node_fault("camera 7", tmp_path / "video7")
    assert isinstance(fault, CameraNotFound)
    assert str(fault).startswith("there is no camera 7")
    assert "python -m realtime cameras" in str(fault)


@ON_LINUX
def test_a_locked_camera_names_who_holds_it(held_file):
    path, pid = held_file
    (user,) = users_of(path)
    assert user.endswith(f" (process {pid})")
    text = str(node_fault("camera 0", path))
    assert "is in use by" in text
    assert f"(process {pid})" in text
    assert "python -m realtime cameras" in text


@ON_LINUX
def test_our_own_use_is_not_anothers(tmp_path):
    with (tmp_path / "video0").open("w"):
        assert users_of(tmp_path / "video0") == []


def test_a_camera_that_is_free_but_silent(tmp_path):
    (tmp_path / "video0").touch()
    fault = node_fault("camera 0", tmp_path / "video0")
    assert isinstance(fault, UnexplainedFault)
    assert "delivers no frames" in str(fault)


def test_a_forbidden_camera_names_the_group(tmp_path):
    node = tmp_path / "video0"
    node.touch(mode=0o000)
    try:
        node.open().close()
    except PermissionError:
        assert "video" in str(node_fault("camera 0", node))
    else:
        pytest.skip("this user may read everything")


def test_linux_names_its_cameras(tmp_path):
    for number, name in ((10, "Depth\n"), (2, "Webcam C920\n"), (0, None)):
        node = tmp_path / f"video{number}"
        node.mkdir()
        if name:
            (node / "name").write_text(name)
    (tmp_path / "v4l-subdev0").mkdir()
    assert video_nodes(tmp_path) == [(0, ""), (2, "Webcam C920"), (10, "Depth")]


@ON_LINUX
def test_each_listed_camera_is_tried(tmp_path):
    (tmp_path / "video63").mkdir()
    (tmp_path / "video63" / "name").write_text("Ghost")
    (report,) = list_cameras(tmp_path)
    assert (report.number, report.name, report.opens) == (63, "Ghost", False)
    assert report.fault == "there is no such device"
    assert list_cameras(tmp_path / "none") == []


def test_a_working_camera_is_measured():
    report = try_camera(0, "clip", device=str(clip_path()))
    assert report.opens
    assert report.size_wh == (854, 480)
    assert report.fps > 0
    assert report.fault == ""


def test_a_missing_opencv_is_told_and_not_taken_for_missing_cameras(tmp_path):
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: no such file')")
    done = run_realtime("cameras", first_on_path=(tmp_path,))
    assert done.returncode == 2
    assert done.stdout == ""
    said = "error: listing the cameras needs cv2, which cannot be imported (libGL.so.1: no such file): "
    assert done.stderr.startswith(said)
    assert "pip install --force-reinstall opencv" in done.stderr
    assert done.stderr.count("\n") == 1


def list_as_linux(folder, devices, *nodes):
    """The files of `nodes`: (number, name, device, index)."""
    for number, name, device, index in nodes:
        node = folder / f"video{number}"
        node.mkdir(parents=True)
        (folder / device).mkdir(exist_ok=True)
        (node / "name").write_text(f"{name}\n")
        (node / "index").write_text(f"{index}\n")
        (node / "device").symlink_to(folder / device)
        (devices / f"video{number}").touch()


C920 = ((0, "C920", "usb1", 0), (1, "C920", "usb1", 1), (2, "Depth", "usb2", 0))


@ON_LINUX
def test_the_metadata_node_of_a_camera_is_told_with_the_cameras_number(tmp_path, devices, monkeypatch):
    list_as_linux(tmp_path / "class", devices, *C920)
    monkeypatch.setattr("realtime.sources.cameras.nodes.LINUX_CLASS", tmp_path / "class")
    assert [first_node(number) for number in (0, 1, 2, 9)] == [0, 0, 2, 9]
    text = str(node_fault("camera 1", devices / "video1"))
    assert "further device of camera 0" in text
    assert "--source 0" in text
    assert isinstance(node_fault("camera 0", devices / "video0"), UnexplainedFault)


@ON_LINUX
def test_cameras_are_listed_with_their_links_and_slow_ones_are_waited_for(tmp_path, devices, monkeypatch, webcam):
    pytest.importorskip("acapture")
    list_as_linux(tmp_path / "class", devices, *C920)
    monkeypatch.setattr("realtime.sources.cameras.nodes.LINUX_CLASS", tmp_path / "class")
    by_id = devices / "v4l" / "by-id"
    by_id.mkdir(parents=True)
    (by_id / "usb-C920-video-index0").symlink_to("../../video0")
    assert id_links() == {0: by_id / "usb-C920-video-index0"}
    webcam(3)
    webcam(mode="gone", number=1)
    webcam(number=2)
    slow, metadata, depth = list_cameras(tmp_path / "class")
    assert (slow.size_wh, slow.link) == ((64, 48), str(by_id / "usb-C920-video-index0"))
    assert slow.fps > 0
    assert metadata.fault.startswith("it delivers no frames: it is a further device of camera 0")
    assert (depth.name, depth.opens, depth.link) == ("Depth", True, "")
