"""Real things to open: small video files, images, a web server; and cameras that can misbehave."""

import os
import tempfile
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import cv2
import pytest
from support.camera_fixtures import capture_threads, eventually, modal_camera, network_camera, webcam  # noqa: F401
from support.network_camera import serving
from support.pictures import picture
from support.video_files import film


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
