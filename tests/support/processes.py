"""Python code, and the program's commands, in a process of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.poses import ROOT

Completed = subprocess.CompletedProcess[str]


def run_python(code: str, *first_on_path: Path, flags: tuple[str, ...] = ()) -> Completed:
    """Run `code`, with these folders and the project's on the path; it must leave with 0."""
    return subprocess.run(
        [sys.executable, *flags, "-c", code],
        cwd=ROOT,
        env=_environment(*first_on_path, ROOT, ROOT / "tests"),
        capture_output=True,
        text=True,
        check=True,
    )


def run_realtime(*words: object, cwd: Path = ROOT, first_on_path: tuple[Path, ...] = ()) -> Completed:
    """Run `python -m realtime …` in `cwd`, with these folders and the project's on the path, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "realtime", *map(str, words)],
        cwd=cwd,
        env=_environment(*first_on_path, ROOT),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@contextmanager
def realtime_session(*words: object) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m realtime …` in a session of its own, its words piped; killed with its processes if it lasts longer
    than the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "realtime", *map(str, words)], cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def path_environment() -> dict[str, str]:
    """The surroundings of a program that finds the project and what its tests share."""
    return _environment(ROOT, ROOT / "tests")


def _environment(*path: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))}


_OUTCOMES = """
import contextlib, io, json, sys, time
from realtime.commands.cli import main
from realtime.runtime.program import run_program
for line in sys.stdin:
    said, began_s = io.StringIO(), time.process_time()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = run_program(lambda: main(json.loads(line)))
    print(json.dumps([code, said.getvalue(), time.process_time() - began_s]), flush=True)
"""


def outcomes(commands: Sequence[Sequence[object]], cwd: Path = ROOT) -> list[tuple[int, str, float]]:
    """Of each command, `realtime …`: its exit code, what it says on stderr, and the seconds of computing, as in a
    process of its own; one process runs them all, so that libraries are loaded once."""
    done = subprocess.run(
        [sys.executable, "-c", _OUTCOMES],
        cwd=cwd,
        env=_environment(ROOT) | {"OMP_NUM_THREADS": "1"},
        input="".join(json.dumps(list(map(str, words))) + "\n" for words in commands),
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]
