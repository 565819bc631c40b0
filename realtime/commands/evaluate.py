"""`python -m realtime evaluate`: the error of the joints, in millimetres.

`--clip` takes clips with exact truth from pixels, beside the detector's own 3D on the same
frames: the bundled one, a video with its truth beside it, or a folder of them; `--data DIR`
takes motion-captured people that were not trained on, under virtual cameras and with
detector-like noise, always the same.  Several networks are compared on the same frames.

95 % intervals: whole clips are resampled, or blocks of a second where there are too few clips.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from ..camera import DEFAULT_FOV_DEG, Intrinsics
from ..errors import UsageError
from ..lifting.model_files import DEFAULT_MODEL
from ..runtime.arguments import Parser
from ..runtime.hints import command
from ..runtime.new_files import refuse_existing
from ..training.evaluation.tables import Table

_BY_CLIP, _BY_DATA = ("clip", "joint"), ("corpus", "motion", "subject", "joint")

_JOINTS = "12 limb joints about the hips, camera axes, mm (MPJVE: mm per frame)"


def parser() -> Parser:
    """The command's flags."""
    p = Parser(prog=command("evaluate"), description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = p.add_mutually_exclusive_group()
    what.add_argument("--clip", default="demo", help="demo, a video or a folder of them (default: %(default)s)")
    what.add_argument("--data", type=Path, default=None, help="evaluate on held-out people of this motion capture")
    add = p.add_argument
    add(
        "--model",
        action="append",
        metavar="NAME|PATH,…",
        help=f"names in model/, or files; several are compared (default: {DEFAULT_MODEL})",
    )
    add("--window", type=int, default=27, help="2D poses the lifter sees (default: %(default)s)")
    add(
        "--by",
        choices=tuple(dict.fromkeys(_BY_CLIP + _BY_DATA)),
        default=None,
        help="a row for each: clip or joint of clips (default: clip), "
        "corpus, motion, subject or joint of people (default: corpus)",
    )
    add("--fov", type=float, default=DEFAULT_FOV_DEG, help="degrees over the long side (default: %(default)g)")
    add("--samples", type=int, default=8192, help="of held-out people (default: %(default)s)")
    add("--cache", type=Path, default=Path("out_files/cache"), help="parsed motion (default: %(default)s)")
    add("--guard", choices=("on", "off"), default="on", help="of clips, as run.py's (default: %(default)s)")
    add("--max-frames", type=int, default=None, help="stop the clip early (default: the whole clip)")
    add("--intervals", action="store_true", help="print the 95 %% intervals too; the files below have them always")
    for flag, kind in (("--json", "the table as json"), ("--csv", "the table as csv"), ("--plot", "a picture (.png)")):
        add(flag, type=Path, default=None, metavar="FILE", help=f"also write {kind} (default: no)")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate, print a table, write the files that were asked for."""
    args = parser().parse_strictly(argv)
    by = _by(args)
    files = [path for path in (args.json, args.csv, args.plot) if path]
    refuse_existing(files)
    models = [name for words in args.model or [DEFAULT_MODEL] for name in words.split(",") if name]
    if not models or args.samples < 1:
        raise UsageError("--model names at least one network, and --samples is at least 1")
    table = (_people if args.data else _clips)(args, models, by)
    print(table.title)
    print(table.text(args.intervals))
    for write, path in _writers(table, args):
        write(path)
    return 0


def _by(args: argparse.Namespace) -> str:
    kind, known = ("--data", _BY_DATA) if args.data else ("--clip", _BY_CLIP)
    by: str = args.by or known[0]
    if by not in known:
        raise UsageError(f"--by {by} does not go with {kind}, which takes {', '.join(known)}")
    return by


def _writers(table: Table, args: argparse.Namespace) -> list[tuple[Callable[[Path], None], Path]]:
    from ..training.evaluation.error_plot import draw

    every = (table.write_json, args.json), (table.write_csv, args.csv), (lambda path: draw(table, path), args.plot)
    return [(write, path) for write, path in every if path]


def _clips(args: argparse.Namespace, models: Sequence[str], by: str) -> Table:
    from ..training.evaluation.compare import compare_clips
    from ..training.evaluation.truth_clips import find_clips

    clips = find_clips(args.clip)
    comparison = compare_clips(clips, models, args.window, Intrinsics(args.fov), args.max_frames, args.guard == "on")
    title = f"{len(clips)} clip(s), {len(comparison.frames.at)} frames from pixels; {_JOINTS}"
    return comparison.table(title, by)


def _people(args: argparse.Namespace, models: Sequence[str], by: str) -> Table:
    from ..training.evaluation.compare import compare_people

    comparison, people = compare_people(args.data, models, args.window, args.samples, args.cache)
    title = f"{args.samples} moments of people not trained on ({', '.join(people)}); {_JOINTS}"
    return comparison.table(title, by)
