"""Asks a vulnerability service about every release that `make` installs: `make audit`.

0: nothing is known.  1: something is.  2: it could not be asked, which says nothing about the releases.

pip-audit ends with 0 where a registry knows none of the libraries that it is asked about, and a copy of a registry
may know the libraries and not their vulnerabilities.  So a release that is known to be vulnerable is asked about
first, and a service that does not report it is not believed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SERVICES = ("pypi", "osv")
_KNOWN = "pillow==9.0.0"  # CVE-2022-24303, CVE-2023-50447 and others
_FOLDER = Path(__file__).parent
_LOCKS = ("build", "dev", "window", "mediapipe", "tools")  # run.lock is a part of dev.lock
_CAUSE = re.compile(r"^.*\(Caused by (.*)\)$")  # of requests' errors
_PYTORCH = _FOLDER.parent / "constraints.txt"


def main() -> int:
    """Audit what make installs here; print every vulnerability."""
    refusals = []
    for service in SERVICES:
        refusal = _distrust(service)
        if not refusal:
            return _audit(service)
        refusals.append(f"{service} {refusal}")
    print(f"not audited: {'; '.join(refusals)}", file=sys.stderr)
    return 2


def _distrust(service: str) -> str:
    """Why this service is not believed, "" if it is."""
    try:
        known = _ask(service, [_KNOWN])
    except NoAnswer as why:
        return str(why)
    return "" if any(library.get("vulns") for library in known) else f"knows of nothing against {_KNOWN}"


def _audit(service: str) -> int:
    paths = [*(_FOLDER / f"{name}.lock" for name in _LOCKS), _PYTORCH]
    try:
        libraries = [library for path in paths for library in _ask(service, _pins(path))]
    except NoAnswer as why:
        print(f"not audited: {service} {why}", file=sys.stderr)
        return 2
    found = 0
    for library in libraries:
        for fault in library.get("vulns", ()):
            found += 1
            names = ", ".join([fault["id"], *fault["aliases"]])
            print(
                f"{library['name']} {library['version']}: {names}; fixed in {', '.join(fault['fix_versions']) or '-'}"
            )
    unknown = sorted({library["name"] for library in libraries if "vulns" not in library})
    if unknown:
        print(f"not audited: {service} knows nothing of {', '.join(unknown)}", file=sys.stderr)
        return 2
    print(f"{len(libraries)} releases, asked of {service}: {found} known vulnerabilities")
    return 1 if found else 0


class NoAnswer(Exception):
    """The service said nothing; the text is a clause about it."""


def _ask(service: str, pins: list[str]) -> list[dict[str, Any]]:
    """What pip-audit says of each library: with "vulns", or with "skip_reason".  Raises NoAnswer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pins.txt"
        path.write_text("\n".join(pins), encoding="utf-8")
        words = ["--vulnerability-service", service, "--no-deps", "--disable-pip", "--progress-spinner", "off"]
        done = subprocess.run(  # noqa: S603 - no word is the user's
            [sys.executable, "-m", "pip_audit", *words, "--format", "json", "--requirement", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except ValueError as fault:
        last = next(reversed(done.stderr.strip().splitlines()), "it says nothing")
        cause = _CAUSE.sub(r"\1", last)[:200]
        raise NoAnswer(f"cannot be asked ({cause})") from fault


def _pins(path: Path) -> list[str]:
    """The lines of a requirements file without hashes; markers are evaluated by pip-audit, for this machine."""
    lines = path.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    return [line.partition("--hash")[0].strip() for line in lines if line and not line.lstrip().startswith("#")]


if __name__ == "__main__":
    sys.exit(main())
