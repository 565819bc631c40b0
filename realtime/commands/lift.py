"""`python -m realtime lift`: videos, images and keypoint files into 3D files and films.

Every frame goes through the same stages as in live use; nothing is dropped. An input that is
done is not done again, and one that is broken does not stop the others.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..lifting.open import SYMMETRIC_MODEL, find_symmetric
from ..offline.executors import EXECUTORS, ON_THIS_MACHINE, ExecutorOptions, execute
from ..offline.results import record_of
from ..offline.task import FORMATS, Task
from ..runtime.arguments import Parser, flag_type, number
from ..runtime.console import StatusLine, start_logging
from ..runtime.hints import command
from ..runtime.program import INTERRUPTED, interruptible
from ..runtime.timing import Rate
from ..settings import ESTIMATION, Settings, add_flags, checked, names
from ..sources.demo import clip_path
from ..sources.request import camera_number
from ..sources.video import recording_length_s

SETTINGS = names(stage=ESTIMATION)
FAILED = 1
_OWN = ("inputs", "out", "write", "jobs", "executor", "force", "start", "end", "fps", "symmetric")
_SETTLED_S = 1.0  # before, the time left would be a guess
_LONGEST_S, _HIGHEST_HZ, _MOST_JOBS = 1e6, 1000, 256


def parser() -> Parser:
    """The command's flags."""
    p = Parser(
        prog=command("lift"),
        description=__doc__,
        argument_default=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = p.add_argument
    add("inputs", nargs="+", metavar="INPUT", help="video, image, folder of images or keypoint file (.npz); demo")
    add("--out", type=Path, default=Path("lifted"), metavar="DIR", help="folder of the results (default: lifted)")
    add(
        "--write",
        type=_formats,
        default=("npy", "mp4"),
        metavar="A,B",
        help=f"of {','.join(FORMATS)} (default: npy,mp4)",
    )
    add(
        "--jobs",
        type=flag_type(number(int, 1, _MOST_JOBS)),
        default=1,
        metavar="N",
        help="inputs at a time, a process each (default: 1)",
    )
    add(
        "--executor",
        type=_executor,
        default="processes",
        metavar="WHO",
        help="processes (of this machine, --jobs of them: the default), inline (this process), or the workers of a "
        "Dask scheduler, dask://HOST:8786 (tls://HOST:8786 with Dask's certificates), which must see the same files "
        "under the same names, as must this machine; see docs/many-machines.md",
    )
    add("--force", action="store_true", default=False, help="do inputs again that are done, replacing their files")
    add(
        "--start",
        type=flag_type(number(float, 0, _LONGEST_S)),
        default=0.0,
        metavar="S",
        help="leave out what is before (default: 0)",
    )
    add(
        "--end",
        type=flag_type(number(float, 0, _LONGEST_S)),
        default=float("inf"),
        metavar="S",
        help="leave out what is after (default: the end)",
    )
    add(
        "--fps",
        type=flag_type(number(float, 1, _HIGHEST_HZ)),
        default=None,
        metavar="N",
        help="at most so many frames a second (default: all)",
    )
    add(
        "--symmetric",
        action="store_true",
        default=False,
        help="with a network that sees half a window of the future: model/symmetric-N, or another one given by --model",
    )
    add_flags(p, SETTINGS)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Lift every input; 0 where all went well, 1 where one did not."""
    given = vars(parser().parse_strictly(argv))
    own = {name: given.pop(name) for name in _OWN}
    if own["end"] <= own["start"]:
        raise UsageError("--end must lie after --start")
    if own["jobs"] > 1 and own["executor"] != "processes":
        raise UsageError("--jobs counts processes of this machine: leave it out, or take --executor processes")
    if own["symmetric"]:
        given.setdefault("model", SYMMETRIC_MODEL)
    base = Settings(**checked(given))
    if own["symmetric"]:
        find_symmetric(base.model, base.window)
    stems = _stems([_path(text) for text in own["inputs"]], own["out"])
    tasks = [_task(path, stem, base, own) for path, stem in stems]
    _check_apart(tasks)
    return run(tasks, own["jobs"], own["executor"])


def _check_apart(tasks: Sequence[Task]) -> None:
    """Raise UsageError where two inputs would write the same file."""
    makers: dict[Path, Path] = {}
    for task in tasks:
        for path in (*task.files(), record_of(task.stem)):
            if (other := makers.setdefault(path, task.source)) != task.source:
                raise UsageError(f"{other.name} and {task.source.name} would both write {path.name}; lift them apart")


def run(tasks: Sequence[Task], jobs: int, executor: str = "processes") -> int:
    """Do the tasks, say how each went, and list the faults once more at the end."""
    line = start_logging(verbose=False)
    crew = ExecutorOptions(executor, jobs, lambda task: _Progress(task, line))
    faults = []
    try:
        with interruptible(), closing(execute(tasks, crew)) as outcomes:
            for done, outcome in enumerate(outcomes, start=1):
                line.print_line(f"{done}/{len(tasks)} {outcome}" if len(tasks) > 1 else str(outcome))
                faults += [outcome] if outcome.fault else []
    except KeyboardInterrupt:
        line.print_line("interrupted: what is finished stays, the same command goes on with the rest")
        return INTERRUPTED
    finally:
        line.finish()
    if faults and len(tasks) > 1:
        line.print_line(f"{len(faults)} of {len(tasks)} could not be lifted:")
        for outcome in faults:
            line.print_line(f"  {outcome}")
    return FAILED if faults else 0


class _Progress:
    """The status line while one input is lifted."""

    def __init__(self, task: Task, line: StatusLine) -> None:
        self._name, self._line = task.name, line
        self._rate = Rate()
        self._began_s = 0.0  # with the first frame: before it libraries are loaded
        length_s = recording_length_s(task.source)
        self._start_s = task.start_s
        self._part_s = min(task.end_s, length_s) - task.start_s if length_s else None

    def __call__(self, frames: int, t_s: float) -> None:
        now_s = time.monotonic()
        self._began_s = self._began_s or now_s
        self._rate.tick(now_s)
        text = f"{self._name}: {frames} frames, {self._rate.at(now_s):.0f} a second"
        if self._part_s and now_s - self._began_s > _SETTLED_S:
            share = min(1.0, max(1e-6, (t_s - self._start_s) / self._part_s))
            text += f", {share:.0%}, {(now_s - self._began_s) * (1 - share) / share:.0f} s left"
        self._line.show(text)


def _task(path: Path, stem: Path, base: Settings, own: dict[str, Any]) -> Task:
    settings = replace(base, source=_where(path), realtime=False, fps=_image_rate(path, own["fps"]))
    # The rate of a folder of images is what --fps says; of a video it leaves frames out.
    fps = None if settings.fps else own["fps"]
    return Task(settings, stem, own["write"], own["start"], own["end"], fps, own["force"], own["symmetric"])


def _where(path: Path) -> str:
    """The input as a source; a file may be called 0, demo or auto."""
    is_word = str(path) in ("auto", "demo") or camera_number(str(path)) is not None
    return str(path.absolute() if is_word else path)


def _image_rate(path: Path, fps: float | None) -> float | None:
    return fps if path.is_dir() else None


def _path(text: str) -> Path:
    if "://" in text or (camera_number(text) is not None and not Path(text).is_file()):
        raise UsageError("lift takes files and folders; cameras and addresses are for run.py --source")
    try:
        path = clip_path() if text == "demo" else Path(text).expanduser()
    except RuntimeError as error:  # ~ of a user who is not there
        raise UsageError(f"{text}: {error}") from error
    return path if path.name and path.name != ".." else path.resolve()  # "." has no name


def _stems(paths: Sequence[Path], out: Path) -> list[tuple[Path, Path]]:
    """Each input with the path of its outputs, without ending: its name, with its own ending
    and then its folder where two inputs would share one.  UsageError for one given twice."""
    namings: list[Callable[[Path], str]] = [lambda p: p.stem, lambda p: p.name, lambda p: f"{p.parent.name}_{p.name}"]
    stems = {path: path.stem for path in paths}
    if len(stems) < len(paths):
        raise UsageError("an input is given twice")
    for naming in namings[1:]:
        shared = Counter(stem.casefold() for stem in stems.values())
        stems = {path: naming(path) if shared[stem.casefold()] > 1 else stem for path, stem in stems.items()}
    if len({stem.casefold() for stem in stems.values()}) < len(paths):
        raise UsageError("two inputs have the same name; lift them into different folders (--out)")
    return [(path, out / stem) for path, stem in stems.items()]


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    if unknown := [name for name in names if name not in FORMATS]:
        raise argparse.ArgumentTypeError(f"there is no format {unknown[0]!r}; there are {', '.join(FORMATS)}")
    return names


def _executor(text: str) -> str:
    name, _, address = text.partition("://")
    if name not in EXECUTORS or (name in ON_THIS_MACHINE) == bool(address):
        raise argparse.ArgumentTypeError(f"processes, inline, dask://HOST:PORT or tls://HOST:PORT, not {text!r}")
    return text
