import os
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.errors import CameraNotFound
from realtime.sources.cameras.faults import node_fault, user_of
from realtime.sources.cameras.listing import list_cameras, try_camera, video_nodes
from realtime.sources.demo import clip_path

ON_LINUX = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")


@pytest.fixture
def held_file(tmp_path):
    """A file that another process holds open."""
    path = tmp_path / "video0"
    path.touch()
    script = f"import sys; f = open({str(path)!r}); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        yield path, process.pid
        process.stdin.close()


def test_an_absent_camera(tmp_path):
    fault = node_fault("camera 7", tmp_path / "video7")
    assert isinstance(fault, CameraNotFound)
    assert str(fault).startswith("there is no camera 7")
    assert "python -m realtime cameras" in str(fault)


@ON_LINUX
def test_a_locked_camera_names_who_holds_it(held_file):
    path, pid = held_file
    assert f"(process {pid})" in user_of(path)
    text = str(node_fault("camera 0", path))
    assert "is in use by" in text
    assert f"(process {pid})" in text
    assert "python -m realtime cameras" in text


@ON_LINUX
def test_our_own_use_is_not_anothers(tmp_path):
    with (tmp_path / "video0").open("w"):
        assert user_of(tmp_path / "video0") == ""


def test_a_camera_that_is_free_but_silent(tmp_path):
    (tmp_path / "video0").touch()
    assert "delivers no frames" in str(node_fault("camera 0", tmp_path / "video0"))


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
    search = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[3])])
    done = subprocess.run(
        [sys.executable, "-m", "realtime", "cameras"],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    said = "error: listing the cameras needs cv2, which cannot be imported (libGL.so.1: no such file): "
    assert done.stderr.startswith(said)
    assert "pip install --force-reinstall opencv" in done.stderr
    assert done.stderr.count("\n") == 1
