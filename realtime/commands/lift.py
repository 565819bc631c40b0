"""`lift`: lifts videos, images and keypoint files to 3D motion files and films.

Every frame goes through the same stages as in live use; no frame is dropped.  Inputs whose
results exist already are skipped, and a broken input does not stop the others.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import FormatError, UsageError
from ..formats.keypoints_npz import has_rate
from ..formats.recorded_video import video_of
from ..lifting.open import SYMMETRIC_MODEL, find_symmetric
from ..offline.executors import EXECUTORS, ON_THIS_MACHINE
from ..offline.manifest import manifest_of, read_manifest
from ..offline.outputs import OUTPUTS
from ..offline.preflight import check_libraries
from ..offline.task import Task
from ..runtime.arguments import Parser, flag_type, number
from ..runtime.console import start_logging
from ..runtime.hints import command
from ..settings import ESTIMATION, Settings, add_flags, checked, names
from ..sources.demo import clip_path
from ..sources.folder import recordings_in
from ..sources.image_file import contains_several
from ..sources.request import camera_number, holds_keypoints, is_image
from ..sources.video import has_time_stamps
from .lift_inputs import run

SETTINGS = names(stage=ESTIMATION)
_OWN = ("inputs", "out", "write", "jobs", "executor", "force", "start", "end", "fps", "symmetric")
_LONGEST_S, _HIGHEST_HZ, _MOST_JOBS = 1e6, 1000, 256


def parser() -> Parser:
    """The flags of `lift`."""
    p = Parser(
        prog=command("lift"),
        description=__doc__,
        epilog=_formats_text(),
        argument_default=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = p.add_argument
    add(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="a video, an image, an animation, a folder of images, of videos or of a recording, a keypoint file "
        "(.npz), or demo",
    )
    add("--out", type=Path, default=Path("lifted"), metavar="DIR", help="output folder (default: lifted)")
    add(
        "--write",
        type=_formats,
        default=None,
        metavar="A,B",
        help=f"output formats, any of {', '.join(OUTPUTS)} (default: npy,mp4, of an image npy,png); see below",
    )
    add(
        "--jobs",
        type=flag_type(number(int, 1, _MOST_JOBS)),
        default=1,
        metavar="N",
        help="number of inputs to process in parallel, one process each (default: 1)",
    )
    add(
        "--executor",
        type=_executor,
        default="processes",
        metavar="WHO",
        help="where to process: processes (the default: --jobs processes on this machine), inline (this process), or "
        "dask://HOST:8786 (the workers of a Dask scheduler; tls://HOST:8786 with Dask's certificates), which need the "
        "same files under the same paths as this machine; see docs/many-machines.md",
    )
    add(
        "--force",
        action="store_true",
        default=False,
        help="process inputs again even if their results exist, and replace these",
    )
    add(
        "--start",
        type=flag_type(number(float, 0, _LONGEST_S)),
        default=0.0,
        metavar="S",
        help="start here, in seconds of the input (default: 0)",
    )
    add(
        "--end",
        type=flag_type(number(float, 0, _LONGEST_S)),
        default=float("inf"),
        metavar="S",
        help="stop here, in seconds of the input (default: its end)",
    )
    add(
        "--fps",
        type=flag_type(number(float, 1, _HIGHEST_HZ)),
        default=None,
        metavar="N",
        help="process at most N frames a second of an input that has a frame rate (default: all); the frame rate of "
        "one that has none: images, raw streams, VideoPose3D's keypoints (default: 30)",
    )
    add(
        "--symmetric",
        action="store_true",
        default=False,
        help="use a symmetric (non-causal) network, which sees future frames: model/symmetric-N, or the one in --model",
    )
    add_flags(p, SETTINGS)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Lift every input; 0 on success, 1 if an input could not be lifted or an output is missing,
    130 if interrupted."""
    given = vars(parser().parse_strictly(argv))
    own = {name: given.pop(name) for name in _OWN}
    if own["end"] <= own["start"]:
        raise UsageError("--end must be later than --start")
    if own["jobs"] > 1 and own["executor"] != "processes":
        raise UsageError("--jobs counts processes on this machine: leave it out, or use --executor processes")
    if own["symmetric"]:
        given.setdefault("model", SYMMETRIC_MODEL)
    base = Settings(**checked(given))
    if own["symmetric"] and base.causal:
        raise UsageError("a causal network sees no future frames: leave out --symmetric or --causal")
    if own["symmetric"]:
        find_symmetric(base.model, base.window)
    start_logging(verbose=False)
    stems = _stems([path for text in own["inputs"] for path in _inputs(_path(text))], own["out"])
    tasks = [_task(video_of(path), stem, base, own) for path, stem in stems]
    _check_apart(tasks)
    if own["executor"] in ON_THIS_MACHINE:  # workers have libraries of their own
        check_libraries(dict.fromkeys(name for task in tasks for name in task.formats))
    return run(tasks, own["jobs"], own["executor"])


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


def _task(path: Path, stem: Path, base: Settings, own: dict[str, Any]) -> Task:
    rate, limit = _rate_and_limit(path, own["fps"])
    settings = replace(base, source=_as_source(path), realtime=False, fps=rate)
    return Task(
        settings,
        stem,
        own["write"] or default_outputs(path),
        own["start"],
        own["end"],
        limit,
        own["force"],
        own["symmetric"],
    )


def default_outputs(path: Path) -> tuple[str, ...]:
    """What is written of an input if nothing else is asked for: joints, and a film or a picture."""
    return "npy", "png" if is_image(path) and not contains_several(path) else "mp4"


def _as_source(path: Path) -> str:
    """The input as the `source` setting; absolute if a file is called 0, demo or auto."""
    is_word = str(path) in ("auto", "demo") or camera_number(str(path)) is not None
    return str(path.absolute() if is_word else path)


def _rate_and_limit(path: Path, fps: float | None) -> tuple[float | None, float | None]:
    """What --fps is for an input: the frame rate of one that has none, or a limit, above which frames are
    skipped; for an image file both, because the pictures of an animation have their own times."""
    if fps is None:
        return None, None
    if is_image(path):
        return fps, fps
    has_own = _has_rate(path) if holds_keypoints(str(path)) else has_time_stamps(path)
    return (None, fps) if has_own else (fps, None)


def _has_rate(path: Path) -> bool:
    with suppress(FormatError):  # reported where the file is read
        return has_rate(path)
    return False


def _path(text: str) -> Path:
    if "://" in text or (camera_number(text) is not None and not Path(text).is_file()):
        live = command("run", "--source", "CAMERA")
        raise UsageError(f"lift takes files and folders; cameras and addresses are for {live}")
    try:
        path = clip_path() if text == "demo" else Path(text).expanduser()
    except RuntimeError as error:  # the home folder (~) of an unknown user
        raise UsageError(f"{text}: {error}") from error
    return path if path.name and path.name != ".." else path.resolve()  # "." has no name


def _inputs(path: Path) -> list[Path]:
    """The recordings in a folder of several, but for results of earlier runs; otherwise the path itself."""
    if not path.is_dir():
        return [path]
    results: set[str] = set()
    for file in path.glob(manifest_of(Path("*")).name):
        if (manifest := read_manifest(file)) is not None:
            results |= {file.name, *(entry[0] for entry in manifest["files"])}
    return recordings_in(path, results) or [path]


def _stems(paths: Sequence[Path], out: Path) -> list[tuple[Path, Path]]:
    """Each input with the path of its outputs, without suffix: the stem of its name, or its
    name, or its folder and name, whichever is unique.  Raises UsageError for an input given
    twice."""
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
    if unknown := [name for name in names if name not in OUTPUTS]:
        raise argparse.ArgumentTypeError(f"there is no format {unknown[0]!r}; there are {', '.join(OUTPUTS)}")
    return names


def _formats_text() -> str:
    """A line about each output format."""
    return "\n".join(["output formats:", *(f"  {name:<10} {output.about}" for name, output in OUTPUTS.items())])


def _executor(text: str) -> str:
    name, _, address = text.partition("://")
    if name not in EXECUTORS or (name in ON_THIS_MACHINE) == bool(address):
        raise argparse.ArgumentTypeError(f"takes processes, inline, dask://HOST:PORT or tls://HOST:PORT, not {text!r}")
    return text
