"""An inventory (inventory.py, on stdin) as a CycloneDX file, valid by the schema: `make sbom`.

The same inventory gives the same bytes: there is no time in it, and its serial number is made of its content.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

_LICENCES = LicenseFactory()


def main() -> int:
    """Write the file that is named, if it changes."""
    (path,) = map(Path, sys.argv[1:])
    inventory = json.load(sys.stdin)
    text = sbom(inventory)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        print(f"not valid CycloneDX: {fault}", file=sys.stderr)
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    native = sum(len(library["native"]) for library in inventory["libraries"])
    counts = (
        f"{len(inventory['libraries'])} libraries, {native} decoders in them, {len(inventory['networks'])} networks"
    )
    print(f"{path}: {counts}; valid CycloneDX 1.6")
    return 0


def sbom(inventory: dict[str, Any]) -> str:
    """CycloneDX 1.6 as JSON."""
    program = Component(
        type=ComponentType.APPLICATION,
        name=inventory["name"],
        version=inventory["version"],
        purl=PackageURL("pypi", name=inventory["name"], version=inventory["version"]),
        bom_ref=inventory["name"],
        licenses=[_LICENCES.make_from_string(inventory["licence"])],
    )
    libraries = {library["name"]: _library(library) for library in inventory["libraries"]}
    networks = [_network(network) for network in inventory["networks"]]
    bom = Bom(components=[*libraries.values(), *networks])
    bom.metadata.component = program
    bom.register_dependency(program, [libraries[name] for name in inventory["needs"]] + networks)
    for library in inventory["libraries"]:
        of_it = [libraries[name] for name in library["needs"] if name in libraries]
        bom.register_dependency(libraries[library["name"]], of_it)
    bom.serial_number = uuid5(NAMESPACE_URL, json.dumps(inventory, sort_keys=True))
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]
    return json.dumps(written, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _library(library: dict[str, Any]) -> Component:
    name, version = library["name"], library["version"]
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri("requirements/run.lock"),
        comment="the SHA-256 of each of the files of this release, one of which is installed",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in library["sha256"]],
    )
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        purl=PackageURL("pypi", name=name, version=version),
        bom_ref=name,
        licenses=[_LICENCES.make_from_string(library["licence"])] if library["licence"] else [],
        external_references=[files] if library["sha256"] else [],
        components=[_decoder(decoder, name) for decoder in library["native"]],
    )


def _decoder(decoder: dict[str, str], library: str) -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        name=decoder["name"],
        version=decoder["version"] or None,
        bom_ref=f"{library}/{decoder['name']}",
        description=f"native code; reads {decoder['reads']}",
    )


def _network(network: dict[str, Any]) -> Component:
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=network["name"],
        version=network["sha256"][:8],
        bom_ref=network["file"],
        description=network["about"],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=network["sha256"])],
        licenses=[_LICENCES.make_from_string(network["licence"])],
        properties=[
            Property(name=f"realtime-pose3d:training-data:{data['name']}", value=data["licence"])
            for data in network["data"]
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
