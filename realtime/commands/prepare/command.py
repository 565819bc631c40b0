"""`prepare`: turns motion capture and keypoints into training sets, annotations and angles.

To add a source of recordings: a module in this folder with its flags and `run(args)`, and a row here.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from ...errors import UsageError
from ...runtime.arguments import choice
from ...runtime.flags import Flag, Parser
from ...runtime.hints import program
from ...settings import FLAGS
from ..shared_flags import FORCE
from . import fit3d, keypoints, qualisys


class RecordingSource(NamedTuple):
    """Where recordings come from: what they are, the flags that only this source has, and what writes their sets,
    given the parsed command line; it returns the exit code."""

    about: str
    flags: tuple[Flag, ...]
    run: Callable[[argparse.Namespace], int]


SOURCES = {
    "qualisys": RecordingSource(qualisys.ABOUT, qualisys.FLAGS, qualisys.run),
    "fit3d": RecordingSource(fit3d.ABOUT, fit3d.FLAGS, fit3d.run),
    "keypoints": RecordingSource(keypoints.ABOUT, (), keypoints.run),
}
_SET_NAME = re.compile(r"[\w.-]+")


def _set_name(text: str) -> str:
    if not _SET_NAME.fullmatch(text):
        raise ValueError("a name of letters, digits, . _ and -")
    return text


_FLAGS = (
    FLAGS["out"].here(default="prepared"),
    Flag("--name", _set_name, "NAME", "name of the sets: data_3d_NAME.npz, data_2d_custom_NAME.npz", "runningpose"),
    FORCE,
)


def parser() -> Parser:
    """The arguments of `prepare`."""
    epilog = "\n".join(["sources:", *(f"  {name:<10} {source.about}" for name, source in SOURCES.items())])
    p = Parser(program("prepare"), "Motion capture and keypoints to training sets, annotations, angles.", epilog=epilog)
    p.add_argument(
        "source",
        type=Flag("prepare", choice(*SOURCES), "", "").value,
        metavar="|".join(SOURCES),
        help="what recorded the files",
    )
    p.add_argument("files", nargs="+", type=Path, metavar="FILE", help="recordings, see below")
    p.add(*_FLAGS)
    for name, source in SOURCES.items():
        p.add(*(flag.here(f"{flag.detail} ({name})") for flag in source.flags))
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Write the sets; 0.  Raises PoseError; nothing is overwritten unless it is told to be."""
    flags = parser()
    given = flags.given(argv)
    chosen = given["source"]
    for name, source in SOURCES.items():
        for flag in source.flags:
            if name != chosen and flag.key in given:
                raise UsageError(f"{flag.name} belongs to `{program('prepare')} {name}`, not to {chosen}")
    return SOURCES[chosen].run(flags.with_defaults(given))
