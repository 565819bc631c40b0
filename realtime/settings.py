"""The settings of a run: the one list of flags, configuration keys, help and checks.

Each setting says by its metadata which stage it is for, whether it changes the joints, and
whether it names a file; whoever needs such a list asks `names`.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .camera import DEFAULT_FOV_DEG
from .detectors import AUTO, DETECTORS
from .detectors.blazepose import KINDS
from .errors import UsageError
from .pose import ASSUMED_HEIGHT_M, HEIGHTS_M
from .runtime.arguments import Parser, Reader, choice, nearest, number, size_px
from .runtime.hints import command
from .smoothing import SMOOTHERS
from .tracking.outliers import GUARDS
from .wire.message import DEFAULT_ADDRESS

# The stages that settings are for.
SOURCE, ESTIMATION, PUBLISH, RECORD, RUN = "source", "estimation", "publish", "record", "run"

_MOST_PEOPLE = 20  # as many as a detector is asked about


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


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise ValueError("names between commas, each once")
    return names


def _setting(
    default: Any,
    parse: Reader,
    metavar: str,
    help_text: str,
    stage: str = RUN,
    *,
    changes_result: bool = False,
    names_file: bool = False,
) -> Any:
    metadata = {"parse": parse, "metavar": metavar, "help": help_text, "stage": stage}
    return field(default=default, metadata={**metadata, "changes_result": changes_result, "names_file": names_file})


def _of_estimation(default: Any, parse: Reader, metavar: str, help_text: str, *, names_file: bool = False) -> Any:
    return _setting(default, parse, metavar, help_text, ESTIMATION, changes_result=True, names_file=names_file)


@dataclass(frozen=True)
class Settings:
    """What a run does.  The flag and the configuration key of `camera_pitch` are
    `--camera-pitch` and `camera-pitch` (or `camera_pitch`)."""

    source: str = _setting(
        "auto",
        _some_text,
        "WHAT",
        "auto (webcam, or the demo clip where there is none), a camera (its number or device file), a video, an image, "
        "a folder of images, a keypoint file, a URL, or demo",
        SOURCE,
    )
    window: int = _of_estimation(27, number(int, 1, 6561), "N", "how many 2D poses the ring buffer holds")
    detector: str = _of_estimation(AUTO, choice(AUTO, *DETECTORS), "NAME", f"{AUTO}, {', '.join(DETECTORS)}")
    landmarks: str = _of_estimation(
        KINDS[0],
        choice(*KINDS),
        "SIZE",
        f"network of blazepose: {', '.join(KINDS)}; heavy is larger and four times slower, lite is smaller",
    )
    detector_file: str | None = _of_estimation(
        None, _some_text, "FILE", "network of rtmpose, an .onnx file", names_file=True
    )
    keypoints: str | None = _of_estimation(None, _some_text, "FILE", "file of the replay detector", names_file=True)
    video: str | None = _of_estimation(
        None,
        _some_text,
        "NAME",
        "which recording of a file that holds several: the number of a video's stream; in a keypoint file VIDEO, or "
        "SUBJECT/ACTION/CAMERA",
    )
    person: str = _of_estimation(
        "largest",
        _person,
        "WHO",
        "who is followed of several people, when first seen: largest, centre, or a number counted from the left",
    )
    model: str = _of_estimation(
        "causal",
        _some_text,
        "NAME|PATH",
        "network in model/, or a file (.safetensors, .onnx, .bin)",
        names_file=True,
    )
    causal: bool = _of_estimation(
        False,
        _switch,
        "",
        "a --model without a model card is causal: checkpoints of VideoPose3D do not record it (docs/videopose3d.md)",
    )
    sinks: tuple[str, ...] = _setting(
        ("publish", "record"),
        _names,
        "A,B",
        "where poses go: publish (the socket), record (the files), video (--save-video)",
    )
    bind: str = _setting(DEFAULT_ADDRESS, _some_text, "ADDRESS", "where poses are published", PUBLISH)
    curve_key: str | None = _setting(
        None, _some_text, "FILE", "secret CURVE key, for an address beyond this machine", PUBLISH, names_file=True
    )
    insecure: bool = _setting(False, _switch, "", "publish beyond this machine without a key", PUBLISH)
    min_free_gb: float = _setting(
        1.0, number(float, 0, 1e6), "GB", "recording pauses while less than this is free", RECORD
    )
    out: str = _setting("out_files", _some_text, "DIR", "folder of joints.npy", RECORD)
    record: bool = _setting(True, _switch, "", "write joints.npy", RECORD)
    save_video: bool = _setting(
        False, _switch, "", "also keep the camera's video, video.mp4 beside joints.npy, to lift it later", RECORD
    )
    capture: str = _setting(
        "auto",
        choice("auto", "acapture", "opencv"),
        "NAME",
        "camera library: auto, acapture or opencv",
        SOURCE,
    )
    size: tuple[int, int] | None = _setting(None, size_px(16, 16384), "WxH", "camera picture size", SOURCE)
    fps: float | None = _setting(
        None,
        number(float, 1, 1000),
        "N",
        "frames a second to ask of a camera; the frame rate of inputs that have none: images, raw streams, some "
        "keypoint files (30 is assumed)",
        SOURCE,
        changes_result=True,
    )
    fov: float | None = _of_estimation(
        None,
        number(float, 1, 170),
        "DEG",
        f"the camera's field of view over the long side of the picture ({DEFAULT_FOV_DEG:g} is assumed)",
    )
    intrinsics: str | None = _of_estimation(
        None, _some_text, "FILE", "measured camera, .json or .toml: see docs/coordinates.md", names_file=True
    )
    camera_pitch: float = _of_estimation(
        0.0, number(float, -90, 90), "DEG", "how far the camera looks below the horizon"
    )
    height: float | None = _of_estimation(
        None,
        number(float, *HEIGHTS_M),
        "M",
        "how tall the person is, in metres: joints and distance then have the right size (default: as if "
        f"{ASSUMED_HEIGHT_M:g})",
    )
    guard: str = _of_estimation(
        "on", choice(*GUARDS), "NAME", f"correct swapped sides and outlier keypoints: {' or '.join(GUARDS)}"
    )
    smooth: str = _of_estimation(
        "off", choice(*SMOOTHERS), "NAME", f"smoothing of the joints: {' or '.join(SMOOTHERS)}"
    )
    realtime: bool | None = _setting(
        None,
        _switch,
        "",
        "play a file at its own pace and drop what comes too late, like a camera (default for demo)",
        SOURCE,
    )
    max_frames: int | None = _setting(None, number(int, 1, 10**12), "N", "stop after so many frames")
    device: str = _setting(
        "auto", choice("auto", "cpu", "cuda"), "NAME", "where networks run: auto, cpu or cuda", ESTIMATION
    )
    rcnn_config: str = _of_estimation(
        "COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x.yaml", _some_text, "NAME", "model-zoo configuration of keypoint_rcnn"
    )
    rcnn_weights: str | None = _of_estimation(
        None, _some_text, "FILE", "weights of keypoint_rcnn instead of the model zoo's", names_file=True
    )
    rcnn_size: int = _of_estimation(800, number(int, 64, 4096), "PX", "shorter side of the picture keypoint_rcnn sees")
    rcnn_people: int | None = _of_estimation(
        None,
        number(int, 1, 100),
        "N",
        "how many people keypoint_rcnn finds at most, the surest ones (4, or 20 with --person, are assumed): each "
        "costs 1 to 2 %% of a frame's time; with 1, the person is lost as soon as another one scores higher",
    )
    rcnn_proposals: int = _of_estimation(
        1000,
        number(int, 1, 10000),
        "N",
        "how many region proposals keypoint_rcnn examines: 300 save 11 to 15 %% of a frame's time on a CPU, and may "
        "miss people in a crowd",
    )
    verbose: bool = _setting(False, _switch, "", "log more")


# Switches that have a name of their own for "no".
_OPPOSITES = {
    "realtime": ("every-frame", "give every frame of a file, however long it takes (default for files)"),
    "record": ("no-record", "write no files"),
}


def names(**about: Any) -> tuple[str, ...]:
    """The settings of whose metadata this is true: `names(stage=ESTIMATION)`,
    `names(changes_result=True)`, `names(names_file=True)`, or several together."""
    return tuple(s.name for s in fields(Settings) if all(s.metadata[key] == value for key, value in about.items()))


def parse_settings(argv: Sequence[str] | None = None) -> Settings:
    """Settings from the command line over those from `--config` over the defaults.

    Raises UsageError naming the flag or key, what it takes, and what it was given.
    """
    given = vars(settings_parser().parse_strictly(argv))
    config = given.pop("config", None)
    values = _from_toml(Path(config)) if config else {}
    values.update(checked(given))
    return Settings(**values)


def settings_from(**values: Any) -> Settings:
    """Settings from Python values, each checked as its flag would be; None leaves the default.
    Raises UsageError naming the setting, what it takes, and what it was given."""
    known = [setting.name for setting in fields(Settings)]
    if unknown := [name for name in values if name not in known]:
        raise UsageError(f"there is no setting {unknown[0]!r}{nearest(unknown[0], known)}")
    texts = {name: _as_text(value) for name, value in values.items() if value is not None}
    return Settings(**{name: _checked(name, text, name) for name, text in texts.items()})


def _as_text(value: Any) -> str:
    """A value as it is written for a flag."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ("x" if all(isinstance(part, int) for part in value) else ",").join(map(str, value))
    return str(value)


def add_flags(parser: Parser, chosen: Sequence[str]) -> None:
    """The flags of these settings, for another command that takes them too.  Its parser wants
    `argument_default=argparse.SUPPRESS`; `checked` reads what was given."""
    for setting in fields(Settings):
        if setting.name in chosen:
            _add_flag(parser, setting.name, setting.default, setting.metadata)


def checked(given: dict[str, str]) -> dict[str, Any]:
    """Values of settings from the texts of their flags.  Raises UsageError."""
    return {name: _checked(name, text, _flag(name)) for name, text in given.items()}


def settings_parser() -> Parser:
    """The flags of `run`."""
    parser = Parser(
        prog=command("run").removeprefix("python "),
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
        shown = "none" if default is None else ",".join(default) if isinstance(default, tuple) else default
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
            raise UsageError(f"{path}: unknown key {key!r}{nearest(name, known)}")
        if name in opposites:  # the same setting, said the other way
            no = _checked(opposites[name], str(value).lower(), f"{path}: {key}")
            values[opposites[name]] = not no
            continue
        if not isinstance(value, str | int | float | bool):
            raise UsageError(f"{path}: {key} takes one value, not {value!r}")
        values[name] = _checked(name, str(value).lower() if isinstance(value, bool) else str(value), f"{path}: {key}")
    return values
