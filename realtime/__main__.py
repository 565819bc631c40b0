"""`python -m realtime <command>`, and where every program of ours begins."""

from __future__ import annotations

import sys
from typing import NoReturn

from .commands.cli import main
from .runtime.program import run_program


def start(*command: str) -> NoReturn:
    """Run the command, or the one that the command line names, and leave with its exit code."""
    sys.exit(run_program(lambda: main([*command, *sys.argv[1:]])))


if __name__ == "__main__":
    start()
