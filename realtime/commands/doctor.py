"""`doctor`: checks the installation, the cameras, the models, the port and the disk, and suggests fixes.

Every check takes what it examines as arguments, so that tests can plant a fault.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from ..errors import PoseError
from ..runtime.arguments import Parser
from ..runtime.hints import command, install
from ..settings import Settings
from .detector_checks import check_detectors, check_mediapipe, check_networks, check_speeds
from .finding import BAD, GOOD, NOTE, Finding

_FREE_BYTES = 10**9  # below which the recorder pauses
_OPENCVS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")


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
    yield from check_mediapipe(_version("mediapipe"), _version("protobuf"))
    yield check_torch(_version("torch"))
    yield from _checked("detectors", lambda: [check_detectors()])
    yield from _checked("network", lambda: list(check_networks()))
    yield from _checked("cameras", check_cameras)
    yield from _checked("model", lambda: list(check_models()))
    yield from _checked("port", lambda: [check_port(address)])
    yield check_folder(out)
    yield check_window()
    yield from _checked("speed", lambda: list(check_speeds()))


# Where it has another name than the module.
_DISTRIBUTIONS = {"zmq": "pyzmq", "PIL": "pillow", "ai_edge_litert": "ai-edge-litert"}
_LIBRARIES = {
    "numpy": "everything",
    "ai_edge_litert": "the 2D detector",
    "zmq": "the socket",
    "av": "video files",
    "matplotlib": "the viewer",
    "PIL": "images and GIFs",
    "safetensors": "model weights",
    "acapture": "webcams (OpenCV is used without it)",
}


def check_python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is recent enough."""
    text = ".".join(map(str, version))
    if version < (3, 11):
        return Finding("python", BAD, text, "install Python 3.11 or later")
    return Finding("python", GOOD, f"{text}, {platform.system()} {platform.machine()}")


def check_library(name: str, why: str) -> Finding:
    """Whether a library is installed (it is not imported)."""
    if importlib.util.find_spec(name) is not None:
        return Finding(name, GOOD, _version(_DISTRIBUTIONS.get(name, name)) or "installed")
    if name == "ai_edge_litert" and (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
        return Finding(name, NOTE, "not to be had for Intel Macs", "use --detector mediapipe: see the README")
    return Finding(name, BAD, f"missing; needed for {why}", install())


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
        return Finding("opencv", BAD, "missing; needed for the detector and cameras", install())
    if len(installed) > 1:
        names = " ".join(sorted(installed))
        return Finding("opencv", BAD, f"installed over each other: {names}", f"pip uninstall {names}; then install one")
    from ..runtime.optional import opencv

    try:
        return Finding("opencv", GOOD, f"{next(iter(installed))} {opencv('the doctor').__version__}")
    except PoseError as error:
        return Finding("opencv", BAD, str(error))


def check_torch(version: str | None) -> Finding:
    """Before PyTorch 2.10, loading a checkpoint could run code in it."""
    if version is None:
        return Finding("torch", NOTE, "missing; live use needs it only for .bin and .pt models", "pip install torch")
    if tuple(int(n) for n in version.partition("+")[0].split(".")[:2]) < (2, 10):
        return Finding(
            "torch", BAD, f"{version}: loading a checkpoint could run code in it", "pip install 'torch>=2.10'"
        )
    return Finding("torch", GOOD, version)


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
