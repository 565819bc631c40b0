"""Real things to open: small video files, a network camera that can misbehave, a camera with modes."""

import os
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import pytest
from support.pictures import picture
from support.stand_in_cameras import StandInCamera, plug_in
from support.video_files import film

from realtime.errors import SourceError
from realtime.sources.grabber import Shot

PATIENCE_S = 30  # the machine may be busy


@pytest.fixture
def eventually():
    """Wait for a condition; fail with its text when it does not come true."""

    def wait(condition, what, within_s=PATIENCE_S):
        deadline_s = time.monotonic() + within_s
        while not (result := condition()):
            assert time.monotonic() < deadline_s, f"not within {within_s} s: {what}"
            time.sleep(0.01)
        return result

    return wait


@pytest.fixture
def write_video(tmp_path):
    """Write a video; `times_ms` are the frames' stamps, one every 40 ms if not given."""

    def write(name="clip.mp4", count=10, times_ms=None, size_wh=(64, 48), codec="libx264", pix_fmt="yuv420p"):
        options = {"crf": "5"} if codec == "libx264" else None
        return film(tmp_path / name, count, times_ms, size_wh, codec, pix_fmt, picture=picture, options=options)

    return write


@pytest.fixture
def write_images(tmp_path):
    """Write a folder of images, number i in the order of the names."""

    def write(folder, names):
        (tmp_path / folder).mkdir()
        for number, name in enumerate(names):
            kind = "." + name.rpartition(".")[2].lower()
            (tmp_path / folder / name).write_bytes(cv2.imencode(kind, picture(number))[1].tobytes())
        return tmp_path / folder

    return write


@pytest.fixture
def forbidden_folder():
    """A folder with an image in it that this process may not list; as root, by not being root for a while."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs the permissions of Unix")
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        outer, folder = Path(name), Path(name) / "forbidden"
        folder.mkdir()
        (folder / "1.png").write_bytes(b"")
        outer.chmod(0o711)
        folder.chmod(0)
        if is_root:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            folder.chmod(0o700)


@contextmanager
def serving(handler):
    """The address of a web server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def file_server(tmp_path):
    """The address at which the files in `tmp_path` are, and the list of what was asked for."""
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            with suppress(OSError):  # the reader hung up
                super().do_GET()

        def log_message(self, *args):
            pass

    with serving(partial(Handler, directory=str(tmp_path))) as address:
        yield address, asked


class NetworkCamera:
    """An MJPEG camera on loopback.  `mode`: stream, repeat (one picture for ever), hang (silence on
    an open connection), gone (connections are closed)."""

    def __init__(self):
        self.mode = "stream"
        self.over = False
        self.jpegs = [cv2.imencode(".jpg", picture(number))[1].tobytes() for number in range(30)]
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                camera.serve(self)

            def log_message(self, *args):
                pass

        self.handler = Handler

    def serve(self, handler):
        if self.mode == "gone":
            return
        number = 0
        try:
            handler.send_response(200)
            handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            handler.end_headers()
            while self.mode != "gone" and not self.over:
                if self.mode != "hang":
                    jpeg = self.jpegs[number % len(self.jpegs)]
                    handler.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
                    handler.wfile.write(b"Content-Length: %d\r\n\r\n%b\r\n" % (len(jpeg), jpeg))
                if self.mode == "stream":
                    number += 1
                time.sleep(0.02)
        except OSError:  # the reader hung up
            pass


@pytest.fixture
def network_camera():
    camera = NetworkCamera()
    with serving(camera.handler) as address:
        camera.url = f"{address}/video"
        yield camera
        camera.over = True


class ModalCamera:
    """A camera at the grabber's seam, with the ways in which drivers fail.

    `mode`: stream, refuse (reads fail), repeat (the last picture for ever), block (a read that
    does not return), crash (an error of the driver's own).  `opened` counts its openings.
    """

    recorded = False

    def __init__(self):
        self.mode = "stream"
        self.unblocked = threading.Event()
        self.opened = 0
        self.number = 0

    def open(self, stop):
        self.opened += 1
        if self.mode == "refuse":
            raise SourceError("the camera is not there")
        return self

    def grab(self):
        time.sleep(0.005)
        if self.mode == "refuse":
            raise SourceError("the camera gives nothing")
        if self.mode == "crash":
            raise RuntimeError("a driver's own error")
        if self.mode == "block":
            self.unblocked.wait(60)
        if self.mode == "stream":
            self.number += 1
        return Shot(picture(self.number), time.monotonic_ns(), time.time_ns())

    def close(self):
        pass

    def mend(self):
        self.mode = "stream"
        self.unblocked.set()


@pytest.fixture
def modal_camera():
    camera = ModalCamera()
    yield camera
    camera.mend()


@pytest.fixture
def webcam(monkeypatch):
    """Plug a stand-in camera in, as number 0 if not told otherwise."""
    cameras = {}
    plug_in(cameras, monkeypatch.setattr)

    def plug(*options, number=0, **more):
        cameras[number] = StandInCamera(*options, **more)
        return cameras[number]

    yield plug
    for camera in cameras.values():
        camera.mend()


@pytest.fixture
def capture_threads():
    """The names of the capture threads that are alive."""
    return lambda: [one.name for one in threading.enumerate() if one.name.startswith(("capture ", "AsyncCamera"))]
