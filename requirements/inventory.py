"""What is delivered, as JSON on stdout, told by the environment that the program is installed into.

That are the libraries of requirements/run.lock as they are installed, the native code in them, and the networks.
`make sbom` makes a CycloneDX file of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from realtime import __version__
from realtime.commands.doctor.decoders import DECODERS, version_of
from realtime.commands.doctor.imports import is_installed
from realtime.detectors.blazepose.network_files import NETWORKS
from realtime.lifting.model_files import MODEL_FOLDER
from realtime.runtime.hints import distribution

_PROGRAM = "realtime-pose3d"
_FOLDER = Path(__file__).parent
_LOCK = _FOLDER / "run.lock"


def main() -> None:
    """Print the inventory."""
    inventory = {
        "name": _PROGRAM,
        "version": __version__,
        "licence": "Apache-2.0",
        "needs": sorted(_needs(_asked().splitlines())),
        "libraries": list(_libraries()),
        "networks": [*_lifters(), *_detectors()],
    }
    json.dump(inventory, sys.stdout, indent=1)


def _asked() -> str:
    setup = ConfigParser()
    setup.read(_FOLDER.parent / "setup.cfg", encoding="utf-8")
    return setup["options"]["install_requires"]


def _libraries() -> Iterator[dict[str, Any]]:
    text = _LOCK.read_text(encoding="utf-8").replace("\\\n", "")
    for line in text.splitlines():
        wanted, *hashes = line.split("--hash=sha256:")
        if not hashes:
            continue
        entry = Requirement(wanted)
        if entry.marker is not None and not entry.marker.evaluate():
            continue
        library = metadata.distribution(entry.name)
        is_locked = entry.specifier.contains(library.version)
        yield {
            "name": entry.name,
            "version": library.version,
            "licence": _licence(library.metadata),
            "sha256": [text.strip() for text in hashes] if is_locked else [],
            "needs": sorted(_needs(library.requires or ())),
            "native": [
                {"name": decoder.name, "version": version_of(decoder) or "", "reads": decoder.reads}
                for decoder in DECODERS
                if canonicalize_name(distribution(decoder.library)) == entry.name and is_installed(decoder.library)
            ],
        }


def _needs(lines: Iterable[str]) -> Iterator[str]:
    """The names of what is required, for this Python and system and without extras."""
    for text in lines:
        if text and not text.startswith("#"):
            entry = Requirement(text)
            if entry.marker is None or entry.marker.evaluate({"extra": ""}):
                yield canonicalize_name(entry.name)


def _licence(told: Any) -> str:
    """As the library's metadata tell it: an SPDX expression, a classifier, or a name of its own."""
    if told["License-Expression"]:
        return str(told["License-Expression"])
    classifiers = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License")]
    names = [name for name in classifiers if name != "OSI Approved"]
    return ", ".join(names) or (told["License"] or "").strip().partition("\n")[0]


def _lifters() -> Iterator[dict[str, Any]]:
    for path in sorted(MODEL_FOLDER.glob("*.safetensors")):
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        yield {
            "name": card["name"],
            "file": f"model/{path.name}",
            "sha256": card["sha256"],
            "licence": card["licence"],
            "about": f"{card['skeleton_in']} to {card['skeleton_out']}",
            "data": [{"name": data["folder"], "licence": data["licence"]} for data in card["training"]["data"]],
        }


def _detectors() -> Iterator[dict[str, Any]]:
    for network in NETWORKS.values():
        yield {
            "name": network.name,
            "file": network.file_name,
            "sha256": network.sha256,
            "licence": "Apache-2.0",
            "about": f"{network.purpose}; fetched once from {' or '.join(network.packages)}",
            "data": [],
        }


if __name__ == "__main__":
    main()
