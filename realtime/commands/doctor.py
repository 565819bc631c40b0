"""`doctor`: checks the installation, the cameras, the models, the port and the disk, and suggests fixes.

Every check takes what it examines as arguments, so that tests can plant a fault.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from itertools import islice
from pathlib import Path

from ..errors import PoseError
from ..runtime.arguments import Parser
from ..runtime.hints import command, install
from ..settings import Settings
from ..stages import all_frames

GOOD, NOTE, BAD = "ok", "note", "BAD"

_FREE_BYTES = 10**9  # below which the recorder pauses
_SLOW_MS = 66.0  # 15 fps: below that rate, quick movements are lost between frames
_TIMED_FRAMES = 20
_OPENCVS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")


@dataclass(frozen=True)
class Finding:
    """The result of a check: its subject, its state (ok, note, BAD), details and a remedy."""

    subject: str
    state: str
    detail: str
    remedy: str = ""

    def __str__(self) -> str:
        arrow = f"  → {self.remedy}" if self.remedy else ""
        return f"{self.state:>4}  {self.subject:<12} {self.detail}{arrow}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print every finding; 2 if something is BAD."""
    parser = Parser(prog=command("doctor"), description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--bind",
        default=Settings.bind,
        metavar="ADDRESS",
        help="check whether this address can be bound (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        default=Settings.out,
        metavar="DIR",
        help="check whether this folder can be written (default: %(default)s)",
    )
    options = parser.parse_strictly(argv)
    bad = 0
    for finding in examine(options.bind, Path(options.out)):
        print(finding, flush=True)
        bad += finding.state == BAD
    print("no problems found" if not bad else f"{bad} problem{'s' if bad > 1 else ''} to fix")
    return 2 if bad else 0


def examine(address: str, out: Path) -> Iterator[Finding]:
    """All checks of this machine, in order."""
    yield check_python(sys.version_info[:2])
    for library, why in _LIBRARIES.items():
        yield check_library(library, why)
    yield check_name(_version("realtime"))
    yield check_opencv(_installed(_OPENCVS))
    yield check_numpy(_version("numpy"), _version("mediapipe"))
    yield check_torch(_version("torch"))
    yield from _checked("detectors", lambda: [check_detectors()])
    yield from _checked("cameras", check_cameras)
    yield from _checked("model", lambda: list(check_models()))
    yield from _checked("port", lambda: [check_port(address)])
    yield check_folder(out)
    yield check_window()
    yield from _checked("speed", lambda: [check_speed(_detector_ms())])


_LIBRARIES = {
    "zmq": "the socket",
    "av": "video files",
    "matplotlib": "the viewer",
    "PIL": "images and GIFs",
    "safetensors": "model weights",
    "acapture": "webcams (OpenCV is used without it)",
}


def check_python(version: tuple[int, ...]) -> Finding:
    """The last MediaPipe wheel that contains its networks is for Python 3.9 to 3.12."""
    text = ".".join(map(str, version))
    if version < (3, 11):
        return Finding("python", BAD, text, "install Python 3.11 or 3.12")
    if version > (3, 12):
        return Finding("python", NOTE, text, "the blazepose detector needs 3.11 or 3.12")
    return Finding("python", GOOD, f"{text}, {platform.system()} {platform.machine()}")


def check_library(name: str, why: str) -> Finding:
    """Whether a library is installed (it is not imported)."""
    if importlib.util.find_spec(name) is None:
        return Finding(name, BAD, f"missing; needed for {why}", install("blazepose"))
    return Finding(name, GOOD, _version({"zmq": "pyzmq", "PIL": "pillow"}.get(name, name)) or "installed")


def check_name(foreign: str | None) -> Finding:
    """Whether PyPI's unrelated `realtime` (Supabase's client), with the same import name, is installed."""
    if foreign is None:
        return Finding("realtime", GOOD, f"realtime-pose3d {_version('realtime-pose3d') or 'from its folder'}")
    return Finding(
        "realtime",
        BAD,
        f"another package with this import name is installed: `realtime` {foreign}",
        "pip uninstall realtime, then install realtime-pose3d again",
    )


def check_opencv(installed: Collection[str]) -> Finding:
    """Exactly one variant of OpenCV may be installed: all of them install to the same folder."""
    if not installed:
        return Finding("opencv", BAD, "missing; needed for cameras", f"{install('blazepose')}, or {install('opencv')}")
    if len(installed) > 1:
        names = " ".join(sorted(installed))
        return Finding("opencv", BAD, f"installed over each other: {names}", f"pip uninstall {names}; then install one")
    from ..runtime.optional import opencv

    try:
        return Finding("opencv", GOOD, f"{next(iter(installed))} {opencv('the doctor').__version__}")
    except PoseError as error:
        return Finding("opencv", BAD, str(error))


def check_numpy(numpy: str | None, mediapipe: str | None) -> Finding:
    """MediaPipe 0.10.21 requires NumPy 1."""
    if mediapipe and numpy and int(numpy.partition(".")[0]) > 1:
        return Finding("numpy", BAD, f"{numpy}, but mediapipe {mediapipe} needs NumPy 1", "pip install 'numpy<2'")
    return Finding("numpy", GOOD if numpy else BAD, numpy or "missing", "" if numpy else "pip install 'numpy<2'")


def check_torch(version: str | None) -> Finding:
    """Before PyTorch 2.10, loading a checkpoint could run code in it."""
    if version is None:
        return Finding("torch", NOTE, "missing; live use needs it only for .bin and .pt models", "pip install torch")
    if tuple(int(n) for n in version.partition("+")[0].split(".")[:2]) < (2, 10):
        return Finding(
            "torch", BAD, f"{version}: loading a checkpoint could run code in it", "pip install 'torch>=2.10'"
        )
    return Finding("torch", GOOD, version)


def check_detectors() -> Finding:
    """Which 2D detectors are installed."""
    from ..detectors import DETECTORS, installed

    available = [name for name in DETECTORS if name != "replay" and installed(name)]
    if not available:
        return Finding("detectors", BAD, "none installed", install("blazepose"))
    return Finding("detectors", GOOD, ", ".join(available))


def check_cameras() -> list[Finding]:
    """Every camera, with the reason if it cannot be opened."""
    from ..sources.cameras.listing import list_cameras
    from .cameras import camera_line

    cameras = list_cameras()
    if not cameras:
        return [Finding("cameras", NOTE, "none found", f"connect one, or play a file: {command('run')} --source FILE")]
    return [Finding("camera", GOOD if camera.opens else NOTE, camera_line(camera)) for camera in cameras]


def check_models(folder: Path | None = None) -> Iterator[Finding]:
    """Every model in the folder, loaded and checked against the SHA-256 in its card."""
    from ..lifting.model_files import MODEL_FOLDER, load_network

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
            yield Finding("model", BAD, str(error))
            continue
        yield Finding("model", GOOD, f"{network.label}, window {network.card.config.receptive_field}")


def check_port(address: str) -> Finding:
    """Whether poses can be published on this address."""
    from ..wire.bind import bind

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
    toolkit = next((name for name in ("tkinter", "PySide6", "PyQt6") if importlib.util.find_spec(name)), None)
    if toolkit is None:
        return Finding("window", NOTE, "no window toolkit for the viewer", install("qt"))
    unix = platform.system() not in ("Windows", "Darwin")
    if unix and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return Finding("window", NOTE, "no display", f"{command('view')} --headless PNG and --record work without one")
    return Finding("window", GOOD, toolkit)


def check_speed(median_ms: float) -> Finding:
    """Whether the 2D detector, which takes nearly all of the time, is fast enough."""
    detail = f"blazepose takes {median_ms:.0f} ms per frame, {1000 / median_ms:.0f} fps"
    if median_ms > _SLOW_MS:
        return Finding("speed", NOTE, detail, "close other programs; a GPU with Detectron2 would help")
    return Finding("speed", GOOD, detail)


def _detector_ms() -> float:
    """Median time of the detector for the first frames of the demo clip."""
    from ..detectors import open_detector
    from ..sources import Request, open_source

    detect = open_detector("blazepose")
    source = open_source(Request("demo", realtime=False))
    times = []
    for frame in islice(all_frames(source), _TIMED_FRAMES):
        start = time.perf_counter()
        detect(frame)
        times.append(1000 * (time.perf_counter() - start))
    source.close()
    detect.close()
    return statistics.median(times)


def _checked(subject: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings of a check; an error that prevents the check is a finding too."""
    try:
        return check()
    except ImportError as error:
        return [Finding(subject, NOTE, f"not checked: {error}")]
    except PoseError as error:
        return [Finding(subject, BAD, str(error))]


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _installed(names: Sequence[str]) -> list[str]:
    return [name for name in names if _version(name)]
