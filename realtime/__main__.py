"""`python -m realtime <command>`."""

import sys

from .commands.cli import main
from .runtime.program import run_program

sys.exit(run_program(main))
