"""`view`: the window at the other end of the socket; viz.py is short for it."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from ..runtime.arguments import Parser, flag_type, number, size_px
from ..runtime.hints import command
from ..viewer.app import Options, run
from ..wire.message import DEFAULT_ADDRESS

SUMMARY = "See the pose: live from a publisher, or from a finished joints.npy."
PIXELS = 100, 8000  # the smallest and largest width and height
MAX_FPS = 240  # faster than any screen

KEYS = """\
mouse: left turns, right or wheel zooms, middle moves
keys:  t theme, r first view again, q quits
       with FILE: space plays and pauses, left and right step, shift+left and +right skip a
       second, up and down change the speed, Home and End go to the ends

examples:
  python viz.py                                    the live window (start run.py before or after)
  python viz.py out_files/joints.npy               play a finished recording
  python viz.py out_files/joints.npy --record walk.mp4
  python viz.py --headless now.png                 one picture, no display needed
"""


def parser() -> Parser:
    """The flags of the program; their names are the fields of `viewer.app.Options`."""
    flags = Parser(
        prog=_program(),
        description=SUMMARY,
        epilog=KEYS.replace("python viz.py", command("view")),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = flags.add_argument
    add("file", nargs="?", type=Path, metavar="FILE", help="play this joints.npy (default: the live stream)")
    add(
        "--connect",
        default=DEFAULT_ADDRESS,
        metavar="ADDRESS",
        help="the publisher's address (default: %(default)s)",
    )
    add(
        "--curve-server",
        type=Path,
        metavar="FILE",
        help="public key file of a publisher that has a CURVE key (default: none)",
    )
    add("--headless", type=Path, metavar="PNG", help="write one picture of the next pose, no window (default: off)")
    add(
        "--timeout",
        dest="timeout_s",
        type=flag_type(number(float, 0.1, 1e6)),
        default=10.0,
        metavar="S",
        help="with --headless: wait this long for a pose (default: %(default)g s)",
    )
    add("--record", type=Path, metavar="OUT", help="also write what is shown, .mp4 or .gif (default: off)")
    add(
        "--fps",
        type=flag_type(number(float, 1, MAX_FPS)),
        default=None,
        metavar="N",
        help="draw at most N pictures a second, 1 to 240 (default: 60; with --record 30)",
    )
    add(
        "--size",
        type=flag_type(size_px(*PIXELS)),
        default=(800, 800),
        metavar="WxH",
        help="of the picture in pixels (default: 800x800)",
    )
    add(
        "--azimuth",
        dest="azimuth_deg",
        type=flag_type(number(float, -360, 360)),
        default=25.0,
        metavar="DEG",
        help="where to stand around the person, 0 is at the camera (default: %(default)g)",
    )
    add(
        "--elevation",
        dest="elevation_deg",
        type=flag_type(number(float, -360, 360)),
        default=12.0,
        metavar="DEG",
        help="look down from this angle (default: %(default)g)",
    )
    add("--theme", choices=("dark", "light"), default="dark", help="colours (default: %(default)s)")
    add("--travel", action="store_true", help="live: show where the person walks (default: centred)")
    add(
        "--at",
        dest="at_s",
        type=flag_type(number(float, 0, 1e9)),
        default=0.0,
        metavar="S",
        help="with FILE: begin here (default: %(default)g s)",
    )
    add(
        "--speed",
        type=flag_type(number(float, 0.01, 1000)),
        default=1.0,
        metavar="X",
        help="with FILE: times real time (default: %(default)g)",
    )
    return flags


def parse_options(argv: Sequence[str] | None = None) -> Options:
    """The flags as options.  Raises UsageError."""
    flags = vars(parser().parse_strictly(argv))
    flags["fps"] = flags["fps"] or (30.0 if flags["record"] else 60.0)
    return Options(**flags)


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, open, show; the exit code.  Raises the project's errors."""
    options = parse_options(argv)
    logging.basicConfig(format=f"{_program()}: %(message)s", level=logging.WARNING)
    logging.getLogger("realtime").setLevel(logging.INFO)
    return run(options)


def _program() -> str:
    return command("view").removeprefix("python ")
