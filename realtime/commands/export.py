"""`export`: writes a network as one ONNX file that runs without PyTorch.

docs/edge.md describes the forms, their inputs and outputs, and how to convert pixels to rays.
The exported file is kept only if its outputs match those of the network.
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
from ..lifting.choice import NetworkUse, find_network
from ..lifting.export.forms import FORMS
from ..lifting.export.parity import BOUNDS_M, greatest_difference_m
from ..lifting.export.precision_loss import Motion, PrecisionLoss, loss
from ..lifting.model_card import ModelCard
from ..lifting.model_files import Network, load_network
from ..lifting.onnx import open_session
from ..runtime.arguments import choice, file_ending, number
from ..runtime.flags import Flag, Parser
from ..runtime.hints import program
from ..runtime.new_files import check_outputs, new_files
from ..settings import FLAGS
from ..training.evaluation.loss_motion import demo_motion, heldout_motion
from .shared_flags import CACHE, DATA, SAMPLES

# The Ascend compiler takes 11; no operator used here needs a newer one.
DEFAULT_OPSET, NEWEST_OPSET = 11, 21
_QUANTIZED = ("int8", "fp16")
_CLIP, _CLIP_OPSET = "clip", 17  # of export.clip, which needs PyTorch
_FORMS = (*FORMS, _CLIP)
_MB = 1e6

_FLAGS = (
    Flag("--to", choice("onnx"), "onnx", "format of the file", "onnx"),
    Flag("--form", choice(*_FORMS), "|".join(_FORMS), "inputs and outputs, see docs/edge.md", "streaming"),
    Flag("--opset", number(int, DEFAULT_OPSET, NEWEST_OPSET), "N", "version of the ONNX operator set", DEFAULT_OPSET),
    *(FLAGS[name] for name in ("model", "causal", "window")),
    Flag("--out", file_ending(".onnx"), "FILE", "file to write, .onnx", shown="MODEL-FORM.onnx in out_files"),
    Flag("--quantize", choice(*_QUANTIZED), "|".join(_QUANTIZED), "quantize the weights", "fp32", "no"),
    DATA.here(": what --quantize loses is measured on it", shown="the bundled clip"),
    SAMPLES.here(" with --data", default=512),
    CACHE,
)


def parser() -> Parser:
    """The flags of `export`."""
    p = Parser(program("export"), __doc__)
    p.add(*_FLAGS)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Export, compare with the network, print the differences; 0."""
    args = parser().parse_strictly(argv)
    network = load_network(find_network(args.model, NetworkUse(args.window)), causal=args.causal)
    _check_form(network, args)
    if args.form == _CLIP:
        args.opset = max(args.opset, _CLIP_OPSET)
    if args.form == "batch2":  # its caller runs it on the mirrored keypoints too, and averages
        network = one_sided(network)
    out = args.out or Path("out_files") / f"{network.card.name}-{_ending(args)}.onnx"
    files = out, out.with_suffix(".json")
    check_outputs(files)
    with new_files(*files) as (part, card_part):
        data = _exported(network, args)
        part.write_bytes(data)
        session = open_session(data, str(out))
        difference_m = _checked_difference_m(network, session, args)
        precision_loss = loss(network, session, args.form, _motion(network, args)) if args.quantize != "fp32" else None
        card = _card(network, session, data, args, difference_m, precision_loss)
        card_part.write_text(json.dumps(card.to_json(), indent=2) + "\n", encoding="utf-8")
    print(f"{out}: {network.label} as {args.form}, opset {args.opset}, {args.quantize}, {len(data) / _MB:.1f} MB")
    print(
        f"differs from {network.label} by at most {difference_m:.1e} m on random windows; "
        f"{BOUNDS_M[args.quantize]:g} m is allowed"
    )
    if precision_loss:
        print(precision_loss)
    return 0


def _check_form(network: Network, args: argparse.Namespace) -> None:
    """Raise UsageError for a form that this kind of network does not have."""
    by_clips, name = network.card.by_clips, network.card.name
    if by_clips and args.form != _CLIP:
        raise UsageError(f"{name} is a {network.card.kind}, which answers by clips: use --form {_CLIP}")
    if args.form == _CLIP and not by_clips:
        raise UsageError(f"--form {_CLIP} is for networks that answer by clips; {name} has {', '.join(FORMS)}")
    if by_clips and args.quantize != "fp32":
        raise UsageError(f"--quantize {args.quantize}: the form {_CLIP} is exported in 32 bits only; leave it out")


def _exported(network: Network, args: argparse.Namespace) -> bytes:
    if args.form != _CLIP:
        return FORMS[args.form](network, args.opset, args.quantize)
    from ..lifting.export.clip import clip

    return clip(network, args.opset)


def _difference_m(network: Network, session: Any, form: str) -> float:
    if form != _CLIP:
        return greatest_difference_m(network, session, form)
    from ..lifting.export.clip import greatest_clip_difference

    return greatest_clip_difference(network, session)


def one_sided(network: Network) -> Network:
    """The network without the averaging with the mirrored keypoints."""
    return replace(network, card=replace(network.card, config=replace(network.card.config, mirrored=False)))


def _ending(args: argparse.Namespace) -> str:
    return str(args.form) if args.quantize == "fp32" else f"{args.form}-{args.quantize}"


def _checked_difference_m(network: Network, session: Any, args: argparse.Namespace) -> float:
    difference_m = _difference_m(network, session, args.form)
    if not difference_m <= BOUNDS_M[args.quantize]:
        raise WeightsError(
            f"the exported network differs from {network.label} by up to {difference_m:.1e} m, "
            f"{BOUNDS_M[args.quantize]:g} m is allowed; no file was written"
        )
    return difference_m


def _motion(network: Network, args: argparse.Namespace) -> Motion:
    return (
        heldout_motion(network, args.data, args.cache, args.samples)
        if args.data
        else demo_motion(network.card.keypoints)
    )


def _card(
    network: Network,
    session: Any,
    data: bytes,
    args: argparse.Namespace,
    difference_m: float,
    precision_loss: PrecisionLoss | None,
) -> ModelCard:
    """The network's card, with what is needed to run the exported file."""
    onnx = {
        "form": args.form,
        "opset": args.opset,
        "precision": args.quantize,
        "inputs": {i.name: i.shape for i in session.get_inputs()},
        "outputs": {o.name: o.shape for o in session.get_outputs()},
        "made_from": network.label,
        "differs_at_most_m": difference_m,
    }
    if precision_loss:
        onnx["loss"] = asdict(precision_loss)
    extra = {**network.card.extra, "onnx": onnx, "sha256": hashlib.sha256(data).hexdigest()}
    return replace(network.card, extra=extra)
