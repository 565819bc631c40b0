"""Python code in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from support.poses import ROOT


def run_python(code: str, *first_on_path: Path, flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run `code`, with these folders and the project's on the path; it must leave with 0."""
    path = os.pathsep.join(map(str, (*first_on_path, ROOT, ROOT / "tests")))
    return subprocess.run(
        [sys.executable, *flags, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
