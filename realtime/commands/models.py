"""`models`: the detector's networks: which are here, and how the others get here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from ..detectors.blazepose.network_download import MEDIAPIPE, WHEEL_MB
from ..detectors.blazepose.network_files import (
    FOLDER_VARIABLE,
    NETWORKS,
    PRESENT,
    add,
    fetch,
    how_to_get,
    networks_folder,
    networks_of_wheel,
    state,
)
from ..errors import UsageError
from ..runtime.arguments import choice
from ..runtime.flags import Flag, Parser
from ..runtime.hints import command, program
from ..runtime.program import interruptible


def main(argv: Sequence[str] | None = None) -> int:
    """List, fetch or add networks.  Raises WeightsError or RecordError if that fails, UsageError
    for arguments that do not belong together."""
    options = parser().parse_strictly(argv)
    if options.files and options.action != "add":
        raise UsageError(f"`{command('models')} {options.action}` takes no files; see --help")
    if options.action == "fetch":
        return _fetch()
    if options.action == "add":
        return _add(options.files)
    return _list()


def parser() -> Parser:
    """The arguments of `models`."""
    p = Parser(
        program("models"),
        "The networks of the detector blazepose. Without an argument, list them.",
        epilog=f"They are in {networks_folder()}\nThe environment variable {FOLDER_VARIABLE} names another folder.",
    )
    p.add_argument(
        "action",
        nargs="?",
        default=None,
        type=Flag("models", choice("fetch", "add"), "", "").value,
        metavar="fetch|add",
        help=f"fetch: download the default networks ({WHEEL_MB} MB, {MEDIAPIPE} by pip, which is not installed); "
        "add: take networks out of files, without internet",
    )
    p.add_argument(
        "files",
        nargs="*",
        default=[],
        type=Path,
        metavar="FILE",
        help="for add: a wheel of mediapipe, the npm package @mediapipe/pose (.tgz), a zip or a .tflite file",
    )
    return p


def _list() -> int:
    """A line for each network; 2 if the default detector lacks one."""
    states = {name: state(name) for name in NETWORKS}
    print(f"in {networks_folder()}:")
    for name, network in NETWORKS.items():
        print(f"  {name:<20} {states[name]:<8} {network.purpose}")
    for advice, names in _remedies(states).items():
        print(f"for {' and '.join(names)}: {advice}")
    return 0 if all(states[network.name] == PRESENT for network in networks_of_wheel()) else 2


def _remedies(states: Mapping[str, str]) -> dict[str, list[str]]:
    """What to do about networks that are not present, and for which of them."""
    remedies: dict[str, list[str]] = {}
    for name, network in NETWORKS.items():
        if states[name] != PRESENT:
            remedies.setdefault(how_to_get(network), []).append(name)
    return remedies


def _fetch() -> int:
    with interruptible():  # the partial download is deleted
        _report(fetch(announce=partial(print, flush=True)))
    return 0


def _add(paths: Sequence[Path]) -> int:
    if not paths:
        raise UsageError(f"`{command('models add')}` needs a file; see --help")
    for path in paths:
        with interruptible():
            _report(add(path))
    return 0


def _report(added: Sequence[str]) -> None:
    print(f"added {', '.join(added)}" if added else "nothing to add: the networks are here already")
