"""`train`: trains a lifting network on motion capture or Fit3D, and writes it with its model card."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..lifting.architectures import ARCHITECTURES, DEFAULT_KIND
from ..lifting.features import FROM_RAYS
from ..runtime.arguments import choice, file_path, number, switch
from ..runtime.flags import Flag, Parser
from ..runtime.hints import program
from ..runtime.optional import silent_if_it_fails
from ..runtime.stop import stop_on_signals
from ..settings import FLAGS, SYMMETRIC
from ..training.presets import PLAIN, PRESETS
from .shared_flags import CACHE, DATA, FORCE, HOLD_OUT, SAMPLES

_RECORDED = ("full", "heavy")  # of synthesis.recorded_errors, which needs PyTorch
_WINDOWS = tuple(3**power for power in range(9))
_PRECISIONS = ("auto", "float32", "bfloat16")
# Values of flags that are not given, instead of their own.
_OF_ARCHITECTURE: dict[str, dict[str, Any]] = {"dstformer": {"rate": 1e-3, "batch": 32}}


_NETWORK = (
    Flag(
        "--preset",
        choice(*PRESETS),
        "|".join(PRESETS),
        "runner: RunningPose's joints, with heels, by transfer: a network of the models' folder with a new head, which "
        "is trained alone first",
    ),
    Flag(
        "--architecture",
        choice(*ARCHITECTURES),
        "|".join(ARCHITECTURES),
        "tcn: temporal convolutions; dstformer: the transformer of MotionBERT and PerfectRep, for recordings only",
        DEFAULT_KIND,
    ),
    FLAGS["window"].here(f", a power of 3 for {DEFAULT_KIND}"),
    Flag("--channels", number(int, 1, 4096), "N", "channels of the network", 256),
    Flag("--depth", number(int, 1, 64), "N", "blocks in each of the two streams of a dstformer", 5),
    Flag(
        "--pretrain",
        switch,
        "",
        "hide 5 % of the joints and 10 % of the frames from a dstformer, to --init-from later",
        False,
    ),
    Flag("--heads", number(int, 1, 64), "N", "heads of the attentions of a dstformer", 8),
    Flag("--features", choice(*sorted(FROM_RAYS)), "|".join(sorted(FROM_RAYS)), "input features", "turned"),
    Flag("--feet", switch, "", "take heels and toes too, which BlazePose finds", False),
    FLAGS["landmarks"].here("; its recorded errors are trained on, full or heavy"),
    Flag("--one-sided", switch, "", "do not average with the output for the mirrored keypoints", False),
    Flag(
        "--dropout",
        number(float, 0, 1, below=True),
        "P",
        "dropout; samples are generated without end, so it is rarely needed",
        0.0,
    ),
)
_FUTURE = (SYMMETRIC, FLAGS["delay"])
_LENGTH = (
    Flag("--minutes", number(float, 0, 1e6, above=True), "N", "training time in minutes", shown="25"),
    Flag("--steps", number(int, 1, 10**9), "N", "number of steps, instead of a time"),
    Flag("--epochs", number(int, 1, 10**6), "N", "how often every clip of --dataset is seen, instead of a time"),
)
_LEARNING = (
    Flag(
        "--batch",
        number(int, 1, 10**6),
        "N",
        "batch size; 32 for a dstformer",
        256,
        old=("--batch-size", "--batch_size"),
    ),
    Flag(
        "--rate",
        number(float, 0, 1e3, above=True),
        "LR",
        "peak learning rate; 4e-3 with --preset runner, 1e-3 for a dstformer",
        5e-3,
    ),
    Flag(
        "--init-from",
        file_path,
        "FILE",
        "initialise from a network with the same or a smaller window",
        old=("--start",),
    ),
    Flag("--seed", number(int, 0, 2**32 - 1), "N", "random seed of weights, samples and noise", 0),
    FLAGS["device"],
    Flag(
        "--precision",
        choice(*_PRECISIONS),
        "|".join(_PRECISIONS),
        "number format of matrix products; auto: bfloat16 on CUDA, else float32; bfloat16 is also faster on CPUs with "
        "AVX512_BF16 or AMX",
        "auto",
    ),
    Flag(
        "--threads",
        number(int, 1, 1024),
        "N",
        "how many CPU threads; use 1 if other programs need the cores",
        shown="all cores",
    ),
    Flag("--check", number(int, 1, 10**9), "N", "steps between evaluations on held-out people", 250),
    SAMPLES.here(" at the end"),
    Flag("--no-clip", switch, "", "do not evaluate the network on the bundled clip", False),
)
_DATA = (
    DATA,
    Flag(
        "--dataset",
        file_path,
        "PATH",
        "instead of motion capture Fit3D, seen by its cameras: what `prepare fit3d` wrote, PerfectRep's motion3d, or "
        "Fit3D as it is published",
    ),
)
_FILES = (
    CACHE,
    HOLD_OUT.here(", of --data beside those who always are: uiprmd-s01,uiprmd-s02 for cross-validation"),
    Flag(
        "--out",
        file_path,
        "FILE",
        "network to write, with or without .safetensors; its card is written beside it",
        shown="causal-WINDOW, symmetric-WINDOW, delayN-WINDOW or dstformer-WINDOW in --work",
    ),
    Flag(
        "--work",
        file_path,
        "DIR",
        "folder in which every network has a folder with its learning curve and checkpoint",
        Path("out_files/training"),
    ),
    Flag("--resume", switch, "", "continue from the checkpoint of an interrupted run", False),
    FORCE.here(": the network, or the checkpoint of an interrupted run"),
)


def parser() -> Parser:
    """The flags of `train`."""
    p = Parser(program("train"), __doc__)
    p.add(*_DATA, only_one=True)
    p.add(*_FILES)
    p.add(*_NETWORK)
    p.add(*_FUTURE, only_one=True)
    p.add(*_LENGTH, only_one=True)
    p.add(*_LEARNING)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Train, save the network and its model card, print its scores; 0."""
    argv = list(sys.argv[1:] if argv is None else argv)
    flags = parser()
    given = flags.given(argv)
    preset = PRESETS[given["preset"]] if given.get("preset") else PLAIN
    usual = _OF_ARCHITECTURE.get(given.get("architecture", DEFAULT_KIND), {})
    args = flags.with_defaults({**usual, **preset.flags, **given})
    if args.architecture == DEFAULT_KIND and args.window not in _WINDOWS:
        raise UsageError(f"--window takes a power of 3: {', '.join(map(str, _WINDOWS))}, not '{args.window}'")
    _check(args)
    with silent_if_it_fails():
        from ..training.run import TrainingRun  # late, so that --help does not need PyTorch
        from ..training.run_files import RunFiles

    if args.landmarks not in _RECORDED:
        raise UsageError(f"--landmarks {args.landmarks}: recorded are the errors of {' and '.join(_RECORDED)}")
    if args.delay and args.delay >= args.window:
        raise UsageError(f"--delay {args.delay} does not fit into --window {args.window}")
    kind = "symmetric" if args.symmetric else f"delay{args.delay}" if args.delay else "causal"
    if args.architecture != DEFAULT_KIND:
        kind = args.architecture
    about = (
        "fit3d" if args.dataset else "",
        preset.name,
        "heavy" if args.landmarks == "heavy" else "",
        "feet" if args.feet else "",
    )
    out = args.out or args.work / "-".join(filter(None, (kind, *about, str(args.window))))
    with closing(RunFiles(out, args.work, resume=args.resume, force=args.force)) as files:
        run = TrainingRun(args, argv, files)
        with stop_on_signals(patient=True) as stop:
            run.learn(stop)
        if stop.is_set():
            print("interrupted: saving the current network; --resume continues", file=sys.stderr)
            run.checkpoint()
        run.save()
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise UsageError for flags that do not go together with --data or --dataset, or if both are missing."""
    if not args.data and not args.dataset:
        raise UsageError("train takes --data DIR, a folder of motion capture, or --dataset PATH, Fit3D; see --help")
    if args.dataset and args.preset:
        raise UsageError(f"--preset {args.preset} is for motion capture: give --data instead of --dataset")
    if args.dataset and args.landmarks != FLAGS["landmarks"].default:
        raise UsageError(
            f"--landmarks {args.landmarks}: --dataset has no errors of a detector to train on; leave it out"
        )
    if args.epochs and not args.dataset:
        raise UsageError("--epochs belongs to --dataset: motion capture gives samples without end; give --minutes")
