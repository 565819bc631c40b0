"""`train`: trains a lifting network on motion capture, and writes it with its model card."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from ..errors import UsageError
from ..lifting.features import FEATURES
from ..runtime.arguments import Parser, flag_type, number
from ..runtime.hints import command
from ..runtime.program import interruptible
from .shared_flags import add_cache

_FINAL_SAMPLES = 8192


def parser() -> Parser:
    """The flags of `train`."""
    p = Parser(prog=command("train"), description=__doc__)
    add = p.add_argument
    add(
        "--window",
        type=int,
        default=27,
        metavar="N",
        help="window of the network in frames, a power of 3 (default: 27)",
    )
    add(
        "--out",
        type=Path,
        default=None,
        metavar="PATH",
        help="network to write, without suffix; its card is written beside it "
        "(default: causal-WINDOW or symmetric-WINDOW in --work)",
    )
    add("--data", type=Path, required=True, metavar="DIR", help="folder of motion capture, see docs/training.md")
    add_cache(p)
    length = p.add_mutually_exclusive_group()
    length.add_argument(
        "--minutes",
        type=flag_type(number(float, 0, above=True)),
        default=None,
        metavar="N",
        help="training time in minutes (default: 25)",
    )
    length.add_argument(
        "--steps", type=flag_type(number(int, 1)), default=None, metavar="N", help="number of steps, instead of a time"
    )
    add("--batch", type=flag_type(number(int, 1)), default=256, metavar="N", help="batch size (default: %(default)s)")
    add(
        "--channels",
        type=flag_type(number(int, 1)),
        default=256,
        metavar="N",
        help="channels of the network (default: %(default)s)",
    )
    add(
        "--rate",
        type=flag_type(number(float, 0, above=True)),
        default=5e-3,
        metavar="LR",
        help="peak learning rate (default: %(default)s)",
    )
    add(
        "--start",
        type=Path,
        default=None,
        metavar="FILE",
        help="initialise from a network with the same or a smaller window",
    )
    add(
        "--dropout",
        type=flag_type(number(float, 0, 1, below=True)),
        default=0.0,
        metavar="P",
        help="dropout; samples are generated without end, so it is rarely needed (default: %(default)s)",
    )
    add("--features", choices=sorted(FEATURES), default="turned", help="input features (default: %(default)s)")
    future = p.add_mutually_exclusive_group()
    future.add_argument(
        "--symmetric",
        action="store_true",
        help="train a symmetric (non-causal) network, which needs half a window of future frames",
    )
    future.add_argument(
        "--delay",
        type=flag_type(number(int, 1)),
        default=None,
        metavar="N",
        help="train a network that answers N frames late, less than the window (default: none)",
    )
    add("--one-sided", action="store_true", help="do not average with the output for the mirrored keypoints")
    add(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="random seed of weights, samples and noise (default: %(default)s)",
    )
    add("--device", choices=("auto", "cpu", "cuda"), default="auto", help="device to train on (default: %(default)s)")
    add(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="number format of matrix products; auto: bfloat16 on CUDA, else float32; bfloat16 is also faster on CPUs "
        "with AVX512_BF16 or AMX (default: %(default)s)",
    )
    add(
        "--threads",
        type=flag_type(number(int, 1)),
        default=None,
        metavar="N",
        help="CPU threads; use 1 if other programs need the cores (default: all cores)",
    )
    add(
        "--check",
        type=flag_type(number(int, 1)),
        default=250,
        metavar="N",
        help="steps between evaluations on held-out people (default: %(default)s)",
    )
    add(
        "--samples",
        type=flag_type(number(int, 1)),
        default=_FINAL_SAMPLES,
        metavar="N",
        help="samples of held-out people in the final evaluation (default: %(default)s)",
    )
    add(
        "--work",
        type=Path,
        default=Path("out_files/training"),
        metavar="DIR",
        help="folder in which every network has a folder with its learning curve and checkpoint (default: %(default)s)",
    )
    add("--no-clip", action="store_true", help="do not evaluate the network on the bundled clip")
    add("--resume", action="store_true", help="continue from the checkpoint of an interrupted run")
    add("--force", action="store_true", help="replace an existing network, or start anew in spite of a checkpoint")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Train, save the network and its model card, print its scores; 0."""
    argv = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_strictly(argv)
    from ..training.run import TrainingRun  # late, so that --help does not need PyTorch
    from ..training.run_files import RunFiles

    if args.delay and args.delay >= args.window:
        raise UsageError(f"--delay {args.delay} does not fit into --window {args.window}")
    kind = "symmetric" if args.symmetric else f"delay{args.delay}" if args.delay else "causal"
    out = args.out or args.work / f"{kind}-{args.window}"
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
