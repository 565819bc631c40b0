"""Filters known messages of native libraries from stderr; everything else is kept."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_lines(*known: str) -> Iterator[None]:
    """While the block runs, drop lines on stderr that contain one of `known`.

    For native code that writes to the file descriptor and has no log level to set.  Other
    lines, from any thread, are printed in order when the block ends, also if it raises.
    Costs about 0.1 ms; meant for start-up, not for every frame.
    """
    _flush()
    try:
        stderr = os.dup(2)
    except OSError:  # stderr is closed: nothing to filter
        yield
        return
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            _flush()
            os.dup2(stderr, 2)
            caught.seek(0)
            for line in caught:
                if not any(text.encode() in line for text in known):
                    os.write(stderr, line)
            os.close(stderr)


def _flush() -> None:
    if sys.stderr is not None:  # a program without a console has none
        sys.stderr.flush()
