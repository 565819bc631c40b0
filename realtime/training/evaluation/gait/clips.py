"""Rendered clips, from pixels: lifted joints and BlazePose's world landmarks on the same frames, and the same
method for events on true and on lifted joints."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....analysis.gait.analyse import analyse_gait
from ....analysis.gait.options import GaitOptions
from ....analysis.gait.result import CONTACT, EVENTS, RUN, TOE_OFF, WALK, GaitResult
from ....camera import camera_to_published
from ....detectors import open_detector
from ....formats.keypoints_npz import write_keypoints
from ....formats.safe.npz import read_npz
from ....motion import Floats, Motion3D, motion
from ....offline.lift import lift_video
from ....skeleton import BLAZEPOSE33
from ....sources.clip import Clip as VideoClip
from ....sources.video import VideoFile
from ....stages import all_frames
from ....track import KeypointTrack, single_person_track
from ...mocap.canonical25 import CANONICAL25
from ..bootstrap import resample
from ..intervals import shown
from ..lifts import Way
from ..text_table import text_table
from ..truth_clips import Clip
from .angles import ANGLES, angles_of
from .matching import Span, match

NAMES = ("walk_side", "walk_back_high", "jog_front_quarter_low")
DEMO = "demo"  # turns all the time: for angles only
_BLOCK = 30  # frames, a second
_TRUE = ("joints_3d_camera", "feet_3d_camera")
_JOINTS = 17
_FEET = CANONICAL25.indices(("left_heel", "right_heel", "left_toe", "right_toe"))  # as `feet_3d_camera` has them


@dataclass(frozen=True, eq=False)
class SeenClip:
    """A clip: `true` joints and feet, the keypoints that BlazePose found, and its own 3D, `world`."""

    name: str
    height_m: float
    true: Motion3D
    keypoints: KeypointTrack
    world: Motion3D

    def lifted(self, way: Way, *, told: bool = True) -> Motion3D:
        """The motion that users get; `told`: with the person's height."""
        height = {"height": self.height_m} if told else {}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "keypoints.npz"
            write_keypoints(path, self.keypoints)
            return lift_video(path, model=way.model, quality=way.quality, **height)


def see(clips: Sequence[Clip], cache: Path) -> list[SeenClip]:
    """Clips through the detector, or from the cache folder, where there is what was found before."""
    return [_seen(clip, cache / f"gait-{clip.name}.npz") for clip in clips]


def _seen(clip: Clip, cached: Path) -> SeenClip:
    if not cached.exists():
        cached.parent.mkdir(parents=True, exist_ok=True)
        points, world, size_wh, rate_hz = detected(clip.video)
        np.savez(cached, points=points, world=world, size_wh=size_wh, rate_hz=rate_hz)
    stored = read_npz(cached, ("points", "world", "size_wh", "rate_hz"))
    rate_hz = float(stored["rate_hz"])
    width, height = map(int, stored["size_wh"])
    track = single_person_track(stored["points"], (width, height), BLAZEPOSE33, rate_hz)
    published = stored["world"] @ camera_to_published().T
    own = motion(published, rate_hz, skeleton=BLAZEPOSE33, source=clip.name, model="blazepose world landmarks")
    return SeenClip(clip.name, clip.height_m(), _true_motion(clip, rate_hz), track, own)


def detected(video: Path) -> tuple[Floats, Floats, tuple[int, int], float]:
    """Keypoints (T, 33, 3) with scores and world landmarks (T, 33, 3) of every frame, NaN where nobody was found."""
    points, world, times_s = [], [], []
    nobody = np.full((len(BLAZEPOSE33), 3), np.nan, np.float32)
    with closing(VideoClip(VideoFile(video))) as source, closing(open_detector("blazepose")) as detect:
        for frame in all_frames(source):
            found = detect(frame)
            times_s.append(frame.t_capture_ns / 1e9)
            size_wh = frame.size_wh
            pose = found[0].keypoints if found else None
            points.append(nobody if pose is None else np.concatenate([pose.xy, pose.score[:, None]], 1))
            world.append(nobody if pose is None or pose.world_m is None else pose.world_m)
    return np.array(points), np.array(world), size_wh, 1 / float(np.median(np.diff(times_s)))


def _true_motion(clip: Clip, rate_hz: float) -> Motion3D:
    stored = read_npz(clip.truth, _TRUE)
    points = np.full((len(stored[_TRUE[0]]), len(CANONICAL25), 3), np.nan)
    points[:, :_JOINTS], points[:, _FEET] = (stored[name] @ camera_to_published().T for name in _TRUE)
    pelvis = points[:, CANONICAL25.index("pelvis")]
    return motion(points - pelvis[:, None], rate_hz, root_m=pelvis, skeleton=CANONICAL25, source=clip.name)


def clip_events(clips: Sequence[SeenClip], way: Way) -> str:
    """For each clip: the events of the lifted joints against those of the true joints, found by the same methods, and
    the cadence of both."""
    heads = (
        way.name,
        "event",
        "method",
        "true",
        "found",
        "false",
        "bias ms",
        "median |e| ms",
        "cadence true",
        "lifted",
    )
    rows = []
    for clip in clips:
        true, found = _same_methods(clip, way)
        cadences = [gait.measure("cadence") for gait in (true, found)]
        contacts = sorted(event.t_s for event in true.events if event.kind == CONTACT)
        start_s, end_s = clip.true.times_s[[0, -1]].tolist()
        for kind in EVENTS:
            matches = match(
                true.events, found.events, kind, Span(start_s, end_s, 2 * float(np.median(np.diff(contacts))))
            )
            errors = 1000 * np.array(matches.errors_s)
            rows.append(
                (
                    clip.name,
                    kind,
                    ", ".join({event.method for event in found.events if event.kind == kind}),
                    str(matches.true),
                    str(matches.found),
                    str(matches.false),
                    f"{np.median(errors):+.0f}" if len(errors) else "–",
                    f"{np.median(np.abs(errors)):.0f}" if len(errors) else "–",
                    *("–" if cadence is None else f"{cadence.both.mean:.1f}" for cadence in cadences),
                )
            )
    return text_table(heads, rows, labels=3)


def _same_methods(clip: SeenClip, way: Way) -> tuple[GaitResult, GaitResult]:
    """What the analysis says of the true and of the lifted joints, by the methods that it takes for the true ones."""
    chosen = analyse_gait(clip.true)
    method = {event.kind: event.method for event in chosen.events}
    options = GaitOptions(
        kind=WALK if chosen.kind == WALK else RUN,
        contact_method=method[CONTACT],
        toe_off_method=method[TOE_OFF],
        offsets=False,
    )
    return analyse_gait(clip.true, options), analyse_gait(clip.lifted(way), options)


def clip_angles(clips: Sequence[SeenClip], way: Way) -> str:
    """For each clip and angle, and for all clips: the error of lifted joints and of BlazePose's world landmarks in the
    frames where both are known, each after its mean error on the other clips, and their paired difference, whose
    interval resamples blocks of a second."""
    heads = (way.name, "angle", "frames", "bias", "RMSE", "BlazePose: bias", "RMSE", "difference of RMSE")
    errors = {clip.name: _both_errors(clip, way) for clip in clips}
    rows = []
    for name in ANGLES:
        pieces = []
        for clip in clips:
            others = [of[name] for other, of in errors.items() if other != clip.name]
            biases = np.nanmean(np.concatenate(others, 1), axis=(1, 2))
            squares = ((errors[clip.name][name] - biases[:, None, None]) ** 2).mean(2)
            pieces.append(squares)
            rows.append(_angle_row(clip.name, name, [squares], [f"{bias:+.1f}" for bias in biases]))
        rows.append(_angle_row("together", name, pieces, ["", ""]))
    return text_table(heads, sorted(rows, key=lambda row: list(ANGLES).index(row[1])), labels=2)


def _angle_row(clip: str, name: str, pieces: Sequence[Floats], biases: Sequence[str]) -> tuple[str, ...]:
    """A row from the squared errors (2, T) of lifted joints and BlazePose, of one or several clips."""
    squares = np.concatenate(pieces, 1)
    at = np.concatenate([np.arange(piece.shape[1]) for piece in pieces])
    of = np.repeat(np.arange(len(pieces)), [piece.shape[1] for piece in pieces])
    known = np.isfinite(squares).all(0)
    resampling = resample(of[known], at[known], _BLOCK)
    ours, theirs = (np.sqrt(resampling.means(values[known])) for values in squares)
    difference = shown(resampling.score(ours - theirs), 1)
    return clip, name, str(int(known.sum())), biases[0], f"{ours[0]:.1f}", biases[1], f"{theirs[0]:.1f}", difference


def _both_errors(clip: SeenClip, way: Way) -> dict[str, Floats]:
    """By angle: errors (2, T, 2) of lifted joints and of BlazePose's world landmarks, of both sides."""
    lifted = clip.lifted(way)
    return {
        name: np.stack([angles_of(found, name) - angles_of(clip.true, name) for found in (lifted, clip.world)])
        for name in ANGLES
    }
