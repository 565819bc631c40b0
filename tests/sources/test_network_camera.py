"""Cameras behind an address: RTSP and MJPEG servers of our own that fall silent, hang up and come back."""

import socket
import time
from contextlib import contextmanager

import pytest
from support.rtsp_server import serving_rtsp

from realtime.errors import SourceError
from realtime.sources import Request, open_source, url
from realtime.sources.url import open_stream
from realtime.stages import RECONNECTING, STREAMING

QUICK_S = 0.5
SECRET = "s3cret"


@pytest.fixture
def rtsp_camera():
    with serving_rtsp() as camera:
        yield camera


@contextmanager
def opened(address, **about):
    source = open_stream(address, "network", **about)
    try:
        yield source
    finally:
        source.close()


def test_rtsp_gives_the_newest_pictures_as_they_come(rtsp_camera):
    with opened(rtsp_camera.url) as source:
        frames = [source.read(5) for _ in range(12)]
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    blue, green, red = frames[0].image[:8, :8].reshape(-1, 3).mean(axis=0)
    assert blue > 200
    assert max(green, red) < 60
    age_s = (time.monotonic_ns() - frames[-1].t_capture_ns) / 1e9
    assert age_s < 1
    # What was buffered while connecting is skipped: the frames come at the camera's pace from the first.
    assert (frames[-1].t_capture_ns - frames[0].t_capture_ns) / 1e9 > 11 * 0.04 * 0.6


@pytest.mark.parametrize("mode", ["gone", "hang"])
def test_an_rtsp_camera_comes_back(rtsp_camera, mode, eventually, capture_threads):
    with opened(rtsp_camera.url, read_timeout_s=QUICK_S) as source:
        assert source.read(5) is not None
        rtsp_camera.mode = mode
        eventually(lambda: (source.read(0.05), source.status().state == RECONNECTING)[1], "the loss is told")
        rtsp_camera.mode = "stream"
        eventually(lambda: source.read(0.05) and source.status().state == STREAMING, "frames come again")
        assert source.status().reconnects >= 1
        assert len(capture_threads()) == 1


def test_silence_is_told_as_a_time_out(rtsp_camera, eventually):
    with opened(rtsp_camera.url, read_timeout_s=QUICK_S) as source:
        rtsp_camera.mode = "hang"
        eventually(lambda: (source.read(0.05), source.status().detail)[1], "the loss is told")
        assert source.status().detail == "network has stopped delivering frames (timed out)"


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(url, "OPEN_TIMEOUT_S", QUICK_S)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"rtsp://user:{SECRET}@127.0.0.1:{silent.getsockname()[1]}/live"
        start_s = time.monotonic()
        with pytest.raises(SourceError) as caught:
            open_source(Request(address))
    assert time.monotonic() - start_s < 5
    assert SECRET not in str(caught.value)
    assert "rtsp://127.0.0.1" in str(caught.value)


@pytest.mark.parametrize("scheme", ["rtsp", "http", "tcp"])
def test_nobody_there_is_one_line_without_the_password(scheme):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(SourceError) as caught:
        open_source(Request(f"{scheme}://user:{SECRET}@127.0.0.1:{port}/v?key={SECRET}"))
    text = str(caught.value)
    assert SECRET not in text
    assert "\n" not in text
    assert f"{scheme}://127.0.0.1:{port}/v cannot be opened (Connection refused)" in text


def test_a_playlist_on_a_server_cannot_open_files_of_this_machine(tmp_path, file_server, write_video):
    address, _ = file_server
    write_video("film.ts")
    (tmp_path / "list.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.4,\nfile://{tmp_path}/film.ts\n#EXT-X-ENDLIST\n"
    )
    with pytest.raises(SourceError):
        open_source(Request(f"{address}/list.m3u8"))


def test_a_page_that_is_no_video_is_told(tmp_path, file_server):
    address, _ = file_server
    (tmp_path / "page.html").write_text("<html>log in</html>" * 50)
    with pytest.raises(SourceError, match=r"page\.html cannot be opened"):
        open_source(Request(f"{address}/page.html"))
