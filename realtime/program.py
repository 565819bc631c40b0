"""How every program of ours ends: with a code, and a line where something is wrong."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

from .errors import EXIT_CODE, PoseError

INTERRUPTED = 130  # 128 + SIGINT, as shells count


def run_program(main: Callable[[], int | None]) -> int:
    """Call `main` and give the exit code: its own, 2 with one line on stderr for a
    PoseError, 130 for Ctrl-C or SIGTERM before it looked after them itself.

    A bug keeps its traceback.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return main() or 0
    except PoseError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_CODE
    except KeyboardInterrupt:
        return INTERRUPTED


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
