"""From settings to stages: the one place, beside the command line, that names concrete
classes."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..camera import Intrinsics
from ..detectors import AUTO, choose_detector, open_detector
from ..detectors.replay import Replay
from ..errors import FormatError, UsageError
from ..lifting.open import open_late_lifter, open_lifter
from ..recording.recorder import Recorder
from ..runtime import optional
from ..settings import Settings
from ..skeleton import COCO17, H36M17
from ..smoothing import OneEuro
from ..sources import Request, kind_of, note_without_effect, open_source
from ..sources.blank import BlankPictures
from ..sources.paced import play
from ..sources.read_ahead import ReadAhead
from ..stages import Detector, Source
from ..tracking.gaps import GapBridge
from ..tracking.outliers import Guard
from ..wire.message import DEFAULT_ADDRESS
from ..wire.publisher import Publisher
from .delayed import Hindsight
from .estimator import Estimator

SMOOTHERS: dict[str, Callable[[], OneEuro | None]] = {"off": lambda: None, "one-euro": OneEuro}
GUARDS: dict[str, Callable[[], Guard | None]] = {"off": lambda: None, "on": Guard}


def detector_and_source(settings: Settings, cleanup: ExitStack) -> tuple[Detector, Source]:
    """Both, opened; `cleanup` closes them.  A camera is opened first, because it fails fast
    and the detector loads slowly; a keypoint file is its own detector."""
    request = Request(
        settings.source,
        capture=settings.capture,
        size_wh=settings.size,
        fps=settings.fps,
        realtime=settings.realtime,
    )
    if settings.source.endswith(".npz"):
        return _keypoints(settings, request, cleanup)
    if settings.detector == "replay" and kind_of(settings.source) == "video":
        request = replace(request, fps=None)  # the rate of the keypoints, not of the pictures
    source = cleanup.enter_context(closing(open_source(request)))
    if not source.live:
        source = cleanup.enter_context(closing(ReadAhead(source)))
    detect = cleanup.enter_context(closing(_detector(settings)))
    return detect, source


def _keypoints(settings: Settings, request: Request, cleanup: ExitStack) -> tuple[Detector, Source]:
    """A keypoint file, which is its own detector, and blank pictures for it."""
    if settings.detector not in (AUTO, "replay"):
        raise UsageError(f"{settings.source} holds keypoints already; leave out --detector {settings.detector}")
    note_without_effect(request, "keypoints")
    replay = cleanup.enter_context(closing(Replay(settings.source, settings.video, settings.fps, settings.person)))
    reader = BlankPictures(Path(settings.source).name, replay.length, replay.size_wh, replay.fps)
    return replay, cleanup.enter_context(closing(play(reader, realtime=bool(settings.realtime), loop=False)))


def _detector(settings: Settings) -> Detector:
    name = choose_detector(settings.device) if settings.detector == AUTO else settings.detector
    if name == "replay":
        if settings.keypoints is None:
            raise UsageError("--detector replay wants --keypoints FILE, or the file as --source")
        return Replay(settings.keypoints, settings.video, settings.fps, settings.person)
    options: dict[str, Any] = {}
    if name == "keypoint_rcnn":
        options = {"config": settings.rcnn_config, "min_size_px": settings.rcnn_size}
        if settings.rcnn_weights:
            options["weights"] = settings.rcnn_weights
    return open_detector(name, settings.device, settings.person, **options)


def estimator(settings: Settings, detect: Detector) -> Estimator:
    """The chain from frame to joints.  The lifter runs on the CPU unless `--device cuda`
    insists."""
    camera = intrinsics(settings)
    device = "cuda" if settings.device == "cuda" else "cpu"
    if device == "cuda" and not _sees_cuda():
        raise UsageError("--device cuda: PyTorch sees no such GPU here; take --device cpu")
    _check_skeleton(detect)
    return Estimator(
        detect=detect,
        bridge=GapBridge(),
        lift=open_lifter(settings.model, settings.window, camera, device),
        intrinsics=camera,
        pitch_deg=settings.camera_pitch,
        smooth=SMOOTHERS[settings.smooth](),
        guard=GUARDS[settings.guard](),
    )


def hindsight(settings: Settings, detect: Detector, *, pictures: bool) -> Hindsight:
    """The same chain with a network that sees the future.  `pictures`: see Hindsight."""
    camera = intrinsics(settings)
    _check_skeleton(detect)
    return Hindsight(
        detect=detect,
        bridge=GapBridge(),
        lift=open_late_lifter(settings.model, settings.window, camera),
        intrinsics=camera,
        pitch_deg=settings.camera_pitch,
        smooth=SMOOTHERS[settings.smooth](),
        guard=GUARDS[settings.guard](),
        pictures=pictures,
    )


def _check_skeleton(detect: Detector) -> None:
    if missing := set(COCO17.joints) - set(detect.skeleton.joints):
        raise FormatError(f"the keypoints are {detect.skeleton.name}, which lacks {', '.join(sorted(missing)[:3])} …")


def _sees_cuda() -> bool:
    torch = optional.load("torch", "--device cuda", "pip install torch, or take --device cpu")
    return bool(torch.cuda.is_available())


def publisher(settings: Settings, source: Source, estimate: Estimator) -> Publisher:
    """The socket, bound."""
    return Publisher(
        settings.bind,
        source=source.name,
        skeleton=H36M17,
        model=estimate.lift.name,
        fov_deg=estimate.intrinsics.fov_deg,
        insecure=settings.insecure,
        curve_secret_file=settings.curve_key,
    )


def greeting(settings: Settings, address: str) -> str:
    """Where the poses are, and how to see them."""
    shown = "" if address == DEFAULT_ADDRESS else f" --connect {address}"
    if settings.curve_key is not None:
        shown += " --curve-server ITS-PUBLIC-KEY"
    return f"publishing on {address}, see it with: python viz.py{shown}"


def recorder(settings: Settings, source: Source, estimate: Estimator, session: str) -> Recorder | None:
    """The files, opened; None with --no-record."""
    if not settings.record:
        return None
    return Recorder(
        settings.out,
        H36M17,
        source=source.name,
        model=estimate.lift.name,
        session=session,
        min_free_bytes=round(settings.min_free_gb * 1e9),
    )


def intrinsics(settings: Settings) -> Intrinsics:
    """The camera as far as it is known.  Raises UsageError for a file that is none."""
    if settings.intrinsics is None:
        return Intrinsics() if settings.fov is None else Intrinsics(settings.fov)
    if settings.fov is not None:
        raise UsageError("--fov and --intrinsics say the same thing twice; give one of them")
    return _measured(Path(settings.intrinsics))


def _measured(path: Path) -> Intrinsics:
    """`K` (3 × 3, px) and `size_wh` from a .json or .toml file."""
    read = tomllib.loads if path.suffix == ".toml" else json.loads
    try:
        data = read(path.read_text(encoding="utf-8"))
        (fx, _, cx), (_, fy, cy), _ = data["K"]
        width, height = data["size_wh"]
        values = [float(v) for v in (fx, fy, cx, cy, width, height)]
    except OSError as error:
        raise UsageError(f"cannot read the intrinsics {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise UsageError(
            f'{path} holds no camera: wanted "K" (3 x 3, pixels) and "size_wh", see docs/coordinates.md'
        ) from error
    if not all(math.isfinite(v) and v > 0 for v in values):
        raise UsageError(f"{path}: focal lengths, centre and size must be above 0")
    fx, fy, cx, cy, width, height = values
    fov_deg = math.degrees(2 * math.atan(max(width / fx, height / fy) / 2))
    return Intrinsics(fov_deg, (fx, fy), (cx, cy), (round(width), round(height)))
