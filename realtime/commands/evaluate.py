"""`evaluate`: measures the error of the 3D joints, in millimetres.

`--clip` runs on the pixels of clips with exact ground truth (the bundled demo, a video with
its truth file next to it, or a folder of such videos) and also evaluates the detector's own
3D.  `--data DIR` uses held-out people of a motion-capture folder, seen by virtual cameras and
with detector-like noise, always the same samples.  Several networks are compared on the same
frames.

95 % confidence intervals: bootstrap over whole clips, or over blocks of one second if there
are too few clips.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ..camera import DEFAULT_FOV_DEG, Intrinsics
from ..detectors import open_detector
from ..detectors.blazepose import KINDS
from ..errors import UsageError
from ..estimation.build import detector_options
from ..lifting.model_files import DEFAULT_MODEL
from ..runtime.arguments import Parser
from ..runtime.hints import command
from ..runtime.new_files import check_outputs
from ..settings import Settings
from ..training.evaluation.tables import Table
from .shared_flags import add_cache, add_causal

_BY_CLIP, _BY_DATA = ("clip", "joint"), ("corpus", "motion", "subject", "joint")

_WITH_WORLD = ("blazepose", "mediapipe")  # detectors with a 3D of their own, to compare with

_JOINTS = "12 limb joints relative to the hips, camera axes, mm (MPJVE: mm per frame)"


def parser() -> Parser:
    """The flags of `evaluate`."""
    p = Parser(prog=command("evaluate"), description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = p.add_mutually_exclusive_group()
    what.add_argument(
        "--clip", default="demo", metavar="CLIP", help="demo, a video or a folder of videos (default: %(default)s)"
    )
    what.add_argument(
        "--data",
        type=Path,
        default=None,
        metavar="DIR",
        help="evaluate on held-out people of this motion-capture folder",
    )
    add = p.add_argument
    add(
        "--model",
        action="append",
        metavar="NAME|PATH,…",
        help=f"names in model/ or files; several are compared (default: {DEFAULT_MODEL})",
    )
    add_causal(p)
    add("--told-height", action="store_true", help="tell the networks how tall the people are, as --height of run does")
    add("--window", type=int, default=27, metavar="N", help="number of 2D poses in the window (default: %(default)s)")
    add(
        "--by",
        choices=tuple(dict.fromkeys(_BY_CLIP + _BY_DATA)),
        default=None,
        help="one row per clip or joint with --clip (default: clip), "
        "per corpus, motion, subject or joint with --data (default: corpus)",
    )
    add(
        "--fov",
        type=float,
        default=DEFAULT_FOV_DEG,
        metavar="DEG",
        help="field of view over the long side of the image (default: %(default)g)",
    )
    add("--samples", type=int, default=8192, metavar="N", help="number of samples with --data (default: %(default)s)")
    add_cache(p)
    add(
        "--guard",
        choices=("on", "off"),
        default="on",
        help="correct swapped sides and outlier keypoints, with --clip (default: %(default)s)",
    )
    add(
        "--detector",
        choices=_WITH_WORLD,
        default=_WITH_WORLD[0],
        help="what finds the keypoints, with --clip (default: %(default)s)",
    )
    add(
        "--landmarks",
        choices=KINDS,
        default=KINDS[0],
        help="network of the detector blazepose, with --clip (default: %(default)s)",
    )
    add(
        "--max-frames",
        type=int,
        default=None,
        metavar="N",
        help="stop after N frames of a clip (default: the whole clip)",
    )
    add("--intervals", action="store_true", help="also print the 95 %% intervals; the files below always contain them")
    for flag, kind in (("--json", "the table as JSON"), ("--csv", "the table as CSV"), ("--plot", "a plot (.png)")):
        add(flag, type=Path, default=None, metavar="FILE", help=f"also write {kind} (default: no)")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate, print a table, write the requested files; 0."""
    args = parser().parse_strictly(argv)
    by = _by(args)
    files = [path for path in (args.json, args.csv, args.plot) if path]
    check_outputs(files)
    models = [name for words in args.model or [DEFAULT_MODEL] for name in words.split(",") if name]
    if not models or args.samples < 1:
        raise UsageError("--model takes at least one network, and --samples at least 1")
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
        raise UsageError(f"--by {by} cannot be used with {kind}, which takes {', '.join(known)}")
    return by


def _writers(table: Table, args: argparse.Namespace) -> list[tuple[Callable[[Path], None], Path]]:
    from ..training.evaluation.error_plot import draw

    writers = (table.write_json, args.json), (table.write_csv, args.csv), (lambda path: draw(table, path), args.plot)
    return [(write, path) for write, path in writers if path]


def _clips(args: argparse.Namespace, models: Sequence[str], by: str) -> Table:
    from ..training.evaluation.compare import compare_clips
    from ..training.evaluation.truth_clips import find_clips

    clips = find_clips(args.clip)
    if args.detector != "blazepose" and args.landmarks != KINDS[0]:
        raise UsageError(f"--landmarks {args.landmarks} needs --detector blazepose")
    options = detector_options(Settings(landmarks=args.landmarks), args.detector)
    comparison = compare_clips(
        clips,
        models,
        args.window,
        Intrinsics(args.fov),
        args.max_frames,
        guard=args.guard == "on",
        open_detect=partial(open_detector, args.detector, **options),
        causal=args.causal,
        told=args.told_height,
    )
    title = f"{len(clips)} clip(s), {len(comparison.frames.at)} frames from pixels; {_JOINTS}"
    return comparison.table(title, by)


def _people(args: argparse.Namespace, models: Sequence[str], by: str) -> Table:
    from ..training.evaluation.compare import compare_people

    comparison, people = compare_people(
        args.data, models, args.window, args.samples, args.cache, causal=args.causal, told=args.told_height
    )
    title = f"{args.samples} samples of held-out people ({', '.join(people)}); {_JOINTS}"
    return comparison.table(title, by)
