"""Every guard of docs/reliability.md taken out in a copy of the program, and its test run: it has to fail.

The tables beside this file name, for each numbered check, a piece of code that keeps it, what stands there
without the guard, and the test.  `python -m benchmarks guards 12 33` runs those of checks 12 and 33.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = tuple(map(str, range(1, 100)))
_FAILED = 1  # the exit code of pytest where tests have failed; others say that none ran


@dataclass(frozen=True)
class Guard:
    """A guard: in `file` the text `guard` keeps check `check`; with `without` in its place, `test` (a pytest
    node, without a parameter) fails."""

    check: int
    file: str
    guard: str
    without: str
    test: str


def guards() -> list[Guard]:
    """Those of all tables, by number."""
    rows = [row for table in Path(__file__).parent.glob("*.toml") for row in tomllib.loads(table.read_text())["guard"]]
    return sorted((Guard(**row) for row in rows), key=lambda guard: (guard.check, guard.test))


def main(checks: list[str] | None = None) -> None:
    chosen = [guard for guard in guards() if not checks or str(guard.check) in checks]
    with tempfile.TemporaryDirectory() as folder:
        copy = _copy(Path(folder) / "program")
        caught = [_is_caught(guard, copy) for guard in chosen]
    print(f"{sum(caught)} of {len(caught)} guards, taken out, made their test fail")
    if not all(caught):
        sys.exit(1)


def _copy(folder: Path) -> Path:
    """The files of the program that git knows, or would: what is ignored stays behind."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def _is_caught(guard: Guard, copy: Path) -> bool:
    """Whether the test fails without the guard; prints one line."""
    path = copy / guard.file
    whole = path.read_text(encoding="utf-8")
    assert whole.count(guard.guard) == 1, f"{guard.file} has to contain this once: {guard.guard}"
    path.write_text(whole.replace(guard.guard, guard.without), encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-m", "", guard.test]
    # `realtime` is that of the copy, also in the programs that the test starts.
    surroundings = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(words, cwd=copy, env=surroundings, capture_output=True, text=True, check=False)
    finally:
        path.write_text(whole, encoding="utf-8")
    caught = done.returncode == _FAILED
    said = "fails" if caught else f"PASSES OR DID NOT RUN (exit code {done.returncode})"
    print(f"{guard.check:2d}  {guard.file}: {guard.test.rpartition('::')[2]} {said}", flush=True)
    return caught
