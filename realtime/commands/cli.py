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


class Command(NamedTuple):
    """A module with `main(argv) -> int`, and what it does."""

    module: str
    summary: str


COMMANDS = {
    "run": Command("run", "camera or file to 3D joints on a socket and in a file, live"),
    "view": Command("view", "see the pose, live or from a finished joints.npy"),
    "lift": Command("lift", "videos, images and keypoint files into 3D files and films"),
    "infer": Command("infer", "one image or video, the results beside it"),
    "doctor": Command("doctor", "look for what could keep the program from working, and say what to do"),
    "cameras": Command("cameras", "list the cameras"),
    "train": Command("train", "train a network on motion capture"),
    "evaluate": Command("evaluate", "measure the error of the joints against the truth"),
    "export": Command("export", "write a network as ONNX, for machines without PyTorch"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names.  Raises UsageError for no such one."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_usage())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        raise UsageError(
            f"there is no command {name!r}{nearest(name, list(COMMANDS))}; there are {', '.join(COMMANDS)}"
        )
    module = import_module(f".{COMMANDS[name].module}", __package__)
    return int(module.main(rest) or 0)


def _usage() -> str:
    lines = [f"usage: {command('COMMAND')} [--help]", ""]
    lines += [f"  {name:<10} {row.summary}" for name, row in COMMANDS.items()]
    if is_checkout():
        lines += ["", "run.py and viz.py are short for the first two."]
    return "\n".join(lines)
