"""The doctor's checks of the machine: Python, cameras, models, the port, the folder, the window."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ...errors import PoseError
from ...runtime.hints import command, install, is_checkout, quoted
from ...runtime.optional import reinstall
from .finding import BAD, GOOD, NOTE, Finding
from .imports import import_fault, is_installed

_FREE_BYTES = 10**9  # below which the recorder pauses
_TOOLKITS = ("tkinter", "PySide6.QtWidgets", "PyQt6.QtWidgets")


def check_python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is recent enough."""
    text = ".".join(map(str, version))
    if version < (3, 11):
        return Finding("python", BAD, text, "install Python 3.11 or later")
    return Finding("python", GOOD, f"{text}, {platform.system()} {platform.machine()}")


def check_cameras() -> list[Finding]:
    """Every camera, with the reason if it cannot be opened."""
    from ...sources.cameras.listing import list_cameras
    from ..cameras import camera_line

    cameras = list_cameras()
    if not cameras:
        play = command("run", "--source", "FILE")
        return [Finding("cameras", NOTE, "none found", f"connect one, or play a file: {play}")]
    return [Finding("camera", GOOD if camera.opens else NOTE, camera_line(camera)) for camera in cameras]


def check_models(folder: Path | None = None) -> Iterator[Finding]:
    """Every model in the folder, loaded and checked against the SHA-256 in its card."""
    from ...lifting.model_files import MODEL_FOLDER, load_network

    folder = MODEL_FOLDER if folder is None else folder
    paths = sorted(folder.glob("*.safetensors"))
    if not paths:
        yield Finding(
            "model", BAD, f"no model in {folder}", f"download the folder again, or train one: {command('train')}"
        )
    for path in paths:
        try:
            network = load_network(path)
        except PoseError as error:
            yield Finding("model", BAD, str(error), _again(path))
            continue
        yield Finding("model", GOOD, f"{network.label}, window {network.card.config.receptive_field}")


def _again(model: Path) -> str:
    """How to get a file of the folder of models anew."""
    return f"git checkout {quoted(str(model))}" if is_checkout() else reinstall(install())


def check_port(address: str) -> Finding:
    """Whether poses can be published on this address."""
    from ...wire.bind import bind

    try:
        bind(address, b"", None, insecure=False).close(linger=0)
    except PoseError as error:
        return Finding("port", BAD, str(error))
    return Finding("port", GOOD, f"{address} is free")


def check_folder(out: Path, free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Finding:
    """Whether results can be written, and how much space is free."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        return Finding("folder", BAD, f"{out} cannot be written ({error.strerror})", "give another --out")
    free = free_bytes(out)
    if free < _FREE_BYTES:
        return Finding(
            "folder", BAD, f"{out} has {free / 1e9:.1f} GB free; recording pauses below 1 GB", "free some space"
        )
    return Finding("folder", GOOD, f"{out}, {free / 1e9:.0f} GB free")


def check_window() -> Finding:
    """Whether the viewer can open a window."""
    faults = {module: import_fault(module) for module in _TOOLKITS if is_installed(module)}
    toolkit = next((module for module, fault in faults.items() if fault is None), None)
    if toolkit is None:
        broken = "; ".join(f"{module} cannot be imported ({fault})" for module, fault in faults.items())
        return Finding("window", NOTE, broken or "no window toolkit for the viewer", install("qt"))
    unix = platform.system() not in ("Windows", "Darwin")
    if unix and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        picture = command("view", "--headless", "FILE")
        return Finding("window", NOTE, "no display", f"{picture} and --film FILE work without one")
    return Finding("window", GOOD, toolkit.partition(".")[0])
