"""Keeps known chatter of native libraries off stderr, and lets everything else through."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_lines(*known: str) -> Iterator[None]:
    """While the block runs, lines on stderr with one of `known` in them are dropped.

    For native code, which writes to the file descriptor and has no switch for it.  Other
    lines, from any thread, appear when the block ends, in order, also when it raises.
    Costs about 0.1 ms; meant for start-up, not for every frame.
    """
    _flush()
    try:
        stderr = os.dup(2)
    except OSError:  # stderr is closed: nothing to keep clean
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
