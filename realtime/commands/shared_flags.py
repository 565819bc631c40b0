"""Flags that several commands have in common."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_causal(p: argparse.ArgumentParser) -> None:
    """Add `--causal`, what a network file without a model card does not say."""
    p.add_argument(
        "--causal",
        action="store_true",
        help="a network without a model card is causal: checkpoints of VideoPose3D do not record it",
    )


def add_cache(p: argparse.ArgumentParser) -> None:
    """Add `--cache`, the folder in which parsed motion capture is kept between runs."""
    p.add_argument(
        "--cache",
        type=Path,
        default=Path("out_files/cache"),
        metavar="DIR",
        help="cache of parsed motion (default: %(default)s)",
    )
