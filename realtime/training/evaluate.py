"""`python -m realtime evaluate`: the error of the joints, in millimetres.

`--clip` takes clips with exact truth from pixels, beside the detector's own 3D on the same
frames: the bundled one, a video with its truth beside it, or a folder of them; `--data DIR`
takes motion-captured people that were not trained on, under virtual cameras and with
detector-like noise, always the same.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..coords import DEFAULT_FOV_DEG, Intrinsics
from ..errors import RecordError
from ..metrics import METRICS, scores_mm
from ..settings import Parser
from ..weights import DEFAULT_MODEL

Rows = list[dict[str, Any]]


def parser() -> Parser:
    """The command's flags."""
    p = Parser(
        prog="python -m realtime evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = p.add_mutually_exclusive_group()
    what.add_argument("--clip", default="demo", help="demo, a video or a folder of them (default: %(default)s)")
    what.add_argument("--data", type=Path, default=None, help="evaluate on held-out people of this motion capture")
    add = p.add_argument
    add("--model", default=DEFAULT_MODEL, help="name in model/, or a file (default: %(default)s)")
    add("--window", type=int, default=27, help="2D poses the lifter sees (default: %(default)s)")
    add("--fov", type=float, default=DEFAULT_FOV_DEG, help="degrees over the long side (default: %(default)g)")
    add("--samples", type=int, default=8192, help="of held-out people (default: %(default)s)")
    add("--cache", type=Path, default=Path("out_files/cache"), help="parsed motion (default: %(default)s)")
    add("--max-frames", type=int, default=None, help="stop the clip early (default: the whole clip)")
    add("--json", type=Path, default=None, help="also write the table as json (default: no)")
    add("--csv", type=Path, default=None, help="also write the table as csv (default: no)")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate, print a table, write the files that were asked for."""
    args = parser().parse_strictly(argv)
    title, rows = _people(args) if args.data else _clips(args)
    print(title)
    print(table(rows))
    _write(rows, args.json, args.csv)
    return 0


def table(rows: Rows) -> str:
    """Rows as aligned text; numbers in mm with one decimal."""
    heads = list(rows[0])
    cells = [heads] + [[f"{v:.1f}" if isinstance(v, float) else str(v) for v in row.values()] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    texts = [not isinstance(value, float) for value in rows[0].values()]
    lines = (
        [c.ljust(w) if text else c.rjust(w) for c, w, text in zip(row, widths, texts, strict=True)] for row in cells
    )
    return "\n".join("  ".join(line) for line in lines)


def _clips(args: argparse.Namespace) -> tuple[str, Rows]:
    from .clip import find_clips, run_clip

    clips = find_clips(args.clip)
    rows: Rows = []
    frames = []
    for clip in clips:
        result = run_clip(clip, args.model, args.window, Intrinsics(args.fov), args.max_frames)
        frames.append(len(result.frames))
        poses = {result.model: result.lifted, "blazepose world landmarks": result.detector}
        rows += [{"clip": clip.name, "poses": n, **scores_mm(p, result.true)} for n, p in poses.items()]
    if len(clips) > 1:
        rows += _overall(rows, frames)
    title = (
        f"{len(clips)} clip(s), {sum(frames)} frames from pixels; 12 limb joints about the hips, "
        "camera axes, mm (MPJVE: mm per frame)"
    )
    return title, rows


def _overall(rows: Rows, frames: Sequence[int]) -> Rows:
    """The means over all frames, and how far ours lies below the detector's, in percent."""
    ours, theirs = rows[::2], rows[1::2]
    means = [{m: float(np.average([r[m] for r in half], weights=frames)) for m in METRICS} for half in (ours, theirs)]
    below = {m: 100 * (1 - means[0][m] / means[1][m]) for m in METRICS}
    names = (ours[0]["poses"], theirs[0]["poses"], "% below")
    return [{"clip": "all", "poses": n, **row} for n, row in zip(names, (*means, below), strict=True)]


def _people(args: argparse.Namespace) -> tuple[str, Rows]:
    import torch

    from ..weights import find_model, load_network
    from .corpora import load, split
    from .heldout import heldout_batch, heldout_scores

    network = load_network(find_model(args.model, args.window))
    heldout = split(load(args.data, args.cache))[1]
    rows: Rows = []
    for corpus in ["all", *sorted(set(heldout.corpus))]:
        motions = heldout if corpus == "all" else heldout.select(heldout.corpus == corpus)
        batch = heldout_batch(motions, network.net.config, args.samples, torch.device("cpu"))
        rows.append({"corpus": corpus, **heldout_scores(network.net, network.card.features, batch)})
    people = ", ".join(sorted(set(heldout.subject)))
    title = f"{network.label}, people not trained on ({people}); 12 limb joints about the hips, camera axes, mm"
    return title, rows


def _write(rows: Rows, json_path: Path | None, csv_path: Path | None) -> None:
    try:
        if json_path:
            json_path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
        if csv_path:
            with csv_path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    except OSError as error:
        raise RecordError(f"the table cannot be written ({error}); choose another folder") from error
