"""`cameras`: lists the cameras."""

from __future__ import annotations

from collections.abc import Sequence

from ..runtime.arguments import Parser
from ..runtime.hints import command
from ..sources.cameras.listing import CameraReport, list_cameras


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line per camera; 2 if none can be opened.  Raises MissingLibrary without OpenCV."""
    parser = Parser(prog=command("cameras"), description="List the cameras; each is opened for about a second.")
    parser.parse_strictly(argv)
    cameras = list_cameras()
    for camera in cameras:
        print(camera_line(camera))
    if any(camera.opens for camera in cameras):
        return 0
    print(f"no camera can be opened; to try the program without one: {command('run')} --source demo")
    return 2


def camera_line(camera: CameraReport) -> str:
    """One line about a camera: its number for `--source`, its name, its size and rate or its fault."""
    name = f"{camera.number}  {camera.name or 'camera'}"
    if camera.size_wh is None:
        return f"{name}: {camera.fault}"
    width, height = camera.size_wh
    return f"{name}: {width}x{height}, {camera.fps:g} fps"
