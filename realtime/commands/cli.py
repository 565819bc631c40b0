"""The commands beside run.py and viz.py: `python -m realtime <command>`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from ..errors import UsageError


class Command(NamedTuple):
    """A module with `main(argv) -> int`, and what it does."""

    module: str
    summary: str


COMMANDS = {
    "doctor": Command("doctor", "look for what could keep the program from working, and say what to do"),
    "cameras": Command("cameras", "list the cameras"),
    "lift": Command("lift", "videos, images and keypoint files into 3D files and films"),
    "infer": Command("infer", "one image or video, the results beside it"),
    "train": Command("train", "train a network on motion capture"),
    "export": Command("export", "write a network as ONNX, for machines without PyTorch"),
    "evaluate": Command("evaluate", "measure the error of the joints against the truth"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the first argument names.  Raises UsageError for no such one."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_usage())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        raise UsageError(f"there is no command {name!r}; there are {', '.join(COMMANDS)}")
    module = import_module(f".{COMMANDS[name].module}", __package__)
    return int(module.main(rest) or 0)


def _usage() -> str:
    lines = ["usage: python -m realtime COMMAND [--help]", ""]
    lines += [f"  {name:<10} {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join([*lines, "", "The live program is run.py, its window viz.py."])
