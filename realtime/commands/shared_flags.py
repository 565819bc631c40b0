"""Flags that several commands have in common."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_cache(p: argparse.ArgumentParser) -> None:
    """Add `--cache`, the folder in which parsed motion capture is kept between runs."""
    p.add_argument(
        "--cache",
        type=Path,
        default=Path("out_files/cache"),
        metavar="DIR",
        help="cache of parsed motion (default: %(default)s)",
    )
