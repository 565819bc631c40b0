"""The command `doctor`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ...errors import MissingLibrary, PoseError
from ...runtime.failed_imports import failed_import, reason_of
from ...runtime.flags import Parser
from ...runtime.hints import program
from ...settings import FLAGS
from . import __doc__ as about
from .decoders import check_decoders
from .detectors import check_detectors, check_mediapipe, check_networks, check_speeds
from .detectron2 import check_pytorch
from .finding import BAD, GOOD, NOTE, Finding
from .libraries import LIBRARIES, OPENCVS, check_library, check_name, check_opencv, version
from .machine import check_cameras, check_folder, check_models, check_port, check_python, check_window


def parser() -> Parser:
    """The flags of `doctor`."""
    p = Parser(program("doctor"), str(about).partition("\n")[0])
    p.add(
        FLAGS["bind"].here(": whether this address can be bound"),
        FLAGS["out"].here(": whether it can be written"),
        FLAGS["verbose"].here(": also the native code that reads files and connections, with its versions"),
    )
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Print every finding; 2 if something is BAD."""
    options = parser().parse_strictly(argv)
    bad = 0
    for finding in examine(options.bind, Path(options.out), verbose=options.verbose):
        print(finding, flush=True)
        bad += finding.state == BAD
    print("no problems found" if not bad else f"{bad} problem{'s' if bad > 1 else ''} to fix")
    return 2 if bad else 0


def examine(address: str, out: Path, *, verbose: bool = False) -> Iterator[Finding]:
    """All checks of this machine, in order."""
    yield check_python(sys.version_info[:2])
    unusable = set()
    for finding in _libraries():
        yield finding
        if finding.state != GOOD:
            unusable.add(finding.subject)
        if finding.broken:
            _never_import(finding.broken)
    if verbose:
        yield from check_decoders(unusable)
    yield check_detectors(unusable)
    yield from _checked("network", lambda: list(check_networks()))
    yield from _checked("cameras", check_cameras)
    yield from _checked("model", lambda: list(check_models()))
    yield from _checked("port", lambda: [check_port(address)])
    yield check_folder(out)
    yield check_window()
    yield from _checked("speed", lambda: list(check_speeds()))


def _libraries() -> Iterator[Finding]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each is imported in a process of its own
        yield from filter(None, pool.map(check_library, LIBRARIES))
    yield check_name(version("realtime"))
    yield check_opencv([name for name in OPENCVS if version(name)])
    yield from check_mediapipe(version("mediapipe"), version("protobuf"))
    yield from check_pytorch()


def _never_import(library: str) -> None:
    """What ended the process that imported it would end this one: the checks that need it get an ImportError."""
    sys.modules[library] = None  # type: ignore[assignment]  # Python's own mark of what cannot be imported


def _checked(subject: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings of a check; an error that prevents the check is a finding too."""
    try:
        return check()
    except MissingLibrary as error:  # it has a finding of its own
        return [Finding(subject, NOTE, f"not checked: {error}")]
    except PoseError as error:
        return [Finding(subject, BAD, str(error))]
    except Exception as error:
        library = failed_import(error)
        if library is None:
            raise
        reason = f" ({reason_of(error)})" if sys.modules.get(library, sys) else ""  # else it has a finding of its own
        return [Finding(subject, NOTE, f"not checked: {library} cannot be imported{reason}")]
