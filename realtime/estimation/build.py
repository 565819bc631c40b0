"""From settings to the stages of an estimate, for live use and for files."""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..camera import Intrinsics
from ..detectors import AUTO, DETECTORS, open_detector
from ..detectors.mirror_average import mirror_averaged
from ..detectors.replay import Replay
from ..errors import FormatError, UsageError
from ..formats.camera_file import read_camera
from ..motion import ASSUMED_FPS
from ..pose import ROOM, Frame, Pose2D
from ..settings import Settings
from ..skeleton import H36M17, Skeleton
from ..smoothing import SMOOTHERS, ZERO_LAG, ZeroLag
from ..sources import Request, kind_of, note_without_effect, open_source
from ..sources.blank import BlankPictures
from ..sources.paced import play
from ..sources.read_ahead import ReadAhead
from ..sources.request import holds_keypoints
from ..sources.thinned import Thinned
from ..stages import Detector, Lifter, Source
from ..tracking.identity import LARGEST
from ..tracking.outliers import GUARDS
from ..tracking.tracker import open_tracker
from .camera_level import CameraLevel
from .estimator import Estimator
from .network import detector_name, lifter, runner_lifter
from .person import PersonChain
from .room.live import RoomPlacement

_log = logging.getLogger(__name__)


def detector_and_source(settings: Settings, cleanup: ExitStack, *, all_frames: bool = False) -> tuple[Detector, Source]:
    """Both, opened; `cleanup` closes them.  A camera is opened first, because it fails fast
    and the detector loads slowly; a keypoint file is its own detector.

    Of a recording at most `settings.fps` frames a second are taken, or, with `all_frames`, all:
    then it is only the rate of one that has none."""
    detector, source = _both(settings, cleanup)
    is_recording = holds_keypoints(settings.source) or (
        settings.detector != "replay" and kind_of(settings.source) in ("demo", "images", "video")
    )
    if settings.fps and is_recording and not all_frames:
        source = Thinned(source, settings.fps)
    return detector, source


def _both(settings: Settings, cleanup: ExitStack) -> tuple[Detector, Source]:
    if holds_keypoints(settings.source):
        return _keypoints(settings, _request(settings), cleanup)
    source = pictures(settings, cleanup)
    if not source.live:
        source = cleanup.enter_context(closing(ReadAhead(source)))
    detector = cleanup.enter_context(closing(_detector(settings)))
    return detector, source


def pictures(settings: Settings, cleanup: ExitStack) -> Source:
    """The camera or the recording of pictures, opened; `cleanup` closes it."""
    request = _request(settings)
    if settings.detector == "replay":  # they are about the keypoints, not the pictures
        request = replace(request, fps=None if kind_of(settings.source) == "video" else settings.fps, video=None)
    return cleanup.enter_context(closing(open_source(request)))


def _request(settings: Settings) -> Request:
    return Request(
        settings.source,
        capture=settings.capture,
        size_wh=settings.size,
        fps=settings.fps,
        realtime=settings.realtime,
        video=settings.video,
    )


def _keypoints(settings: Settings, request: Request, cleanup: ExitStack) -> tuple[Detector, Source]:
    """A keypoint file, which is its own detector, and blank pictures for it."""
    if settings.detector not in (AUTO, "replay"):
        raise UsageError(f"{settings.source} holds keypoints already; leave out --detector {settings.detector}")
    note_without_effect(request, "keypoints")
    _note_settings_without_effect(settings, "replay")
    replay = cleanup.enter_context(closing(_replay(settings, settings.source)))
    times_s = replay.times_s
    if times_s is None:
        times_s = np.arange(replay.length) / (replay.fps or _assumed_fps(replay.file_name))
    reader = BlankPictures(replay.file_name, times_s, replay.size_wh)
    return replay, cleanup.enter_context(closing(play(reader, realtime=bool(settings.realtime), loop=False)))


def _assumed_fps(name: str) -> float:
    _log.info("%s has no frame rate: assuming %g fps (--fps)", name, ASSUMED_FPS)
    return ASSUMED_FPS


def _detector(settings: Settings) -> Detector:
    name = detector_name(settings)
    options = detector_options(settings, name)
    _note_settings_without_effect(settings, name)
    if name == "replay":
        return _replay(settings, str(settings.keypoints))
    opened = partial(open_detector, name, settings.device, **options)
    return mirror_averaged(opened) if settings.mirror_average else opened()


def fetch_networks(settings: Settings) -> None:
    """Download what the detector needs, before several processes would do so at once.  Errors as for
    `network_files.fetch`."""
    if not holds_keypoints(settings.source) and DETECTORS[detector_name(settings)].fetches:
        from ..detectors.blazepose.network_files import fetch_missing

        fetch_missing()


def detector_options(settings: Settings, name: str) -> dict[str, Any]:
    """What the settings say for this detector's class.  Raises UsageError where one that it needs is
    not given."""
    entry = DETECTORS[name]
    if entry.needs and getattr(settings, entry.needs) is None:
        raise UsageError(f"--detector {name} needs --{entry.needs.replace('_', '-')} FILE")
    values = {parameter: getattr(settings, setting) for setting, parameter in entry.settings.items()}
    options = {parameter: value for parameter, value in values.items() if value is not None}
    if entry.crowd and settings.person != LARGEST:  # any of them may be the one to follow
        number = int(settings.person) if settings.person.isdecimal() else 1
        options["people"] = max(options.get("people", entry.crowd), number)
    return options


def _note_settings_without_effect(settings: Settings, name: str) -> None:
    """Log the settings of other detectors that were given."""
    if settings.mirror_average and name == "replay":
        _log.info("--mirror-average: no effect on keypoints that are found already")
    defaults = Settings()
    for setting in sorted({setting for entry in DETECTORS.values() for setting in entry.settings}):
        if setting == "video":  # sources take it too, and say themselves where it has no effect
            continue
        if setting not in DETECTORS[name].settings and getattr(settings, setting) != getattr(defaults, setting):
            _log.info("--%s: no effect with the detector %s", setting.replace("_", "-"), name)


def _replay(settings: Settings, path: str) -> Replay:
    replay = Replay(path, settings.video, settings.fps)
    person, most = settings.person, replay.most_people
    if person.isdecimal() and int(person) > max(1, most):
        raise UsageError(f"--person {person}: {replay.file_name} shows at most {most} at a time")
    if person != LARGEST and most <= 1:
        _log.info("--person %s: no effect, %s contains one person only", person, replay.file_name)
    return replay


def estimator(
    settings: Settings,
    detector: Detector,
    *,
    lookahead: bool = False,
    joints: Skeleton = H36M17,
    recording: bool = False,
) -> Estimator:
    """The chain from frame to joints.  `lookahead`: by a network that sees what comes after each
    frame, for recordings; `joints`: their skeleton, where the settings name no network; `recording`: it is for one,
    which a network may lift by clips."""
    camera = intrinsics(settings)
    points = None if joints is H36M17 else detector.skeleton  # heels and toes in a keypoint file
    lift = lifter(settings, camera, symmetric=lookahead, joints=joints, points=points, recording=recording)
    _check_skeleton(detector, lift)
    smooth, guard = SMOOTHERS.get(settings.smooth), GUARDS[settings.guard]
    chain = PersonChain(
        lift,
        guard=guard() if guard else None,
        intrinsics=camera,
        level=CameraLevel(settings.pitch_deg),
        height_m=settings.height,
        smooth=smooth() if smooth else None,
        smooth_late=ZeroLag() if settings.smooth == ZERO_LAG else None,
        room=RoomPlacement(lift.skeleton) if settings.place == ROOM else None,
    )
    return Estimator(detector, chain, track=open_tracker(detector, settings.person))


def runner_chain(settings: Settings, detector: Detector) -> PersonChain:
    """A second chain for the same person, from the keypoints of the first one's estimates to the joints of a runner,
    causal and without smoothing.  Raises WeightsError where no network gives them."""
    camera = intrinsics(settings)
    lift = runner_lifter(settings, camera, detector.skeleton)
    _check_skeleton(detector, lift)
    level = CameraLevel(settings.pitch_deg)  # its own: what it hears must not move the first one's
    return PersonChain(lift, bridge=_as_it_is, intrinsics=camera, level=level, height_m=settings.height)


def _as_it_is(pose: Pose2D | None, frame: Frame) -> Pose2D | None:  # noqa: ARG001 - the contract of a Bridge
    """The keypoints of an estimate, in which gaps have been bridged already."""
    return pose


def _check_skeleton(detector: Detector, lift: Lifter) -> None:
    if missing := set(lift.keypoints.joints) - set(detector.skeleton.joints):
        lacking = ", ".join(sorted(missing)[:3]) + (" …" if len(missing) > 3 else "")
        raise FormatError(
            f"the keypoints are {detector.skeleton.name}, which lacks {lacking}: {lift.name} needs them; "
            "take another --model, or another --detector"
        )


def intrinsics(settings: Settings) -> Intrinsics:
    """The camera as far as it is known.  Raises UsageError for a file that is none."""
    if settings.intrinsics is None:
        return Intrinsics() if settings.fov is None else Intrinsics(settings.fov)
    if settings.fov is not None:
        raise UsageError("--fov and --intrinsics say the same thing twice; give one of them")
    return read_camera(Path(settings.intrinsics))
