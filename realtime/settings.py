"""The settings of run.py: one table for flags, configuration file, help and checks."""

from __future__ import annotations

import argparse
import difflib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NoReturn

from .camera import DEFAULT_FOV_DEG
from .errors import UsageError
from .wire.message import DEFAULT_ADDRESS

_MOST_PEOPLE = 20  # as many as a detector is asked about


def _number(kind: type, low: float, high: float) -> Callable[[str], Any]:
    """A parser of numbers in low..high, both allowed."""

    def parse(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise ValueError(f"a {'whole ' if kind is int else ''}number from {low:g} to {high:g}")
        return value

    return parse


def _choice(*names: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return parse


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 16 <= int(width) <= 16384 and 16 <= int(height) <= 16384):
        raise ValueError("a size like 1280x720, each side from 16 to 16384")
    return int(width), int(height)


def _person(text: str) -> str:
    word = text.strip().lower().replace("center", "centre")
    if word in ("largest", "centre"):
        return word
    if not (word.isdecimal() and len(word) < 4 and 1 <= int(word) <= _MOST_PEOPLE):
        raise ValueError(f"largest, centre or a number from 1 to {_MOST_PEOPLE}")
    return str(int(word))


def _switch(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.lower() == "true"


def _some_text(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError("some text")
    return text


def _setting(default: Any, parse: Callable[[str], Any], metavar: str, help_text: str) -> Any:
    return field(default=default, metadata={"parse": parse, "metavar": metavar, "help": help_text})


@dataclass(frozen=True)
class Settings:
    """What run.py does.  The flag and the configuration key of `camera_pitch` are
    `--camera-pitch` and `camera-pitch` (or `camera_pitch`)."""

    source: str = _setting(
        "auto",
        _some_text,
        "WHAT",
        "auto (webcam, or the demo clip where there is none), a camera number, a video, a folder of images, "
        "a keypoint file, a URL, or demo",
    )
    window: int = _setting(27, _number(int, 1, 6561), "N", "how many 2D poses the ring buffer holds")
    detector: str = _setting(
        "auto",
        _choice("auto", "keypoint_rcnn", "blazepose", "replay"),
        "NAME",
        "auto, keypoint_rcnn, blazepose or replay",
    )
    keypoints: str | None = _setting(None, _some_text, "FILE", "file of the replay detector")
    video: str | None = _setting(None, _some_text, "NAME", "which video of a keypoint file that holds several")
    person: str = _setting(
        "largest",
        _person,
        "WHO",
        "who is followed of several people, when first seen: largest, centre, or a number counted from the left",
    )
    model: str = _setting("causal", _some_text, "NAME|PATH", "network in model/, or a file (.safetensors, .onnx, .bin)")
    bind: str = _setting(DEFAULT_ADDRESS, _some_text, "ADDRESS", "where poses are published")
    curve_key: str | None = _setting(None, _some_text, "FILE", "secret CURVE key, for an address beyond this machine")
    insecure: bool = _setting(False, _switch, "", "publish beyond this machine without a key")
    min_free_gb: float = _setting(1.0, _number(float, 0, 1e6), "GB", "recording pauses while less than this is free")
    out: str = _setting("out_files", _some_text, "DIR", "folder of joints.npy")
    record: bool = _setting(True, _switch, "", "write joints.npy")
    capture: str = _setting(
        "auto", _choice("auto", "acapture", "opencv"), "NAME", "camera library: auto, acapture or opencv"
    )
    size: tuple[int, int] | None = _setting(None, _size, "WxH", "camera picture size")
    fps: float | None = _setting(
        None, _number(float, 1, 1000), "N", "camera frames a second; of image folders the rate"
    )
    fov: float | None = _setting(
        None,
        _number(float, 1, 170),
        "DEG",
        f"the camera's field of view over the long side of the picture ({DEFAULT_FOV_DEG:g} is assumed)",
    )
    intrinsics: str | None = _setting(
        None, _some_text, "FILE", "measured camera, .json or .toml: see docs/coordinates.md"
    )
    camera_pitch: float = _setting(0.0, _number(float, -90, 90), "DEG", "how far the camera looks below the horizon")
    guard: str = _setting("on", _choice("on", "off"), "NAME", "swapped sides and stray keypoints put right: on or off")
    smooth: str = _setting("off", _choice("off", "one-euro"), "NAME", "smoothing of the joints: off or one-euro")
    realtime: bool | None = _setting(
        None, _switch, "", "play a file at its own pace and drop what comes too late, like a camera (default for demo)"
    )
    max_frames: int | None = _setting(None, _number(int, 1, 10**12), "N", "stop after so many frames")
    device: str = _setting("auto", _choice("auto", "cpu", "cuda"), "NAME", "where networks run: auto, cpu or cuda")
    rcnn_config: str = _setting(
        "COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x.yaml", _some_text, "NAME", "model-zoo configuration of keypoint_rcnn"
    )
    rcnn_weights: str | None = _setting(None, _some_text, "FILE", "weights of keypoint_rcnn instead of the model zoo's")
    rcnn_size: int = _setting(800, _number(int, 64, 4096), "PX", "shorter side of the picture keypoint_rcnn sees")
    verbose: bool = _setting(False, _switch, "", "log more")


# Switches that have a name of their own for "no".
_OPPOSITES = {
    "realtime": ("every-frame", "give every frame of a file, however long it takes (default for files)"),
    "record": ("no-record", "write no files"),
}


class Parser(argparse.ArgumentParser):
    """argparse that answers a mistake with one line, naming the nearest flag."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{message}; see --help")

    def parse_strictly(self, argv: Sequence[str] | None) -> argparse.Namespace:
        """As parse_args, but an unknown flag is told with the nearest known one."""
        known, unknown = self.parse_known_args(argv)
        if unknown:
            flags = [flag for action in self._actions for flag in action.option_strings]
            raise UsageError(f"unknown argument {unknown[0]!r}{_nearest(unknown[0], flags)}; see --help")
        return known


def parse_settings(argv: Sequence[str] | None = None) -> Settings:
    """Settings from the command line over those from `--config` over the defaults.

    Raises UsageError naming the flag or key, what it takes, and what it was given.
    """
    given = vars(settings_parser().parse_strictly(argv))
    config = given.pop("config", None)
    values = _from_toml(Path(config)) if config else {}
    values.update(checked(given))
    return Settings(**values)


def add_flags(parser: Parser, names: Sequence[str]) -> None:
    """The flags of these settings, for another command that takes them too.  Its parser wants
    `argument_default=argparse.SUPPRESS`; `checked` reads what was given."""
    for setting in fields(Settings):
        if setting.name in names:
            _add_flag(parser, setting.name, setting.default, setting.metadata)


def checked(given: dict[str, str]) -> dict[str, Any]:
    """Values of settings from the texts of their flags.  Raises UsageError."""
    return {name: _checked(name, text, _flag(name)) for name, text in given.items()}


def settings_parser() -> Parser:
    """The flags of run.py."""
    parser = Parser(
        prog="run.py",
        description="Real-time 3D human pose: camera → 2D keypoints → 3D joints → ZeroMQ and joints.npy.",
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    add_flags(parser, [setting.name for setting in fields(Settings)])
    parser.add_argument(
        "--config", metavar="FILE", help="settings from a TOML file, same names as the flags (default: none)"
    )
    return parser


def _add_flag(parser: Parser, name: str, default: Any, about: Any) -> None:
    if about["parse"] is not _switch:
        shown = "none" if default is None else default
        parser.add_argument(_flag(name), metavar=about["metavar"], help=f"{about['help']} (default: {shown})")
        return
    off, off_help = _OPPOSITES.get(name, ("", ""))
    state = {True: " (default: on)", False: " (default: off)", None: ""}[default]
    parser.add_argument(_flag(name), action="store_const", const="true", help=about["help"] + state)
    if off:
        parser.add_argument(f"--{off}", dest=name, action="store_const", const="false", help=off_help)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _checked(name: str, text: str, called: str) -> Any:
    about = next(f for f in fields(Settings) if f.name == name).metadata
    try:
        return about["parse"](text)
    except ValueError as error:
        raise UsageError(f"{called} takes {error}, not {text!r}") from error


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        loaded = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"cannot read the configuration {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError
        raise UsageError(f"{path} is not TOML: {str(error)[:200]}") from error
    opposites = {off.replace("-", "_"): name for name, (off, _) in _OPPOSITES.items()}
    known = sorted({*(f.name for f in fields(Settings)), *opposites})
    values = {}
    for key, value in loaded.items():
        name = key.replace("-", "_")
        if name not in known:
            raise UsageError(f"{path}: unknown key {key!r}{_nearest(name, known)}")
        if name in opposites:  # the same setting, said the other way
            no = _checked(opposites[name], str(value).lower(), f"{path}: {key}")
            values[opposites[name]] = not no
            continue
        if not isinstance(value, str | int | float | bool):
            raise UsageError(f"{path}: {key} takes one value, not {value!r}")
        values[name] = _checked(name, str(value).lower() if isinstance(value, bool) else str(value), f"{path}: {key}")
    return values


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word.partition("=")[0], known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""
