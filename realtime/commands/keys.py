"""`keys`: creates a CURVE key pair, with which poses are published beyond this machine, encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..runtime.flags import Parser
from ..runtime.hints import command, program
from ..wire.keys import create_keys


def parser() -> Parser:
    """The arguments of `keys`."""
    p = Parser(program("keys"), __doc__)
    p.add_argument(
        "name",
        nargs="?",
        type=Path,
        default=Path("publisher"),
        metavar="NAME",
        help="write NAME.key and NAME.key_secret, which must not exist (default: publisher)",
    )
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Create the pair and print how it is used; 0.  Raises RecordError."""
    public, secret = create_keys(parser().parse_strictly(argv).name)
    serve = command("run", "--bind", "tcp://0.0.0.0:5556", "--curve-key", str(secret))
    read = command("view", "--connect", "tcp://HOST:5556", "--curve-server", str(public))
    print(f"{secret} stays here: {serve}")
    print(f"{public} is for those who may subscribe: {read}")
    return 0
