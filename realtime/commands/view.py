"""`view`: shows published or recorded poses in a window; viz.py is a shortcut for it."""

from __future__ import annotations

import argparse
import logging
import textwrap
from collections.abc import Sequence
from pathlib import Path

from ..runtime.arguments import Parser, flag_type, number, size_px
from ..runtime.hints import command
from ..viewer.app import Options, run
from ..viewer.controls.keys import LIVE_KEYS, MOUSE, PLAYER_KEYS, VIEW_KEYS, WINDOW_KEYS
from ..wire.message import DEFAULT_ADDRESS

SUMMARY = "Show the poses: live from a publisher, or from a recorded joints.npy."
PIXELS = 100, 8000  # the smallest and largest width and height
MAX_FPS = 240  # above any screen's refresh rate

EXAMPLES = """\
Head and feet are drawn around the 17 joints, in a weaker colour: they are not measured or published.

examples:
  python viz.py                                    live poses (run.py may be started before or after)
  python viz.py out_files/joints.npy               play a recording
  python viz.py out_files/joints.npy --record walk.mp4
  python viz.py --headless now.png                 write one picture; needs no display
"""


def _help_of_keys() -> str:
    """The keys of the windows, as the windows' own help lists them."""
    tables = {"keys": VIEW_KEYS | WINDOW_KEYS, "live": LIVE_KEYS, "with FILE": PLAYER_KEYS}
    texts = {title: [f"{key.shown}: {key.what}" for key in table.values()] for title, table in tables.items()}
    texts["mouse"] = [": ".join(row) for row in MOUSE]
    return "\n".join(
        textwrap.fill(", ".join(parts), 78, initial_indent=f"{title + ':':<11}", subsequent_indent=" " * 11)
        for title, parts in texts.items()
    )


def parser() -> Parser:
    """The flags of `view`; their names are the fields of `viewer.app.Options`."""
    flags = Parser(
        prog=_program(),
        description=SUMMARY,
        epilog=f"{_help_of_keys()}\n\n{EXAMPLES}".replace("python viz.py", command("view")),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = flags.add_argument
    add("file", nargs="?", type=Path, metavar="FILE", help="recorded joints.npy to play (default: the live stream)")
    add(
        "--connect",
        default=DEFAULT_ADDRESS,
        metavar="ADDRESS",
        help="address of the publisher (default: %(default)s)",
    )
    add(
        "--curve-server",
        type=Path,
        metavar="FILE",
        help="public key file of a publisher that has a CURVE key (default: none)",
    )
    add(
        "--headless",
        type=Path,
        metavar="PNG",
        help="write a picture of the next pose and exit; opens no window (default: off)",
    )
    add(
        "--timeout",
        dest="timeout_s",
        type=flag_type(number(float, 0.1, 1e6)),
        default=10.0,
        metavar="S",
        help="with --headless: seconds to wait for a pose (default: %(default)g)",
    )
    add(
        "--record",
        type=Path,
        metavar="OUT",
        help="also write the view as .mp4 or .gif, until Ctrl-C or the window is closed (default: off)",
    )
    add("--force", action="store_true", help="replace the files of --record and --headless (default: keep them)")
    add(
        "--fps",
        type=flag_type(number(float, 1, MAX_FPS)),
        default=None,
        metavar="N",
        help="maximum frames per second, 1 to 240 (default: 60; with --record 30)",
    )
    add(
        "--size",
        type=flag_type(size_px(*PIXELS)),
        default=(800, 800),
        metavar="WxH",
        help="size of the view in pixels (default: 800x800)",
    )
    add(
        "--azimuth",
        dest="azimuth_deg",
        type=flag_type(number(float, -360, 360)),
        default=25.0,
        metavar="DEG",
        help="viewing angle around the person; 0 is the camera's direction (default: %(default)g)",
    )
    add(
        "--elevation",
        dest="elevation_deg",
        type=flag_type(number(float, -360, 360)),
        default=12.0,
        metavar="DEG",
        help="viewing angle above the horizontal (default: %(default)g)",
    )
    add("--theme", choices=("dark", "light"), default="dark", help="colour theme (default: %(default)s)")
    add(
        "--no-inset",
        dest="inset",
        action="store_false",
        help="live: without the camera's picture in the corner (default: with it, where run.py --preview sends it)",
    )
    add("--travel", action="store_true", help="live: move the person through the scene (default: centred)")
    add(
        "--at",
        dest="at_s",
        type=flag_type(number(float, 0, 1e9)),
        default=0.0,
        metavar="S",
        help="with FILE: start time in seconds (default: %(default)g)",
    )
    add(
        "--speed",
        type=flag_type(number(float, 0.01, 1000)),
        default=1.0,
        metavar="X",
        help="with FILE: playback speed, 1 is real time (default: %(default)g)",
    )
    return flags


def parse_options(argv: Sequence[str] | None = None) -> Options:
    """Parse the command line.  Raises UsageError."""
    flags = vars(parser().parse_strictly(argv))
    flags["fps"] = flags["fps"] or (30.0 if flags["record"] else 60.0)
    return Options(**flags)


def main(argv: Sequence[str] | None = None) -> int:
    """Show the poses until the window is closed; returns the exit code.  Raises PoseError."""
    options = parse_options(argv)
    logging.basicConfig(format=f"{_program()}: %(message)s", level=logging.WARNING)
    logging.getLogger("realtime").setLevel(logging.INFO)
    return run(options)


def _program() -> str:
    return command("view").removeprefix("python ")
