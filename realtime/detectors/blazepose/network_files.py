"""BlazePose's networks as files: which there are, where they are, and how they get there.

They are Google's, Apache-2.0, and are neither in this repository nor in our wheel.  `fetch`
takes them out of MediaPipe's wheel once, `add` out of a package that is already there.  A file
is known by the SHA-256 of its content only, which is also checked at every reading.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from ...errors import RecordError, UsageError, WeightsError
from ...runtime.hints import command
from ...runtime.new_files import check_folder, os_errors_as_record_error
from ...runtime.program import interruptible
from .network_archives import MAX_NETWORK_BYTES, SUFFIX, networks_in
from .network_download import MEDIAPIPE, WHEEL_MB, WHEEL_NAME, WHEEL_SHA256, download_wheel

_log = logging.getLogger(__name__)

FOLDER_VARIABLE = "REALTIME_POSE3D_NETWORKS"
WHEEL = "the wheel of mediapipe 0.10.21"
NPM = "the npm package @mediapipe/pose"
PRESENT, MISSING, DAMAGED = "present", "missing", "damaged"

_WHEEL_FILE = "mediapipe-0.10.21-*.whl"
_NPM_PACK = "npm pack @mediapipe/pose@0.5.1675469404"
_NPM_FILE = "mediapipe-pose-*.tgz"


@dataclass(frozen=True)
class NetworkFile:
    """A network: its name, the SHA-256 of its file, what it does, and the packages that contain it."""

    name: str
    sha256: str
    purpose: str
    packages: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """The name of its file in `networks_folder()`."""
        return f"{self.name}{SUFFIX}"


NETWORKS = {
    network.name: network
    for network in (
        NetworkFile(
            "pose_detection",
            "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
            "finds people in the image",
            (WHEEL,),
        ),
        NetworkFile(
            "pose_landmark_full",
            "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
            "a person's joints, the default",
            (WHEEL, NPM),
        ),
        NetworkFile(
            "pose_landmark_heavy",
            "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
            "a person's joints, more accurate and slower",
            (NPM,),
        ),
        NetworkFile(
            "pose_landmark_lite",
            "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
            "a person's joints, faster and less accurate",
            (NPM,),
        ),
    )
}


def networks_folder() -> Path:
    """The folder of the network files: $REALTIME_POSE3D_NETWORKS, or one in the user's data folder."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:
            raise UsageError(f"{FOLDER_VARIABLE} is {chosen}, which names no user's folder ({error})") from error
    return platformdirs.user_data_path("realtime-pose3d", appauthor=False) / "networks"


def read_network(name: str) -> bytes:
    """The content of a network's file.  Raises WeightsError, which says how to get the file, if it is
    missing, damaged or cannot be read."""
    network = NETWORKS[name]
    path = networks_folder() / network.file_name
    try:
        content = _read(path)
    except FileNotFoundError as error:
        raise WeightsError(f"the network {name} is not at {path}: {how_to_get(network)}{_known_by(network)}") from error
    except OSError as error:
        raise WeightsError(f"cannot read {path} ({error.strerror or error}): {how_to_get(network)}") from error
    if _sha256(content) != network.sha256:
        raise WeightsError(f"{path} is damaged, or is another file: {how_to_get(network)}{_known_by(network)}")
    return content


def is_present(name: str) -> bool:
    """Whether `read_network` can read it."""
    return state(name) == PRESENT


def state(name: str, folder: Path | None = None) -> str:
    """`PRESENT`, `MISSING` or `DAMAGED` (which includes files that cannot be read)."""
    network = NETWORKS[name]
    try:
        content = _read((folder or networks_folder()) / network.file_name)
    except FileNotFoundError:
        return MISSING
    except OSError:
        return DAMAGED
    return PRESENT if _sha256(content) == network.sha256 else DAMAGED


def how_to_get(network: NetworkFile) -> str:
    """What to do where its file is missing, with internet and without."""
    add = command("models add")
    if WHEEL in network.packages:
        return f"run `{command('models fetch')}`, or without internet `{add} FILE` with a copy of {_WHEEL_FILE}"
    return f"run `{_NPM_PACK}`, then `{add} {_NPM_FILE}`; without internet, `{add} FILE` with a copy of that file"


def fetch(folder: Path | None = None, announce: Callable[[str], object] = _log.info) -> list[str]:
    """Download MediaPipe's wheel by pip and take the networks in it; the names of those that are new.

    Downloads nothing if they are all present; otherwise `announce` is told what will be downloaded.
    Raises RecordError before that if the folder cannot be written, WeightsError if pip cannot
    download the wheel.
    """
    folder = folder or networks_folder()
    missing = [network for network in networks_of_wheel() if state(network.name, folder) != PRESENT]
    if not missing:
        return []
    with _write_errors(folder / missing[0].file_name):
        check_folder(folder)
    announce(f"downloading BlazePose's networks, once ({MEDIAPIPE}, {WHEEL_MB} MB)")
    with tempfile.TemporaryDirectory(prefix="realtime-pose3d-") as temporary:
        try:
            wheel = download_wheel(Path(temporary))
        except WeightsError as error:
            raise WeightsError(f"{error}; {_other_ways()}") from error
        return add(wheel, folder)


def fetch_missing() -> None:
    """`fetch` where there are no files of the default detector's networks yet."""
    paths = [networks_folder() / network.file_name for network in networks_of_wheel()]
    if not all(map(os.path.exists, paths)):  # Path.exists raises for a folder that cannot be searched
        in_main_thread = threading.current_thread() is threading.main_thread()
        with interruptible() if in_main_thread else nullcontext():  # so that Ctrl-C leaves nothing behind
            fetch()


def networks_of_wheel() -> list[NetworkFile]:
    """The networks that `fetch` gets, which are those of the default detector."""
    return [network for network in NETWORKS.values() if WHEEL in network.packages]


def add(path: Path, folder: Path | None = None) -> list[str]:
    """Take the known networks out of a wheel, a zip, an npm package or a `.tflite` file; the names of
    those that were not in the folder yet.

    Raises WeightsError if there is none in it or it cannot be read, RecordError if the folder
    cannot be written.
    """
    folder = folder or networks_folder()
    names = {network.sha256: network.name for network in NETWORKS.values()}
    found = {names[digest]: content for content in networks_in(path) if (digest := _sha256(content)) in names}
    if not found:
        raise WeightsError(
            f"{path} contains none of the networks {', '.join(NETWORKS)}, in the versions known here: "
            f"give {_WHEEL_FILE} or {_NPM_FILE} (`{_NPM_PACK}`)"
        )
    new = [name for name in NETWORKS if name in found and state(name, folder) != PRESENT]
    for name in new:
        try:
            _write(folder / NETWORKS[name].file_name, found[name])
        except RecordError:
            # Another process may have added it meanwhile: Windows refuses to replace a file that is being read.
            if state(name, folder) != PRESENT:
                raise
    return new


def _known_by(network: NetworkFile) -> str:
    return f" (the SHA-256 of {network.file_name} is {network.sha256})"


def _other_ways() -> str:
    return (
        f"check pip and the network and run `{command('models fetch')}` again, or download {_WHEEL_FILE} elsewhere "
        f"and run `{command('models add')} FILE` (for example {WHEEL_NAME}, SHA-256 {WHEEL_SHA256})"
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_NETWORK_BYTES)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all.  Several processes may do so at once: each has a temporary
    folder of its own, next to the file."""
    with _write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as temporary:
            part = Path(temporary) / path.name
            part.write_bytes(content)
            part.replace(path)


def _write_errors(path: Path) -> AbstractContextManager[None]:
    return os_errors_as_record_error(path, f"; make the folder writable, or set {FOLDER_VARIABLE} to another")
