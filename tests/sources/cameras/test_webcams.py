"""Webcams from their opening to their return, through the real acapture and a stand-in for VideoCapture."""

import logging
import os
import signal
import subprocess
import sys

import pytest
from support.broken_libraries import CAUSES, FAULTS, plant
from support.poses import ROOT

from realtime.errors import CameraNotFound, MissingLibrary, SourceError
from realtime.sources import Request, open_source, reconnecting
from realtime.sources.cameras.webcam import resolve
from realtime.stages import RECONNECTING, STALLED, STREAMING

pytest.importorskip("acapture")

OPENING_S = (0.2, 1.0, 2.5, 4.5)
WAITING = "waiting for camera 0 …"


@pytest.fixture
def said(caplog):
    """The lines that a user has seen until now."""
    caplog.set_level(logging.INFO, "realtime.sources")
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
def opened():
    """Open a source, and close it at the end."""
    sources = []

    def open_it(where="0", **options):
        sources.append(open_source(Request(where, **options)))
        return sources[-1]

    yield open_it
    for source in sources:
        source.close()


def read_on(source):
    return source.read(0.05) is not None


def lose_and_regain(source, camera, mode, eventually):
    """One loss, from its report to frames again."""
    camera.lose(mode)
    eventually(lambda: (read_on(source), source.status().state in (STALLED, RECONNECTING))[1], "the loss is told")
    eventually(lambda: (read_on(source), source.status().state == RECONNECTING)[1], "it is opened again")
    camera.mend()
    eventually(lambda: read_on(source) and source.status().state == STREAMING, "frames come again", 30)


@pytest.mark.parametrize("opening_s", OPENING_S)
def test_auto_opens_a_slow_webcam_once_and_uses_it(opening_s, webcam, opened, said):
    camera = webcam(opening_s)
    source = opened("auto")
    assert source.name == "camera 0"
    assert source.read(5).image.shape == (48, 64, 3)
    assert (camera.opened, camera.most_open) == (1, 1)
    assert said() in ([], [WAITING])
    assert said() or opening_s <= 2 * reconnecting.NOTICE_S


@pytest.mark.parametrize("opening_s", OPENING_S)
def test_a_slow_webcam_is_opened_once_and_again_when_it_was_unplugged(opening_s, webcam, opened, eventually):
    camera = webcam(opening_s)
    source = opened()
    assert source.read(5) is not None
    assert camera.opened == 1
    lose_and_regain(source, camera, "gone", eventually)
    assert camera.most_open == 1


@pytest.mark.parametrize(("capture", "slow_in"), [("auto", "read"), ("opencv", "failures")])
def test_a_webcam_that_opens_at_once_may_be_slow_to_deliver(capture, slow_in, webcam, opened):
    camera = webcam(2.5, slow_in=slow_in)
    assert opened(capture=capture).read(5) is not None
    assert camera.opened == 1


@pytest.mark.parametrize("capture", ["auto", "opencv"])
@pytest.mark.parametrize("mode", ["gone", "refuse", "repeat", "block"])
def test_a_webcam_comes_back_from_every_loss(mode, capture, webcam, opened, eventually, capture_threads):
    camera = webcam(0.2)
    source = opened(capture=capture)
    lose_and_regain(source, camera, mode, eventually)
    assert camera.most_open == 1 or mode in ("repeat", "block")  # which the reader cannot interrupt
    eventually(lambda: (read_on(source), camera.open_now == 1)[1], "one connection is left")
    source.close()
    eventually(lambda: not capture_threads(), "no thread is left")
    assert camera.open_now == 0


@pytest.mark.parametrize("capture", ["auto", "opencv"])
def test_a_webcam_whose_first_reads_fail_comes_back(capture, webcam, opened, eventually):
    camera = webcam(1.5, slow_in="failures")
    lose_and_regain(opened(capture=capture), camera, "gone", eventually)


def test_threads_of_acapture_that_are_stuck_in_a_driver_are_bounded(webcam, opened, eventually, capture_threads):
    camera = webcam()
    source = opened()
    source._stall_s = source._open_timeout_s = 0.3
    camera.lose("block")
    most = 2 * (reconnecting.MAX_ABANDONED + 1)  # ours and acapture's
    eventually(lambda: (read_on(source), len(capture_threads()) == most)[1], "as many as allowed are stuck", 30)
    for _ in range(20):
        read_on(source)
        assert len(capture_threads()) <= most
    camera.mend()
    eventually(lambda: (read_on(source), len(capture_threads()) == 2)[1], "the stuck ones have ended", 30)


@pytest.mark.parametrize("capture", ["auto", "opencv"])
def test_the_size_may_change_midway(capture, webcam, opened, eventually, caplog):
    camera = webcam()
    source = opened(capture=capture)
    assert source.read(5).size_wh == (64, 48)
    camera.size_wh = (128, 96)
    eventually(lambda: (source.read(5), caplog.records)[1], "the change is told")
    assert "the picture changes from 64x48 to 128x96 px: scaled to 64x48" in caplog.text
    assert source.read(5).size_wh == (64, 48)
    assert source.status().reconnects == 0


@pytest.mark.parametrize("capture", ["auto", "acapture", "opencv"])
def test_a_webcam_that_another_program_uses_is_told_at_once_and_opened_once(capture, webcam, held_file):
    camera = webcam(mode="gone")
    with pytest.raises(SourceError, match=rf"^camera 0 \(.*video0\) .* in use by .* \(process {held_file[1]}\); close"):
        open_source(Request("0", capture=capture))
    assert camera.opened == 1


def test_auto_with_a_webcam_in_use_plays_the_demo_and_says_why_in_one_line(webcam, held_file, opened, said):
    webcam(mode="gone")
    assert opened("auto").name == "demo"
    (line,) = [line for line in said() if line != WAITING]  # which a busy machine says too
    assert line.startswith("playing the bundled clip (--source 0 requires the webcam): camera 0 ")
    assert f"(process {held_file[1]})" in line


def test_a_webcam_that_never_delivers_is_told_with_the_reason(webcam, held_file, said):
    camera = webcam(mode="refuse")
    with pytest.raises(SourceError, match=rf"^camera 0: no frame within 6 s: .*\(process {held_file[1]}\).*video0"):
        open_source(Request("0"))
    assert said() == [WAITING]
    assert camera.opened == 1


def test_opencv_is_tried_where_acapture_fails_for_no_known_reason(webcam, devices, opened, monkeypatch, said):
    (devices / "video0").touch()
    camera = webcam()
    from acapture.acapture import AsyncCamera

    monkeypatch.setattr(AsyncCamera, "func", staticmethod(lambda q, q2, fd, opt: None))
    assert opened().read(5) is not None
    assert camera.opened == 1
    assert said() == [line for line in said() if line.endswith("; trying OpenCV")]
    with pytest.raises(SourceError, match="delivers no frames"):
        open_source(Request("0", capture="acapture"))


@pytest.mark.parametrize("kind", ["ModuleNotFoundError", "AttributeError"])
def test_auto_reads_a_webcam_with_opencv_where_acapture_is_broken(kind, tmp_path, webcam, opened, monkeypatch, said):
    for module in ("acapture", "acapture.acapture"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    plant(tmp_path, "acapture", FAULTS[kind])
    monkeypatch.syspath_prepend(str(tmp_path))
    camera = webcam()
    assert opened().read(5) is not None
    assert camera.opened == 1
    (line,) = said()
    assert CAUSES[kind] in line
    assert line.endswith("; using OpenCV")
    with pytest.raises(MissingLibrary, match="reinstall acapture"):
        open_source(Request("0", capture="acapture"))


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"size_wh": (128, 96)}, "camera 0 delivers 128x96 px, 30 fps"),
        ({"size_wh": (128, 96), "fps": 30}, "camera 0 delivers 128x96 px, 30 fps"),
        ({"size_wh": (640, 480)}, "camera 0 delivers 64x48 px, 30 fps instead of 640x480 px"),
        ({"fps": 60}, "camera 0 delivers 64x48 px, 30 fps instead of 60 fps"),
        ({"size_wh": (640, 480), "fps": 60}, "camera 0 delivers 64x48 px, 30 fps instead of 640x480 px, 60 fps"),
    ],
)
def test_the_mode_that_was_got_is_said_in_one_line(options, line, webcam, opened, said, eventually):
    camera = webcam(0.2, modes=((64, 48), (128, 96)))
    source = opened(**options)
    assert said() == [line]
    assert camera.opened == 1
    lose_and_regain(source, camera, "gone", eventually)
    assert said().count(line) == 1


def test_a_rate_that_the_driver_does_not_know_is_said_to_be_unknown(webcam, opened, said):
    webcam(fps=0)
    opened(fps=60)
    assert said() == ["camera 0 delivers 64x48 px, at an unknown rate"]


@pytest.mark.skipif(os.name == "nt", reason="device files of Unix")
def test_a_link_names_a_webcam_and_is_followed_again_after_a_loss(tmp_path, webcam, opened, said, eventually):
    link = tmp_path / "front door"
    link.symlink_to("/dev/video7")
    camera = webcam(number=7)
    source = opened(str(link))
    assert source.name == f"camera {link}"
    assert said() == [f"{link} is camera 7 (/dev/video7)"]
    camera.lose("gone")
    eventually(lambda: (read_on(source), source.status().state == RECONNECTING)[1], "the loss is told")
    assert f"camera {link}" in source.status().detail
    link.unlink()
    eventually(lambda: (read_on(source), "not connected" in source.status().detail)[1], "the link is missed")
    webcam(number=9)
    link.symlink_to("/dev/video9")
    eventually(lambda: read_on(source) and source.status().state == STREAMING, "frames come again")
    assert f"{link} is camera 9 (/dev/video9)" in said()


@pytest.mark.skipif(os.name == "nt", reason="device files of Unix")
def test_links_that_lead_to_no_webcam_are_told(tmp_path):
    unplugged = "/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_0-video-index0"
    with pytest.raises(CameraNotFound, match=f"^camera {unplugged} is not connected: .*python -m realtime cameras"):
        open_source(Request(unplugged))
    dangling = tmp_path / "webcam"
    dangling.symlink_to("/dev/video63")
    with pytest.raises(CameraNotFound, match=rf"^there is no camera {dangling} \(/dev/video63\)"):
        open_source(Request(str(dangling)))
    with pytest.raises(CameraNotFound, match=r"^/dev/null \(/dev/null\) is not a camera"):
        resolve("/dev/null")


def test_auto_takes_a_usb_webcam_that_has_another_number(webcam, devices, opened):
    camera = webcam(number=2)
    by_id = devices / "v4l" / "by-id"
    by_id.mkdir(parents=True)
    (by_id / "usb-C920-video-index0").symlink_to("../../video2")
    assert opened("auto").name == "camera 2"
    assert camera.opened == 1


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_wait_for_a_webcam(number, tmp_path):
    script = (
        "from support.stand_in_cameras import StandInCamera, plug_in;"
        "plug_in({0: StandInCamera(60)});"
        "from realtime.__main__ import start;"
        "start('run', '--source', '0')"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    with subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": path}, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stderr.readline().decode().strip() == WAITING
        process.send_signal(number)
        assert process.wait(30) == 130
        assert process.stderr.read() == b""
