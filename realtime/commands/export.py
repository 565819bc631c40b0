"""`python -m realtime export --to onnx`: a network as one file that needs no PyTorch.

The forms, their inputs and outputs, and how to make rays of pixels: docs/edge.md.  What is
written is run at once, and kept only if it answers as the network does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..errors import UsageError, WeightsError
from ..lifting.export.forms import FORMS
from ..lifting.export.parity import BOUNDS_M, greatest_difference_m
from ..lifting.export.precision_loss import Motion, PrecisionLoss, loss
from ..lifting.model_card import ModelCard
from ..lifting.model_files import DEFAULT_MODEL, Network, find_model, load_network
from ..lifting.onnx import open_session
from ..runtime.arguments import Parser
from ..runtime.hints import command
from ..runtime.new_files import new_files
from ..training.evaluation.loss_motion import demo_motion, heldout_motion

# 11 is what the Ascend compiler takes; nothing here needs a newer one.
DEFAULT_OPSET, NEWEST_OPSET = 11, 21
_MB = 1e6


def parser() -> Parser:
    """The command's flags."""
    p = Parser(prog=command("export"), description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = p.add_argument
    add("--to", choices=("onnx",), default="onnx", help="format of the file (default: %(default)s)")
    add("--form", choices=tuple(FORMS), default="streaming", help="see docs/edge.md (default: %(default)s)")
    add("--opset", type=int, default=DEFAULT_OPSET, help="version of ONNX's operators (default: %(default)s)")
    add("--model", default=DEFAULT_MODEL, help="name in model/, or a file (default: %(default)s)")
    add("--window", type=int, default=27, help="2D poses the network sees (default: %(default)s)")
    add("--out", type=Path, default=None, help="the file (default: out_files/<model>-<form>.onnx)")
    add("--quantize", choices=("int8", "fp16"), default="fp32", help="keep the weights in fewer bits (default: no)")
    add("--data", type=Path, default=None, help="motion capture to measure their loss on (default: the bundled clip)")
    add("--samples", type=int, default=512, help="windows of it (default: %(default)s)")
    add("--cache", type=Path, default=Path("out_files/cache"), help="parsed motion (default: %(default)s)")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Export, compare, tell."""
    args = parser().parse_strictly(argv)
    if not DEFAULT_OPSET <= args.opset <= NEWEST_OPSET:
        raise UsageError(f"--opset takes {DEFAULT_OPSET} to {NEWEST_OPSET}, not {args.opset}")
    if args.samples < 1:
        raise UsageError(f"--samples takes 1 or more, not {args.samples}")
    network = _network(args.model, args.window)
    if args.form == "batch2":  # its caller shows it the mirror image, and takes the mean
        network = one_sided(network)
    out = args.out or Path("out_files") / f"{network.card.name}-{_ending(args)}.onnx"
    if out.suffix != ".onnx":
        raise UsageError(f"--out takes a name that ends in .onnx, not {out.name!r}")
    with new_files(out, out.with_suffix(".json")) as (part, card_part):
        data = FORMS[args.form](network, args.opset, args.quantize)
        part.write_bytes(data)
        session = open_session(data, str(out))
        apart_m = _same(network, session, args)
        cost = loss(network, session, args.form, _motion(network, args)) if args.quantize != "fp32" else None
        card = _card(network, session, data, args, apart_m, cost)
        card_part.write_text(json.dumps(card.to_json(), indent=2) + "\n", encoding="utf-8")
    print(f"{out}: {network.label} as {args.form}, opset {args.opset}, {args.quantize}, {len(data) / _MB:.1f} MB")
    print(f"at most {apart_m:.1e} m from {network.label} on random windows; {BOUNDS_M[args.quantize]:g} m is allowed")
    if cost:
        print(cost)
    return 0


def _network(model: str, window: int) -> Network:
    path = find_model(model, window)
    if path.suffix == ".onnx":
        raise UsageError(f"{path} is exported already; give the network that it was made from")
    return load_network(path)


def one_sided(network: Network) -> Network:
    """The network without the mean with the mirror image's answer."""
    return replace(network, card=replace(network.card, config=replace(network.card.config, mirrored=False)))


def _ending(args: argparse.Namespace) -> str:
    return str(args.form) if args.quantize == "fp32" else f"{args.form}-{args.quantize}"


def _same(network: Network, session: Any, args: argparse.Namespace) -> float:
    apart_m = greatest_difference_m(network, session, args.form)
    if not apart_m <= BOUNDS_M[args.quantize]:
        raise WeightsError(
            f"the exported network answers up to {apart_m:.1e} m apart from {network.label}, "
            f"{BOUNDS_M[args.quantize]:g} m is allowed; nothing was kept"
        )
    return apart_m


def _motion(network: Network, args: argparse.Namespace) -> Motion:
    return heldout_motion(network, args.data, args.cache, args.samples) if args.data else demo_motion()


def _card(
    network: Network, session: Any, data: bytes, args: argparse.Namespace, apart_m: float, cost: PrecisionLoss | None
) -> ModelCard:
    """What one must know to run the file, beside what is known of the network."""
    onnx = {
        "form": args.form,
        "opset": args.opset,
        "precision": args.quantize,
        "inputs": {i.name: i.shape for i in session.get_inputs()},
        "outputs": {o.name: o.shape for o in session.get_outputs()},
        "made_from": network.label,
        "differs_at_most_m": apart_m,
    }
    if cost:
        onnx["loss"] = asdict(cost)
    extra = {**network.card.extra, "onnx": onnx, "sha256": hashlib.sha256(data).hexdigest()}
    return replace(network.card, extra=extra)
