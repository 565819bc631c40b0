"""`lift`: lifts videos, images and keypoint files to 3D motion files and films.

Every frame goes through the same stages as in live use; no frame is dropped.  Inputs whose
results exist already are skipped, and a broken input does not stop the others.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError
from ..formats.recorded_video import video_of
from ..offline.executors import EXECUTORS, ON_THIS_MACHINE
from ..offline.manifest import manifest_of
from ..offline.outputs import OUTPUTS
from ..offline.preflight import check_libraries
from ..offline.request import LIFT_FLAGS, LiftRequest, is_single_picture, lift_request, recording_path
from ..offline.task import Task
from ..runtime.arguments import name_list, number
from ..runtime.console import start_logging
from ..runtime.flags import Flag, Parser
from ..runtime.hints import command, program
from ..settings import FLAGS
from .input_names import recordings, stems_of
from .lift_inputs import run
from .shared_flags import FORCE

INPUT = (
    "a video, an image, an animation, a folder of images, of videos or of a recording, a keypoint file (.npz), or demo"
)
WRITE = Flag(
    "--write",
    name_list(tuple(OUTPUTS)),
    "A,B",
    f"output formats, any of {', '.join(OUTPUTS)}; see below",
    shown="npy,mp4, of an image npy,png",
)


def _executor(text: str) -> str:
    name, _, address = text.partition("://")
    if name not in EXECUTORS or (name in ON_THIS_MACHINE) == bool(address):
        raise ValueError("processes, inline, dask://HOST:PORT or tls://HOST:PORT")
    return text


_FLAGS = (
    FLAGS["out"].here(default="lifted"),
    WRITE,
    Flag("--jobs", number(int, 1, 256), "N", "how many inputs are lifted at a time, each by a process of its own", 1),
    Flag(
        "--executor",
        _executor,
        "WHO",
        "where inputs are lifted: processes (--jobs of them on this machine), inline (in this process), or "
        "dask://HOST:8786 (the workers of a Dask scheduler; tls://HOST:8786 with Dask's certificates), which need the "
        "same files under the same paths as this machine; see docs/many-machines.md",
        "processes",
    ),
    FORCE.here(": lift inputs again whose results exist"),
    *LIFT_FLAGS,
)


def parser() -> Parser:
    """The flags of `lift`."""
    p = Parser(program("lift"), __doc__, epilog=formats_text())
    p.add_argument("inputs", nargs="+", metavar="INPUT", help=INPUT)
    p.add(*_FLAGS)
    return p


def formats_text() -> str:
    """A line about each output format."""
    return "\n".join(["output formats:", *(f"  {name:<10} {output.about}" for name, output in OUTPUTS.items())])


def main(argv: Sequence[str] | None = None) -> int:
    """Lift every input; 0 on success, 1 if an input could not be lifted or an output is missing,
    130 if interrupted."""
    flags = parser()
    given = flags.given(argv)
    args = flags.with_defaults(given)
    if args.jobs > 1 and args.executor != "processes":
        raise UsageError("--jobs counts processes on this machine: leave it out, or use --executor processes")
    request = lift_request(given)
    start_logging(verbose=False)
    refusal = f"lift takes files and folders; cameras and addresses are for {command('run', '--source', 'CAMERA')}"
    stems = stems_of(
        [path for text in args.inputs for path in recordings(recording_path(text, refusal))], Path(args.out)
    )
    tasks = [_task(request, path, stem, args) for path, stem in stems]
    _check_apart(tasks)
    if args.executor in ON_THIS_MACHINE:  # workers have libraries of their own
        check_libraries(dict.fromkeys(name for task in tasks for name in task.formats))
    return run(tasks, args.jobs, args.executor)


def _task(request: LiftRequest, path: Path, stem: Path, args: argparse.Namespace) -> Task:
    source = video_of(path)
    return request.task(source, stem, args.write or default_outputs(source), force=args.force)


def default_outputs(path: Path) -> tuple[str, ...]:
    """What is written of an input if nothing else is asked for: joints, and a picture of an image or a film
    of anything else, animations and stacks too."""
    return "npy", "png" if is_single_picture(path) else "mp4"


def _check_apart(tasks: Sequence[Task]) -> None:
    """Raise UsageError if two inputs would write the same file, on any file system: names may differ
    in case, or in how an accent is coded."""
    written_by: dict[str, Path] = {}
    for task in tasks:
        for path in (*task.files(), manifest_of(task.stem)):
            name = unicodedata.normalize("NFC", str(path)).casefold()
            if (other := written_by.setdefault(name, task.source)) != task.source:
                raise UsageError(
                    f"{other.name} and {task.source.name} would both write {path.name}; "
                    "lift them into different folders (--out)"
                )
