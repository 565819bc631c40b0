"""Packages with made-up networks: wheels, zips, npm packages; and an environment for pip without the internet."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from realtime.detectors.blazepose import network_download
from realtime.detectors.blazepose.network_files import FOLDER_VARIABLE, NETWORKS

MADE_UP = {name: f"TFL3 {name} ".encode() * 1000 for name in NETWORKS}
IN_WHEEL = {
    f"mediapipe/modules/{name.rsplit('_', 1)[0]}/{name}.tflite": MADE_UP[name]
    for name in ("pose_detection", "pose_landmark_full")
}
IN_NPM = {f"package/{name}.tflite": content for name, content in MADE_UP.items() if "landmark" in name}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def use_made_up_networks(monkeypatch, folder):
    """Make `folder` the one of the networks, and the made-up ones those that are known."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    for name, content in MADE_UP.items():
        monkeypatch.setitem(NETWORKS, name, replace(NETWORKS[name], sha256=sha256(content)))
    return folder


def write_zip(path, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_wheel(folder, files=IN_WHEEL):
    """As much of MediaPipe's wheel as pip wants to see."""
    info = "mediapipe-0.10.21.dist-info"
    return write_zip(
        folder / "mediapipe-0.10.21-cp312-cp312-manylinux_2_28_x86_64.whl",
        {
            "mediapipe/modules/hand_landmark/hand_landmark.tflite": b"TFL3 of somebody else",
            **files,
            f"{info}/METADATA": "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp312-cp312-manylinux_2_28_x86_64\n",
            f"{info}/RECORD": "",
        },
    )


def write_tar(path, files, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def pip_sees_only(monkeypatch, folder, index=None):
    """pip finds packages in `folder`, or asks `index`, whatever this machine's own settings are."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    if index:
        monkeypatch.setenv("PIP_INDEX_URL", index)
    else:
        monkeypatch.setenv("PIP_NO_INDEX", "1")


def expect_wheel(monkeypatch, wheel):
    """Make the SHA-256 of this wheel the one that pip must find."""
    monkeypatch.setattr(network_download, "WHEEL_SHA256", sha256(wheel.read_bytes()))


@contextmanager
def silent_index() -> Iterator[tuple[str, socket.socket]]:
    """The address of a package index that accepts a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple", server
