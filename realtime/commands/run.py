"""`run`: camera or file → 2D keypoints → 3D joints → ZeroMQ and joints.npy, live.

source ─► detector ─► tracker ─► window ─► lifter ─► smoother ─►┬► ZeroMQ
                                                                └► joints.npy
"""

from __future__ import annotations

from collections.abc import Sequence

from ..runtime.optional import silent_if_it_fails
from ..settings import parse_settings
from .videopose3d.flags import is_videopose3d, parser

__all__ = ["main", "parser"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the source ends or a signal arrives; 0.  Raises PoseError."""
    # Slow imports are done late, so that --help and usage errors are immediate.
    if is_videopose3d(argv):
        from .videopose3d.request import parse
        from .videopose3d.run import run

        run(parse(argv))
        return 0
    settings = parse_settings(argv)
    with silent_if_it_fails():
        from ..online.session import run_live

    run_live(settings)
    return 0
