"""The settings of a run: the one list of flags, configuration keys, help and checks.

Each setting says by its metadata which stage it is for, whether it changes the joints, and
whether it names a file; whoever needs such a list asks `names`.  `FLAGS` are its flags by the
setting's name, from which other commands take those that they have too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from .camera import DEFAULT_FOV_DEG
from .detectors import AUTO, DETECTORS
from .detectors.blazepose import KINDS
from .errors import UsageError
from .formats.safe.damage import parsing
from .motion import ASSUMED_FPS
from .pose import ASSUMED_HEIGHT_M, HEIGHTS_M, PLACES
from .runtime.arguments import Reader, choice, name_list, nearest, number, or_word, size_px, some_text, switch
from .runtime.flags import Flag, Parser
from .runtime.hints import program
from .smoothing import SMOOTHERS
from .tracking.outliers import GUARDS
from .wire.message import DEFAULT_ADDRESS

# The stages that settings are for.
SOURCE, ESTIMATION, PUBLISH, RECORD, RUN = "source", "estimation", "publish", "record", "run"

# Where poses can go, by the names of `--sinks`; online/sinks.py opens them.
SINKS = {"publish": "the socket", "record": "the files", "video": "the camera's video, as --save-video"}

# What is computed from the poses live, by the names of `--analyze`; online/analyses.py opens them.
ANALYSES = {
    "angles": "joint angles",
    "gait": "steps, cadence, feet on the ground",
    "form": "repetitions of an exercise, phase, depth, faults",
}

# What can be counted, by the names of `--exercise`; analysis/form/exercises.py describes them.
EXERCISES = (
    *("squat", "lunge", "side-lunge", "sit-to-stand", "deadlift", "bench-press", "push-up"),
    *("hurdle-step", "leg-raise", "shoulder-abduction", "shoulder-extension", "shoulder-rotation", "shoulder-scaption"),
)

_CAPTURES = ("auto", "acapture", "opencv")
_DEVICES = ("auto", "cpu", "cuda")
_MOST_PEOPLE = 20  # as many as a detector is asked about


def _person(text: str) -> str:
    word = text.strip().lower().replace("center", "centre")
    if word in ("largest", "centre"):
        return word
    if not (word.isdecimal() and len(word) < 4 and 1 <= int(word) <= _MOST_PEOPLE):
        raise ValueError(f"largest, centre or a number from 1 to {_MOST_PEOPLE}")
    return str(int(word))


def _height_m(text: str) -> float:
    low, high = HEIGHTS_M
    try:
        height_m: float = number(float, low, high)(text)
    except ValueError:
        raise ValueError(f"metres from {low:g} to {high:g}, such as 1.80") from None
    return height_m


def _setting(
    default: Any,
    parse: Reader,
    metavar: str,
    help_text: str,
    stage: str = RUN,
    *,
    shown: str = "",
    changes_result: bool = False,
    names_file: bool = False,
) -> Any:
    metadata = {"parse": parse, "metavar": metavar, "help": help_text, "shown": shown, "stage": stage}
    return field(default=default, metadata={**metadata, "changes_result": changes_result, "names_file": names_file})


def _of_estimation(
    default: Any, parse: Reader, metavar: str, help_text: str, *, shown: str = "", names_file: bool = False
) -> Any:
    return _setting(
        default, parse, metavar, help_text, ESTIMATION, shown=shown, changes_result=True, names_file=names_file
    )


@dataclass(frozen=True)
class Settings:
    """What a run does.  The flag and the configuration key of `camera_pitch` are
    `--camera-pitch` and `camera-pitch` (or `camera_pitch`)."""

    source: str = _setting(
        "auto",
        some_text,
        "WHAT",
        "auto (webcam, or the demo clip where there is none), a camera (its number or device file), a video, an image, "
        "a folder of images, a keypoint file, a URL, or demo",
        SOURCE,
    )
    window: int = _of_estimation(
        27, number(int, 1, 6561), "N", "the window: how many 2D poses, the newest ones, the network is given"
    )
    detector: str = _of_estimation(
        AUTO, choice(AUTO, *DETECTORS), "NAME", f"what finds the keypoints: {AUTO}, {', '.join(DETECTORS)}"
    )
    landmarks: str = _of_estimation(
        KINDS[0],
        choice(*KINDS),
        "|".join(KINDS),
        "network of the detector blazepose: heavy is larger and four times slower, lite is smaller",
    )
    mirror_average: bool = _of_estimation(
        False,
        switch,
        "",
        "find keypoints in the picture and in its mirror image, and average them: a bit more exact, half as fast",
    )
    detector_file: str | None = _of_estimation(
        None, some_text, "FILE", "network of rtmpose, an .onnx file", names_file=True
    )
    keypoints: str | None = _of_estimation(None, some_text, "FILE", "file of the replay detector", names_file=True)
    video: str | None = _of_estimation(
        None,
        some_text,
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
    delay: int = _of_estimation(
        0,
        number(int, 0, 6560),
        "N",
        "answer N frames late, by a network that sees what comes after: calmer and more exact",
        shown="0; a network for 3 ships",
    )
    model: str = _of_estimation(
        AUTO,
        some_text,
        "NAME|PATH",
        f"network in model/, or a file (.safetensors, .onnx, .bin); {AUTO} takes the one in model/ that fits the "
        "window, the delay and the detector",
        names_file=True,
    )
    causal: bool = _of_estimation(
        False,
        switch,
        "",
        "a --model without a model card is causal: checkpoints of VideoPose3D do not record it (docs/videopose3d.md)",
    )
    sinks: tuple[str, ...] = _setting(
        ("publish", "record"),
        name_list(tuple(SINKS)),
        "A,B",
        f"where poses go: {', '.join(f'{name} ({what})' for name, what in SINKS.items())}",
    )
    analyze: tuple[str, ...] = _setting(
        (),
        name_list(tuple(ANALYSES)),
        "A,B",
        "compute from the poses as they come, and publish: "
        f"{', '.join(f'{name} ({what})' for name, what in ANALYSES.items())}",
        shown="nothing",
    )
    exercise: str = _setting(
        AUTO,
        choice(AUTO, *EXERCISES),
        "NAME",
        f"the exercise whose repetitions are counted: {AUTO} recognises it, or one of {', '.join(EXERCISES)}",
    )
    bind: str = _setting(DEFAULT_ADDRESS, some_text, "ADDRESS", "where poses are published", PUBLISH)
    curve_key: str | None = _setting(
        None, some_text, "FILE", "secret CURVE key, for an address beyond this machine", PUBLISH, names_file=True
    )
    insecure: bool = _setting(False, switch, "", "publish beyond this machine without a key", PUBLISH)
    preview: str = _setting(
        "auto",
        choice("auto", "on", "off"),
        "auto|on|off",
        "publish a small camera picture while a viewer asks: auto (on this machine only), on (also beyond) or off",
        PUBLISH,
    )
    min_free_gb: float = _setting(
        1.0, number(float, 0, 1e6), "GB", "recording pauses while less than this is free", RECORD
    )
    out: str = _setting("out_files", some_text, "DIR", "folder of the results", RECORD)
    record: bool = _setting(True, switch, "", "write joints.npy", RECORD)
    save_video: bool = _setting(
        False, switch, "", "also keep the camera's video, video.mp4 beside joints.npy, to lift it later", RECORD
    )
    capture: str = _setting(
        "auto",
        choice(*_CAPTURES),
        "|".join(_CAPTURES),
        "camera library",
        SOURCE,
    )
    size: tuple[int, int] | None = _setting(
        None, size_px(16, 16384), "WxH", "size of the camera's picture in pixels", SOURCE, shown="the camera's"
    )
    fps: float | None = _setting(
        None,
        number(float, 1, 1000),
        "N",
        "frames a second: asked of a camera; the frame rate of inputs that have none (images, raw streams, some "
        "keypoint files); of others at most so many are taken",
        SOURCE,
        shown=f"all; {ASSUMED_FPS:g} where there is no frame rate",
        changes_result=True,
    )
    fov: float | None = _of_estimation(
        None,
        number(float, 1, 170),
        "DEG",
        "the camera's field of view over the long side of the picture",
        shown=f"{DEFAULT_FOV_DEG:g} is assumed",
    )
    intrinsics: str | None = _of_estimation(
        None, some_text, "FILE", "measured camera, .json or .toml: see docs/coordinates.md", names_file=True
    )
    camera_pitch: float | str = _of_estimation(
        0.0,
        or_word("auto", number(float, -90, 90)),
        "DEG|auto",
        "how far the camera looks below the horizon; auto estimates it from whoever stands or walks upright, of a "
        "recording as a whole, live after 5 s",
    )
    height: float | None = _of_estimation(
        None,
        _height_m,
        "M",
        "how tall the person is, in metres: joints and distance then have the right size",
        shown=f"as if {ASSUMED_HEIGHT_M:g}",
    )
    place: str = _of_estimation(
        PLACES[0],
        choice(*PLACES),
        "|".join(PLACES),
        "where the origin of the joints is: the pelvis, or room: the floor below the camera, on which feet that stand "
        "stay where they are",
    )
    guard: str = _of_estimation("on", choice(*GUARDS), "|".join(GUARDS), "correct swapped sides and outlier keypoints")
    smooth: str = _of_estimation("off", choice(*SMOOTHERS), "|".join(SMOOTHERS), "smoothing of the joints")
    realtime: bool | None = _setting(
        None,
        switch,
        "",
        "play a file at its own pace, like a camera: frames that come faster than they are processed are dropped",
        SOURCE,
        shown="for demo only",
    )
    max_frames: int | None = _setting(None, number(int, 1, 10**9), "N", "stop after N frames", shown="all")
    device: str = _setting("auto", choice(*_DEVICES), "|".join(_DEVICES), "where networks run", ESTIMATION)
    rcnn_config: str = _of_estimation(
        "COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x.yaml", some_text, "NAME", "model-zoo configuration of keypoint_rcnn"
    )
    rcnn_weights: str | None = _of_estimation(
        None, some_text, "FILE", "weights of keypoint_rcnn instead of the model zoo's", names_file=True
    )
    rcnn_size: int = _of_estimation(800, number(int, 64, 4096), "PX", "shorter side of the picture keypoint_rcnn sees")
    rcnn_people: int | None = _of_estimation(
        None,
        number(int, 1, 100),
        "N",
        "how many people keypoint_rcnn finds at most, the surest ones: each costs 1 to 2 % of a frame's time; with "
        "1, the person is lost as soon as another one scores higher",
        shown="4, or 20 with --person",
    )
    rcnn_proposals: int = _of_estimation(
        1000,
        number(int, 1, 10000),
        "N",
        "how many region proposals keypoint_rcnn examines: 300 save 11 to 15 % of a frame's time on a CPU, and may "
        "miss people in a crowd",
    )
    verbose: bool = _setting(False, switch, "", "log more")

    @property
    def pitch_deg(self) -> float | None:
        """`camera_pitch` in degrees, None where it is estimated."""
        return None if isinstance(self.camera_pitch, str) else self.camera_pitch


# Switches that have a name of their own for "no".
_OPPOSITES = {
    "realtime": ("every-frame", "process every frame of a file, however long it takes (default for files)"),
    "record": ("no-record", "write no files"),
}


def names(**about: Any) -> tuple[str, ...]:
    """The settings of whose metadata this is true: `names(stage=ESTIMATION)`,
    `names(changes_result=True)`, `names(names_file=True)`, or several together."""
    return tuple(s.name for s in fields(Settings) if all(s.metadata[key] == value for key, value in about.items()))


def _flag(setting: Field[Any]) -> Flag:
    about, opposite = setting.metadata, _OPPOSITES.get(setting.name)
    return Flag(
        "--" + setting.name.replace("_", "-"),
        about["parse"],
        about["metavar"],
        about["help"],
        setting.default,
        about["shown"],
        opposite=opposite and (f"--{opposite[0]}", opposite[1]),
    )


FLAGS = {setting.name: _flag(setting) for setting in fields(Settings)}

# Of recordings, not of a run.
_LONGEST_S = 1e6
START = Flag("--start", number(float, 0, _LONGEST_S), "S", "start here, in seconds of the recording", 0.0)
END = Flag("--end", number(float, 0, _LONGEST_S), "S", "stop here, in seconds of the recording", shown="its end")
SYMMETRIC = Flag("--symmetric", switch, "", "a symmetric (non-causal) network, which sees future frames", False)


def settings_parser() -> Parser:
    """The flags of `run`."""
    parser = Parser(
        program("run"),
        "Real-time 3D human pose: camera → 2D keypoints → 3D joints → ZeroMQ and joints.npy.",
    )
    parser.add(*FLAGS.values())
    parser.add(Flag("--config", some_text, "FILE", "settings from a TOML file, same names as the flags: window = 81"))
    return parser


def parse_settings(argv: Sequence[str] | None = None) -> Settings:
    """Settings from the command line over those from `--config` over the defaults.

    Raises UsageError naming the flag or key, what it takes, and what it was given.
    """
    given = settings_parser().given(argv)
    config = given.pop("config", None)
    return Settings(**{**(_from_toml(Path(config)) if config else {}), **given})


def settings_among(values: Mapping[str, Any]) -> Settings:
    """Settings of those of the values that are of settings."""
    return Settings(**{name: value for name, value in values.items() if name in FLAGS})


def settings_from(**values: Any) -> Settings:
    """Settings from Python values.  Raises UsageError as `checked` does."""
    return Settings(**checked(values))


def checked(values: Mapping[str, Any], flags: Mapping[str, Flag] = FLAGS, where: str = "") -> dict[str, Any]:
    """Values by the names of these flags, or of their opposites, each checked as on a command line; None
    leaves the default.  Raises UsageError: `where`, the name, what it takes, and what it was given."""
    opposites = {off.replace("-", "_"): name for name, (off, _) in _OPPOSITES.items() if name in flags}
    known = [*flags, *opposites]
    found = {}
    for given, value in values.items():
        name = given.replace("-", "_")
        if name not in known:
            raise UsageError(f"{where}there is no setting {given!r:.40}{nearest(name, known)}")
        if value is not None:
            setting = opposites.get(name, name)
            read = flags[setting].value(_as_text(value), f"{where}{given}")
            found[setting] = not read if name in opposites else read
    return found


def _as_text(value: Any) -> str:
    """A value as it is written for a flag."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list) and all(isinstance(part, str) for part in value):
        return ",".join(value)
    if isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(part, int) for part in value):
        return "{}x{}".format(*value)
    return str(value)


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the configuration {path}: {error.strerror}") from error
    with parsing(path, "is not TOML", UsageError):
        loaded = tomllib.loads(content.decode("utf-8-sig"))
    return checked(loaded, where=f"{path}: ")
