"""One vocabulary of flags over all commands, and nothing else in README and docs."""

from __future__ import annotations

import argparse
import re
import shlex
from importlib import import_module
from itertools import chain, pairwise

import pytest
from support.poses import ROOT

from realtime.commands.cli import COMMANDS
from realtime.commands.cli import main as program
from realtime.commands.videopose3d.flags import OLD_FLAGS
from realtime.errors import UsageError
from realtime.runtime.arguments import switch
from realtime.runtime.flags import Flag, Parser

# Where a name has another check, metavar or meaning in one command, and why.
ONE_FILE = "this command writes one file, the others a folder of them"
EXCEPTIONS = {
    ("calibrate", "--out"): ONE_FILE,
    ("export", "--out"): ONE_FILE,
    ("train", "--out"): ONE_FILE,
    ("calibrate", "--source"): "nobody holds a chessboard in the demo or in keypoints",
    ("evaluate", "--detector"): "only detectors with a 3D of their own, which is compared",
    ("evaluate", "--model"): "several networks, which are compared",
    ("evaluate", "--quality"): "several, which are compared",
    ("prepare", "--write"): "training sets, not what is made of a recording",
    ("run", "--smooth"): "what comes next is not known yet",
    ("view", "--size"): "the picture that is drawn, not the camera's; matplotlib needs 100 px",
}

TEXTS = [
    *("", " ", "0", "1", "-1", "5", " 5", "5 ", "1e3", "1.5", "nan", "inf", "-inf", "1_0", "\u0665", "27", "60", "500"),
    *("x", "on", "off", "auto", "true", "cpu", "causal", "a,b", "640x480", "99999x9", "a.onnx", "a\0b", "9" * 5000),
]


def parser_of(command: str) -> Parser:
    return import_module(f"realtime.commands.{COMMANDS[command].module}").parser()


PARSERS = {command: parser_of(command) for command in COMMANDS}
FLAGS = {(command, name): flag for command, parser in PARSERS.items() for name, flag in parser.flags.items()}


def answer(flag: Flag, text: str) -> object:
    """The value of a text, or what is said about it."""
    try:
        return flag.value(text)
    except UsageError as fault:
        return str(fault)


def vocabulary(flag: Flag) -> tuple[object, ...]:
    return flag.metavar, flag.about, tuple(answer(flag, text) for text in TEXTS)


def most_usual(name: str) -> tuple[object, ...]:
    entries = [vocabulary(flag) for (command, n), flag in FLAGS.items() if n == name and (command, n) not in EXCEPTIONS]
    return max(entries, key=entries.count)


@pytest.mark.parametrize("name", sorted({name for _, name in FLAGS}))
def test_a_name_means_the_same_in_every_command(name):
    usual = most_usual(name)
    other = {command for (command, n), flag in FLAGS.items() if n == name and vocabulary(flag) != usual}
    assert other == {command for command, n in EXCEPTIONS if n == name}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_is_a_row(command):
    parser = PARSERS[command]
    rows = set(parser.flags) | {flag.opposite[0] for flag in parser.flags.values() if flag.opposite}
    earlier = set(chain.from_iterable(flag.old for flag in parser.flags.values()))
    theirs = set(chain.from_iterable(flag.names for flag in OLD_FLAGS)) if command == "run" else set()
    if command == "infer":
        earlier.add("--image")
    assert set(parser._option_string_actions) - {"-h", "--help"} == rows | earlier | theirs
    assert not rows & earlier


def test_infer_has_the_flags_of_lift():
    assert set(PARSERS["lift"].flags) - set(PARSERS["infer"].flags) == {"--jobs", "--executor"}
    assert set(PARSERS["infer"].flags) <= set(PARSERS["lift"].flags)


NUMBERS = {
    (c, n): flag for (c, n), flag in FLAGS.items() if flag.metavar in ("N", "S", "DEG", "GB", "PX", "X", "P", "LR")
}


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e400", "-1e9", "", "x", "5 5", "1_0", "\u0665", "5,5"])
def test_no_flag_takes_what_is_no_number_or_out_of_all_bounds(text):
    for (command, name), flag in NUMBERS.items():
        with pytest.raises(UsageError, match=f"^{name} takes a (power of 3|(whole )?number)") as fault:
            flag.value(text)
        assert repr(text) in str(fault.value), command
        assert "\n" not in str(fault.value)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_number_on_the_command_line_is_told_by_the_flag_that_was_typed(command):
    for name in (name for c, name in NUMBERS if c == command):
        with pytest.raises(UsageError, match=f"^{name} takes "):
            PARSERS[command].given([name, "nan"])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_100_columns_and_is_for_people(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    text = parser_of(command).format_help()
    assert [line for line in text.splitlines() if len(line) > 100] == []
    assert not re.search(r"Path\(|<\w+ |\('|\[\"|\bNone\b|\bTrue\b|\bFalse\b|\binf\b|%[(sd]", text)
    for flag in PARSERS[command].flags.values():
        assert flag.about[0].islower() or not flag.about[0].isalpha(), flag.name
        assert not flag.about.endswith("."), flag.name
        assert (flag.metavar == "") == (flag.read is switch), flag.name


def test_the_list_of_commands_fits_too(capsys):
    assert program(["--help"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


# ---- README and docs ----

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
COMMAND = re.compile(r"(?:python |python3 )?(?P<script>run|viz)\.py\b|(?:-m realtime|realtime-pose3d) (?P<name>[a-z]+)")
FLAG = re.compile(r"(?<![\w-])--[a-z][\w-]*\w(?![\w-])")
# Flags of other programs, in running text.
FOREIGN = {
    *("--no-build-isolation", "--no-deps", "--nworkers", "--nthreads", "--tls-ca-file", "--tls-cert", "--tls-key"),
    *("--data-file", "--output-dir", "--cfg", "--image-ext", "--im_or_folder"),  # RunningPose's scripts
    *("--data_path", "--save_path", "--random_seed", "--selection", "--evaluate"),  # PerfectRep's
    *("--config", "--checkpoint", "--json_path", "--out_path", "--batch_size"),
    "--pdb",
    *("--require-hashes", "--only-binary", "--exclude-newer-package"),  # of pip and uv
    "--folds",  # of python -m benchmarks form
}
OF_ANY = set(chain.from_iterable(parser._option_string_actions for parser in PARSERS.values()))


def command_of(match: re.Match[str]) -> str:
    return {"run": "run", "viz": "view"}.get(match["script"] or "", match["name"] or "")


def code_lines(text: str) -> list[str]:
    """The lines of the code blocks that are no Python, continued ones joined."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    for name, value in re.findall(r'^(\w+)="(.*)"$', text, flags=re.MULTILINE):  # the shell's variables
        blocks = [(kind, code.replace(f"${name} ", f"{value} ")) for kind, code in blocks]
    return [line for kind, code in blocks if kind != "python" for line in code.replace("\\\n", " ").splitlines()]


def inline_code(text: str) -> list[str]:
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", text)]


def flags_by_command(line: str) -> list[tuple[str, str]]:
    """Each flag in a line with the command that is named last before it, '' without one."""
    begins = [(0, ""), *((m.end(), command_of(m)) for m in COMMAND.finditer(line)), (len(line), "")]
    parts = [(name, line[at:end]) for (at, name), (end, _) in pairwise(begins)]
    return [(name, flag) for name, part in parts for flag in FLAG.findall(part)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_flags_in_the_documentation_are_those_of_the_command(page):
    text = page.read_text("utf-8")
    named = [entry for line in code_lines(text) if COMMAND.search(line) for entry in flags_by_command(line)]
    named += [entry for code in inline_code(text) for entry in flags_by_command(short(code))]
    wrong = []
    for command, flag in named:
        known = set(PARSERS[command]._option_string_actions) if command in PARSERS else OF_ANY | FOREIGN
        if flag not in known or (command in PARSERS and flag in earlier_names(command)):
            wrong.append((command, flag))
    assert wrong == []


def earlier_names(command: str) -> set[str]:
    return {name for flag in PARSERS[command].flags.values() for name in flag.old}


def short(code: str) -> str:
    """`lift --symmetric` written out."""
    return f"-m realtime {code}" if code.partition(" ")[0] in PARSERS else code


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_the_documentation_can_be_typed(page):
    for line in code_lines(page.read_text("utf-8")):
        match = COMMAND.match(line)
        if not match or command_of(match) not in PARSERS or "…" in line:
            continue
        words = shlex.split(re.sub(r"(^|\s)#.*|  +\w.*", "", line[match.end() :]))
        try:
            PARSERS[command_of(match)].given(words)
        except UsageError as fault:
            pytest.fail(f"{line}: {fault}")


def test_a_contradicting_flag_would_be_found():
    parser = Parser("x", None)
    parser.add(Flag("--window", switch, "", "open a window", False))
    assert vocabulary(parser.flags["--window"]) != most_usual("--window")
    parser.add_argument("--loose", action=argparse.BooleanOptionalAction)
    assert "--loose" not in parser.flags
