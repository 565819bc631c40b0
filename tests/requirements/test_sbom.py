"""The software bill of materials: nothing that is delivered is missing, and every hash is that of its file."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from importlib import metadata

import pytest
from support.poses import ROOT
from support.processes import run_python

FOLDER = ROOT / "requirements"
TOOLS = ROOT / "build" / "tools" / "bin" / "python"


@pytest.fixture(scope="module")
def inventory():
    done = run_python("import inventory; inventory.main()", FOLDER)
    return json.loads(done.stdout)


def test_every_library_is_there_with_its_licence(inventory):
    libraries = {library["name"]: library for library in inventory["libraries"]}
    assert {"numpy", "av", "pyzmq", "pillow", "acapture", "protobuf"} <= set(libraries)
    assert set(inventory["needs"]) <= set(libraries)
    for name, library in libraries.items():
        assert library["licence"], name
        assert library["version"] == metadata.version(name)
        assert set(library["needs"]) <= set(libraries), name  # closed under what they need
    assert {part["name"] for part in libraries["av"]["native"]} == {"FFmpeg", "GnuTLS"}


def test_every_network_is_there_with_the_hash_of_its_file(inventory):
    networks = {network["file"]: network for network in inventory["networks"]}
    delivered = sorted(ROOT.glob("model/*.safetensors"))
    assert len(delivered) + 4 == len(networks)
    for path in delivered:
        network = networks[f"model/{path.name}"]
        assert network["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert network["licence"]
        assert network["data"]


def test_it_is_valid_cyclonedx_and_the_same_bytes_each_time(inventory, tmp_path):
    if not TOOLS.exists():
        pytest.skip("`make sbom` has not been run here")
    written = []
    for name in ("a.json", "b.json"):
        words = [TOOLS, FOLDER / "sbom.py", tmp_path / name]
        done = subprocess.run(words, input=json.dumps(inventory), capture_output=True, text=True, check=True)
        assert "valid CycloneDX 1.6" in done.stdout
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    bill = json.loads(written[0])
    assert "timestamp" not in bill["metadata"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert len(bill["components"]) == len(inventory["libraries"]) + len(inventory["networks"])
