#!/usr/bin/env python
"""See the pose: live from a publisher, or from a finished joints.npy."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from realtime.runtime.program import run_program


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, open, show; the exit code.  Raises the project's errors."""
    # The slow imports come now, when Ctrl-C already ends the program quietly.
    from realtime.commands.view import parse_options
    from realtime.viewer.app import run

    options = parse_options(argv)
    logging.basicConfig(format="viz.py: %(message)s", level=logging.WARNING)
    logging.getLogger("realtime").setLevel(logging.INFO)
    return run(options)


if __name__ == "__main__":
    sys.exit(run_program(main))
