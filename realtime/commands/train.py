"""`train`: trains a lifting network on motion capture, and writes it with its model card."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from ..errors import UsageError
from ..lifting.features import FEATURES
from ..runtime.arguments import choice, file_path, name_list, number, switch
from ..runtime.flags import Flag, Parser
from ..runtime.hints import program
from ..runtime.optional import silent_if_it_fails
from ..runtime.program import interruptible
from ..settings import FLAGS, SYMMETRIC
from ..training.presets import PLAIN, PRESETS
from .shared_flags import CACHE, DATA, FORCE, SAMPLES

_RECORDED = ("full", "heavy")  # of synthesis.recorded_errors, which needs PyTorch
_WINDOWS = tuple(3**power for power in range(9))
_PRECISIONS = ("auto", "float32", "bfloat16")


def _window(text: str) -> int:
    with suppress(ValueError):
        if (window := FLAGS["window"].read(text)) in _WINDOWS:
            return int(window)
    raise ValueError(f"a power of 3: {', '.join(map(str, _WINDOWS))}")


_NETWORK = (
    Flag(
        "--preset",
        choice(*PRESETS),
        "|".join(PRESETS),
        "runner: RunningPose's joints, with heels, by transfer: a network of the models' folder with a new head, which "
        "is trained alone first",
    ),
    FLAGS["window"].here(", a power of 3", read=_window),
    Flag("--channels", number(int, 1, 16384), "N", "channels of the network", 256),
    Flag("--features", choice(*sorted(FEATURES)), "|".join(sorted(FEATURES)), "input features", "turned"),
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
)
_LEARNING = (
    Flag("--batch", number(int, 1, 10**6), "N", "batch size", 256),
    Flag("--rate", number(float, 0, 1e3, above=True), "LR", "peak learning rate; 4e-3 with --preset runner", 5e-3),
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
_FILES = (
    DATA.here(required=True),
    CACHE,
    Flag(
        "--hold-out",
        name_list(),
        "A,B",
        "people to leave out of training beside those who always are, for cross-validation: uiprmd-s01,uiprmd-s02",
    ),
    Flag(
        "--out",
        file_path,
        "FILE",
        "network to write, with or without .safetensors; its card is written beside it",
        shown="causal-WINDOW, symmetric-WINDOW or delayN-WINDOW in --work",
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
    args = flags.with_defaults({**preset.flags, **given})
    with silent_if_it_fails():
        from ..training.run import TrainingRun  # late, so that --help does not need PyTorch
        from ..training.run_files import RunFiles

    if args.landmarks not in _RECORDED:
        raise UsageError(f"--landmarks {args.landmarks}: recorded are the errors of {' and '.join(_RECORDED)}")
    if args.delay and args.delay >= args.window:
        raise UsageError(f"--delay {args.delay} does not fit into --window {args.window}")
    kind = "symmetric" if args.symmetric else f"delay{args.delay}" if args.delay else "causal"
    about = (preset.name, "heavy" if args.landmarks == "heavy" else "", "feet" if args.feet else "")
    out = args.out or args.work / "-".join(filter(None, (kind, *about, str(args.window))))
    with closing(RunFiles(out, args.work, resume=args.resume, force=args.force)) as files:
        run = TrainingRun(args, argv, files)
        try:
            with interruptible():
                run.learn()
        except KeyboardInterrupt:
            print("interrupted: saving the current network; --resume continues", file=sys.stderr)
            run.checkpoint()
        run.save()
    return 0
