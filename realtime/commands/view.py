"""`view`: shows published or recorded poses in a window; viz.py is a shortcut for it."""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..runtime.arguments import choice, file_path, number, size_px, some_text, switch
from ..runtime.flags import Flag, Parser
from ..runtime.hints import by_hand, program
from ..settings import START
from ..viewer.controls.keys import LIVE_KEYS, MOUSE, PLAYER_KEYS, VIEW_KEYS, WINDOW_KEYS
from ..viewer.theme import THEMES
from ..wire.message import DEFAULT_ADDRESS
from .shared_flags import FORCE

if TYPE_CHECKING:
    from ..viewer.app import Options

SUMMARY = "Show the poses: live from a publisher, or from a recorded joints.npy."
PIXELS = 100, 8000  # the smallest and largest width and height
MAX_FPS = 240  # above any screen's refresh rate

EXAMPLES = """\
Head and feet, in a weaker colour, are drawn around the 17 joints: they are not published.

examples:
  python viz.py                                    live poses; run.py may start later
  python viz.py out_files/joints.npy               play a recording
  python viz.py out_files/joints.npy --film walk.mp4
  python viz.py --headless now.png                 write one picture; needs no display
"""


_FLAGS = (
    Flag("--connect", some_text, "ADDRESS", "address of the publisher", DEFAULT_ADDRESS),
    Flag("--curve-server", file_path, "FILE", "public key file of a publisher that has a CURVE key"),
    Flag("--headless", file_path, "FILE", "write a picture (.png) of the next pose and exit; opens no window"),
    Flag(
        "--timeout",
        number(float, 0.1, 1e6),
        "S",
        "with --headless: seconds to wait for a pose",
        10.0,
        dest="timeout_s",
    ),
    Flag(
        "--film",
        file_path,
        "FILE",
        "also write the view as .mp4 or .gif, until Ctrl-C or the window is closed",
        dest="record",
        old=("--record",),
    ),
    FORCE.here(": the files of --film and --headless"),
    Flag(
        "--max-fps",
        number(float, 1, MAX_FPS),
        "N",
        "draw at most N frames a second",
        shown="60; with --film 30",
        dest="fps",
        old=("--fps",),
    ),
    Flag("--size", size_px(*PIXELS), "WxH", "size of the view in pixels", (800, 800), "800x800"),
    Flag(
        "--azimuth",
        number(float, -360, 360),
        "DEG",
        "viewing angle around the person; 0 is the camera's direction",
        25.0,
        dest="azimuth_deg",
    ),
    Flag(
        "--elevation",
        number(float, -360, 360),
        "DEG",
        "viewing angle above the horizontal",
        12.0,
        dest="elevation_deg",
    ),
    Flag("--theme", choice(*THEMES), "|".join(THEMES), "colour theme", "dark"),
    Flag(
        "--inset",
        switch,
        "",
        "live: show the camera's picture in the corner, where run.py --preview sends it",
        True,
        opposite=("--no-inset", "live: without the camera's picture"),
    ),
    Flag("--travel", switch, "", "live: move the person through the scene, who is centred otherwise", False),
    START.here(" (with FILE)", dest="at_s", old=("--at",)),
    Flag("--speed", number(float, 0.01, 1000), "X", "with FILE: playback speed, 1 is real time", 1.0),
)


def parser() -> Parser:
    """The flags of `view`; their attributes are the fields of `viewer.app.Options`."""
    epilog = f"{_help_of_keys()}\n\n{EXAMPLES}".replace("python viz.py", by_hand("view"))
    flags = Parser(program("view"), SUMMARY, epilog=epilog)
    about = "recorded joints.npy to play (default: the live stream)"
    flags.add_argument("file", nargs="?", type=Path, default=None, metavar="FILE", help=about)
    flags.add(*_FLAGS)
    return flags


def _help_of_keys() -> str:
    """The keys of the windows, as the windows' own help lists them."""
    tables = {"keys": VIEW_KEYS | WINDOW_KEYS, "live": LIVE_KEYS, "with FILE": PLAYER_KEYS}
    texts = {title: [f"{key.shown}: {key.what}" for key in table.values()] for title, table in tables.items()}
    texts["mouse"] = [": ".join(row) for row in MOUSE]
    return "\n".join(
        textwrap.fill(", ".join(parts), 78, initial_indent=f"{title + ':':<11}", subsequent_indent=" " * 11)
        for title, parts in texts.items()
    )


def parse_options(argv: Sequence[str] | None = None) -> Options:
    """Parse the command line.  Raises UsageError."""
    values = vars(parser().parse_strictly(argv))
    from ..viewer.app import Options  # with the viewer, which --help and usage errors need not wait for

    values["fps"] = values["fps"] or (30.0 if values["record"] else 60.0)
    return Options(**values)


def main(argv: Sequence[str] | None = None) -> int:
    """Show the poses until the window is closed; returns the exit code.  Raises PoseError."""
    options = parse_options(argv)
    from ..viewer.app import run

    logging.basicConfig(format=f"{program('view')}: %(message)s", level=logging.WARNING)
    logging.getLogger("realtime").setLevel(logging.INFO)
    return run(options)
