"""`cameras`: lists the cameras."""

from __future__ import annotations

from collections.abc import Sequence

from ..runtime.console import start_logging
from ..runtime.flags import Parser
from ..runtime.hints import command, program
from ..sources.cameras.listing import CameraReport, try_cameras


def parser() -> Parser:
    """The flags of `cameras`: none."""
    return Parser(
        program("cameras"),
        "List the cameras; each is opened for about a second, or for as long as it needs to start.",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line per camera; 2 if none can be opened.  Raises MissingLibrary without OpenCV."""
    parser().parse_strictly(argv)
    start_logging()  # says which camera is waited for
    opened = 0
    for camera in try_cameras():
        print(camera_line(camera), flush=True)
        opened += camera.opens
    if opened:
        return 0
    print(f"no camera can be opened; to try the program without one: {command('run', '--source', 'demo')}")
    return 2


def camera_line(camera: CameraReport) -> str:
    """One line about a camera: its number for `--source`, its name, its size and rate or its fault,
    and the link that names it whatever its number."""
    name = f"{camera.number}  {camera.name or 'camera'}"
    link = f" ({camera.link})" if camera.link else ""
    if camera.size_wh is None:
        return f"{name}: {camera.fault}{link}"
    width, height = camera.size_wh
    return f"{name}: {width}x{height}, {camera.fps:g} fps{link}"
