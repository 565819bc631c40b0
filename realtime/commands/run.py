"""`run`: camera or file → 2D keypoints → 3D joints → ZeroMQ and joints.npy.

source ─► detector ─► tracker ─► window ─► lifter ─► smoother ─►┬► ZeroMQ
                                                                └► joints.npy
"""

from __future__ import annotations

from collections.abc import Sequence

from ..settings import parse_settings
from .videopose3d.flags import is_videopose3d


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, build, loop; 0 at the end.  Raises the project's errors."""
    # The slow imports come late, so that --help and a wrong flag are answered at once.
    if is_videopose3d(argv):
        from .videopose3d.request import parse
        from .videopose3d.run import run

        run(parse(argv))
        return 0
    settings = parse_settings(argv)
    from ..online.session import run_live

    run_live(settings)
    return 0
