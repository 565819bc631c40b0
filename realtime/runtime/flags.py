"""Flags as tables: a flag is a row (its name, what it takes, what it means), a command is a list of rows.

A row that several commands have is written once, in settings.py or commands/shared_flags.py; a
command adds with `here` only what is particular to it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from ..errors import UsageError
from .arguments import Reader, nearest, switch

_MOST_QUOTED = 40  # characters of a value in a message
_INPUT = "--source"  # takes what is live or a file; a word without a flag is probably one


@dataclass(frozen=True)
class Flag:
    """A flag of a command line.

    `read` converts its text (`switch`: the flag takes none); `metavar` stands for the value in the
    help; `about` is its meaning, the same in every command, and `detail` what it means in this one
    besides.  `shown` is the default as the help tells it, where that is not the value.  `dest` is the attribute
    of the parsed command line (default: the name); `several`: it may be given more than once, with a
    sequence each time; `opposite` the name and the help of a switch's
    "no"; `old` names it had in earlier versions, which are still understood.
    """

    name: str
    read: Reader
    metavar: str
    about: str
    default: Any = None
    shown: str = ""
    detail: str = ""
    dest: str = ""
    required: bool = False
    several: bool = False
    opposite: tuple[str, str] | None = None
    old: tuple[str, ...] = ()

    def here(self, detail: str = "", **changes: Any) -> Flag:
        """The same flag for a command in which it has a detail, another default or a narrower check."""
        return replace(self, detail=detail, **changes)

    @property
    def key(self) -> str:
        """The attribute of the parsed command line."""
        return self.dest or self.name.removeprefix("--").replace("-", "_")

    @property
    def help(self) -> str:
        """What `--help` says of it."""
        return f"{self.about}{self.detail}{self._default()}"

    def value(self, text: str, called: str = "") -> Any:
        """The value of a text.  Raises UsageError: what the flag (`called` otherwise in files and
        Python) takes, and what it was given."""
        try:
            return self.read(text)
        except ValueError as error:
            raise UsageError(f"{called or self.name} takes {error}, not {text[:_MOST_QUOTED]!r}") from error

    def _default(self) -> str:
        shown = self.shown
        if not shown and self.default is True:
            shown = "on"
        elif not shown and self.default is not None and self.default is not False:
            shown = _as_text(self.default)
        return f" (default: {shown})" if shown else ""


class Parser(argparse.ArgumentParser):
    """argparse from rows, whose errors are one line and suggest the nearest flag.  `flags` are its
    rows by name."""

    def __init__(self, prog: str, description: str | None, *, epilog: str | None = None) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            argument_default=argparse.SUPPRESS,
            allow_abbrev=False,
        )
        self.flags: dict[str, Flag] = {}

    def add(self, *flags: Flag, only_one: bool = False) -> None:
        """Take these flags too; with `only_one` at most one of them may be given."""
        group: Any = self.add_mutually_exclusive_group() if only_one else self
        for flag in flags:
            self.flags[flag.name] = flag
            _add(group, flag)

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing the usage and exiting."""
        raise UsageError(f"{message}; see --help")

    def given(self, argv: Sequence[str] | None) -> dict[str, Any]:
        """The values of what the command line gives, nothing of what it does not.  Raises UsageError; the
        one for an unknown flag suggests the nearest known one."""
        known, unknown = self.parse_known_args(argv)
        if unknown:
            actions = [action for action in self._actions if action.help != argparse.SUPPRESS]
            flags = [flag for action in actions for flag in action.option_strings]
            raise UsageError(f"unknown argument {unknown[0]!r}{_meant(unknown[0], flags)}; see --help")
        return vars(known)

    def parse_strictly(self, argv: Sequence[str] | None) -> argparse.Namespace:
        """The values of what the command line gives, and the defaults of the rest.  Errors as `given`."""
        return self.with_defaults(self.given(argv))

    def with_defaults(self, given: Mapping[str, Any]) -> argparse.Namespace:
        """What was given, and the defaults of the rest."""
        return argparse.Namespace(**{**{flag.key: flag.default for flag in self.flags.values()}, **given})


def _meant(word: str, flags: Sequence[str]) -> str:
    """A suggestion for an unknown argument: the nearest flag, or the flag that takes an input."""
    if word.startswith("-") or _INPUT not in flags:
        return nearest(word, flags)
    return f" (did you mean {_INPUT} {word}?)"


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _add(group: Any, flag: Flag) -> None:
    text = flag.help.replace("%", "%%")
    if flag.read is switch:
        group.add_argument(flag.name, dest=flag.key, action="store_const", const=True, help=text)
        if flag.opposite:
            name, opposite = flag.opposite
            group.add_argument(name, dest=flag.key, action="store_const", const=False, help=opposite)
        return
    about: dict[str, Any] = {"dest": flag.key, "metavar": flag.metavar, "type": flag.value}
    action = "extend" if flag.several else "store"
    group.add_argument(flag.name, help=text, required=flag.required, action=action, **about)
    for name in flag.old:
        group.add_argument(name, help=argparse.SUPPRESS, action=_OldName, new=flag.name, **about)


class _OldName(argparse.Action):
    """Takes a value under the name that a flag had, and says the new one."""

    def __init__(self, option_strings: Sequence[str], dest: str, new: str, **about: Any) -> None:
        super().__init__(option_strings, dest, **about)
        self._new = new

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        print(f"{parser.prog}: {option} is called {self._new} now", file=sys.stderr)
        setattr(namespace, self.dest, values)
