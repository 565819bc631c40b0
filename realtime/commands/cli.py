"""The commands: `python -m realtime <command>`, or `realtime-pose3d <command>` where installed.

To add one: a module in this folder with `main(argv) -> int`, and a row here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from ..errors import UsageError
from ..runtime.arguments import nearest
from ..runtime.hints import command, is_checkout
from ..runtime.optional import silent_if_it_fails


class Command(NamedTuple):
    """A module with `main(argv) -> int`, and what it does."""

    module: str
    summary: str


COMMANDS = {
    "run": Command("run", "live: camera or file to 3D joints, published on a socket and recorded"),
    "view": Command("view", "show the poses, live or from a recorded joints.npy"),
    "lift": Command("lift", "videos, images and keypoint files to 3D motion files and films"),
    "gait": Command("gait", "how somebody walks or runs: a report of a video or of recorded motion"),
    "form": Command("form", "repetitions and technique of lifters: a report of a video or of recorded motion"),
    "infer": Command("infer", "one image or video; the results are written next to it"),
    "doctor": Command("doctor.command", "check the installation, cameras, models, port and disk, and suggest fixes"),
    "cameras": Command("cameras", "list the cameras"),
    "calibrate": Command("calibrate", "measure a camera with a chessboard, for --intrinsics; print the board"),
    "models": Command("models", "the detector's networks: list, fetch, add from a file"),
    "keys": Command("keys", "create a CURVE key pair, to publish beyond this machine"),
    "prepare": Command("prepare.command", "motion capture and keypoints to training sets, annotations, angles"),
    "train": Command("train", "train a network on motion capture"),
    "evaluate": Command("evaluate", "measure the joint error against ground truth"),
    "export": Command("export", "export a network to ONNX, for machines without PyTorch"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names.  Raises UsageError if there is no such command."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_usage())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        raise UsageError(
            f"there is no command {name!r}{nearest(name, list(COMMANDS))}; there are {', '.join(COMMANDS)}"
        )
    with silent_if_it_fails():
        module = import_module(f".{COMMANDS[name].module}", __package__)
    return int(module.main(rest) or 0)


def _usage() -> str:
    lines = [f"usage: {command('COMMAND')} [--help]", ""]
    lines += [f"  {name:<10} {row.summary}" for name, row in COMMANDS.items()]
    if is_checkout():
        lines += ["", "run.py and viz.py are shortcuts for `run` and `view`."]
    return "\n".join(lines)
