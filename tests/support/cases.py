"""Small files that went wrong in public, with what is right about them (tests/cases/README.md)."""

from __future__ import annotations

from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"
