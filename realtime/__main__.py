"""`python -m realtime <command>`."""

import sys

from .cli import main
from .program import run_program

sys.exit(run_program(main))
