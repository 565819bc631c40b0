"""`train`: motion capture → a network that ships, with its card."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..lifting.features import FEATURES
from ..runtime.arguments import Parser, flag_type, number
from ..runtime.hints import command
from ..runtime.program import interruptible

_FINAL_SAMPLES = 8192


def parser() -> Parser:
    """The command's flags."""
    p = Parser(prog=command("train"), description=__doc__)
    add = p.add_argument
    add("--window", type=int, default=27, help="frames the network sees, a power of 3 (default: 27)")
    add("--out", type=Path, default=None, help="file without ending (default: model/causal-WINDOW)")
    add("--data", type=Path, required=True, help="folder with the motion capture, see docs/training.md")
    add("--cache", type=Path, default=Path("out_files/cache"), help="parsed motion (default: %(default)s)")
    length = p.add_mutually_exclusive_group()
    length.add_argument(
        "--minutes", type=flag_type(number(float, 0, above=True)), default=None, help="how long to learn (default: 25)"
    )
    length.add_argument("--steps", type=flag_type(number(int, 1)), default=None, help="how many steps to learn instead")
    add("--batch", type=flag_type(number(int, 1)), default=256, help="samples a step (default: %(default)s)")
    add("--channels", type=flag_type(number(int, 1)), default=256, help="width of the network (default: %(default)s)")
    add(
        "--rate",
        type=flag_type(number(float, 0, above=True)),
        default=5e-3,
        help="learning rate at its peak (default: %(default)s)",
    )
    add("--start", type=Path, default=None, help="begin with a network of the same or a smaller window")
    add(
        "--dropout",
        type=flag_type(number(float, 0, 1, below=True)),
        default=0.0,
        help="dropout; the samples never end (default: %(default)s)",
    )
    add("--features", choices=sorted(FEATURES), default="turned", help="what it is fed (default: %(default)s)")
    add("--symmetric", action="store_true", help="centre the window on its answer: needs the future")
    add("--one-sided", action="store_true", help="answer without the mean with the mirror image's answer")
    add("--seed", type=int, default=0, help="of weights, samples and noise (default: %(default)s)")
    add("--device", choices=("auto", "cpu", "cuda"), default="auto", help="(default: %(default)s)")
    add(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="of products; auto: bfloat16 with cuda, else float32; bfloat16 pays on CPUs with AVX512_BF16 "
        "or AMX too (default: %(default)s)",
    )
    add(
        "--threads",
        type=flag_type(number(int, 1)),
        default=None,
        help="CPU threads; 1 where other work shares them (default: all cores)",
    )
    add(
        "--check",
        type=flag_type(number(int, 1)),
        default=250,
        help="steps between looks at held-out people (default: %(default)s)",
    )
    add(
        "--samples",
        type=flag_type(number(int, 1)),
        default=_FINAL_SAMPLES,
        help="moments of held-out people (default: %(default)s)",
    )
    add("--work", type=Path, default=Path("out_files/training"), help="curve and checkpoint (default: %(default)s)")
    add("--no-clip", action="store_true", help="do not score the network on the bundled clip")
    add("--resume", action="store_true", help="go on from the checkpoint of an interrupted run")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Train, save the network and its card, print its scores; 0 when it could be saved."""
    argv = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_strictly(argv)
    from ..training.run import TrainingRun  # after the flags: --help needs no PyTorch

    run = TrainingRun(args, argv)
    try:
        with interruptible():
            run.learn()
    except KeyboardInterrupt:
        print("interrupted: saving what is there; --resume goes on", file=sys.stderr)
        run.checkpoint()
    run.save()
    return 0
