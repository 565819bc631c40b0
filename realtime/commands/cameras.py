"""`python -m realtime cameras`: which cameras there are."""

from __future__ import annotations

from collections.abc import Sequence

from ..runtime.arguments import Parser
from ..runtime.hints import command
from ..sources.cameras.listing import CameraReport, list_cameras


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line a camera; 2 if none opens.  Raises MissingLibrary without OpenCV."""
    parser = Parser(prog=command("cameras"), description="List the cameras, each tried for a second.")
    parser.parse_strictly(argv)
    cameras = list_cameras()
    for camera in cameras:
        print(camera_line(camera))
    if any(camera.opens for camera in cameras):
        return 0
    print("no camera opens; run.py --source demo shows the program without one")
    return 2


def camera_line(camera: CameraReport) -> str:
    """A camera in words: its number as `--source` takes it, name, size and rate, or fault."""
    name = f"{camera.number}  {camera.name or 'camera'}"
    if camera.size_wh is None:
        return f"{name}: {camera.fault}"
    width, height = camera.size_wh
    return f"{name}: {width}x{height}, {camera.fps:g} fps"
