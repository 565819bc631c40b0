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
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..camera import DEFAULT_FOV_DEG, Intrinsics
from ..detectors import DETECTORS, open_detector
from ..detectors.blazepose import KINDS
from ..detectors.mirror_average import mirror_averaged
from ..errors import UsageError
from ..estimation.build import detector_options
from ..lifting.choice import AUTO, NetworkUse, find_network
from ..offline.quality import QUALITIES, QUALITY
from ..runtime.arguments import choice, file_ending, file_path, name_list, some_text, switch
from ..runtime.flags import Flag, Parser
from ..runtime.hints import command, in_checkout, page, program
from ..runtime.new_files import check_outputs
from ..runtime.text import counted
from ..settings import FLAGS, Settings
from ..training.evaluation.tables import Table
from .shared_flags import CACHE, DATA, SAMPLES

_BY_CLIP, _BY_DATA = ("clip", "joint"), ("corpus", "motion", "subject", "joint")

DEMO = "demo"  # the bundled clip
_WITH_WORLD = ("blazepose", "mediapipe")  # detectors with a 3D of their own, to compare with

_JOINTS = "12 limb joints relative to the hips, camera axes, mm (MPJVE: mm per frame)"
_DISTANCE = "distance of the pelvis from the camera, mean error in mm and percent"


_WHAT = (
    Flag("--clip", some_text, "CLIP", "demo, a video or a folder of videos", DEMO),
    DATA.here(": evaluate on its held-out people", shown="--clip"),
)
_HOW = (
    FLAGS["model"].here(
        "; several between commas are compared",
        read=name_list(),
        metavar="NAME|PATH,…",
        default=(AUTO,),
        several=True,
    ),
    *(FLAGS[name] for name in ("causal", "window")),
    Flag("--told-height", switch, "", "tell the networks how tall each person is, as --height of run does", False),
    Flag(
        "--by",
        choice(*dict.fromkeys(_BY_CLIP + _BY_DATA)),
        "WHAT",
        f"a row for each: {' or '.join(_BY_CLIP)} with --clip; {', '.join(_BY_DATA)} with --data",
        shown=f"{_BY_CLIP[0]}, or {_BY_DATA[0]}",
    ),
)
_CLIP_ONLY = (
    QUALITY.here(
        "; what lift gives with each of them, with --clip, instead of --model",
        read=name_list(tuple(QUALITIES)),
        metavar="A,B",
        shown="--model",
    ),
    FLAGS["detector"].here(
        ", with --clip",
        about=f"what finds the keypoints: {' or '.join(_WITH_WORLD)}",
        read=choice(*_WITH_WORLD),
        default=_WITH_WORLD[0],
    ),
    *(FLAGS[name].here(", with --clip") for name in ("landmarks", "mirror_average", "guard", "fov")),
    Flag(
        "--told-camera",
        switch,
        "",
        "tell the networks each clip's camera (K of its truth), as --intrinsics of run does, with --clip",
        False,
    ),
    FLAGS["max_frames"].here(" of each clip, with --clip"),
)
_CHOSEN = ("model", "window", "causal", "detector", "landmarks", "mirror_average")  # by --quality
_DATA_ONLY = (SAMPLES.here(", with --data"), CACHE)
_TABLE = (
    Flag("--intervals", switch, "", "also print the 95 % intervals; the files below always contain them", False),
    Flag("--json", file_path, "FILE", "also write the table as JSON"),
    Flag("--csv", file_path, "FILE", "also write the table as CSV"),
    Flag("--plot", file_ending(".png"), "FILE", "also write a plot (.png)"),
)


def parser() -> Parser:
    """The flags of `evaluate`."""
    p = Parser(program("evaluate"), __doc__)
    p.add(*_WHAT, only_one=True)
    p.add(*_HOW, *_CLIP_ONLY, *_DATA_ONLY, *_TABLE)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate, print a table, write the requested files; 0."""
    flags = parser()
    given = flags.given(argv)
    args = flags.with_defaults(given)
    _check_apart(given)
    by = _by(args)
    files = [path for path in (args.json, args.csv, args.plot) if path]
    check_outputs(files)
    table = (_people if args.data else _clips)(args, _networks(args), by)
    print(table.title)
    print(table.text(args.intervals))
    if not args.data and args.clip == DEMO:
        print(_about_demo())
    for write, path in _writers(table, args):
        write(path)
    return 0


def _networks(args: argparse.Namespace) -> list[str]:
    """The files of the models: "auto" is the one for the keypoints that are lifted."""
    entry = DETECTORS[args.detector]
    landmarks = args.landmarks if "landmarks" in entry.settings else None
    use = NetworkUse(args.window) if args.data else NetworkUse(args.window, 0, landmarks, entry.points)
    return [str(find_network(model, use)) for model in args.model]


def _check_apart(given: Mapping[str, Any]) -> None:
    """Raise UsageError for a flag that would have no effect."""
    others, what = (_CLIP_ONLY, "--clip") if "data" in given else (_DATA_ONLY, "--data")
    for flag in others:
        if flag.key in given:
            raise UsageError(f"{flag.name} has an effect with {what} only")
    for name in _CHOSEN if "quality" in given else ():
        if name in given:
            raise UsageError(f"--quality chooses network and keypoints: leave out --{name.replace('_', '-')}")


def _about_demo() -> str:
    """Why these are not the errors in the README."""
    clips = in_checkout("benchmarks/clips")
    how = command("evaluate", "--clip", clips) if clips else f"evaluate --clip with {page('benchmarks/clips')}"
    return f"this is the bundled demo clip alone; the table in the README is of eight clips: {how}"


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
    from ..training.evaluation.compare import compare_clips, compare_qualities
    from ..training.evaluation.truth_clips import find_clips

    clips = find_clips(args.clip)
    if args.told_camera and args.fov:
        raise UsageError("--fov and --told-camera say the same thing twice; give one of them")
    if args.detector != "blazepose" and args.landmarks != KINDS[0]:
        raise UsageError(f"--landmarks {args.landmarks} needs --detector blazepose")
    options = detector_options(Settings(landmarks=args.landmarks), args.detector)
    opened = partial(open_detector, args.detector, **options)
    if args.quality:
        given = {"guard": args.guard, **({"fov": args.fov} if args.fov else {})}
        told = {"told": args.told_height, "told_camera": args.told_camera}
        comparison = compare_qualities(clips, args.quality, given, args.max_frames, **told)
    else:
        comparison = compare_clips(
            clips,
            models,
            args.window,
            Intrinsics(args.fov or DEFAULT_FOV_DEG),
            args.max_frames,
            guard=args.guard == "on",
            open_detect=partial(mirror_averaged, opened) if args.mirror_average else opened,
            causal=args.causal,
            told=args.told_height,
            told_camera=args.told_camera,
        )
    frames = counted(len(comparison.frames.at), "frame")
    title = f"{counted(len(clips), 'clip')}, {frames} from pixels; {_JOINTS}; {_DISTANCE}"
    return comparison.table(title, by)


def _people(args: argparse.Namespace, models: Sequence[str], by: str) -> Table:
    from ..training.evaluation.compare import compare_people

    comparison, people = compare_people(
        args.data, models, args.window, args.samples, args.cache, causal=args.causal, told=args.told_height
    )
    title = f"{counted(args.samples, 'sample')} of held-out people ({', '.join(people)}); {_JOINTS}"
    return comparison.table(title, by)
