"""Ten good and ten spoiled recordings: what is said of each of them.

The limits (realtime/estimation/trust/findings.py) were chosen on the clips of `clips`, each as it is and
spoiled in some twenty ways: where the error against the truth grows, or where good ones end.  Those that are
held out were made afterwards, in ways and degrees that had not been looked at.  Real videos are taken from
../shared where that is there, for they may not be in the project.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realtime.detectors import open_detector
from realtime.estimation import build
from realtime.estimation.trust.account import Account
from realtime.estimation.trust.findings import findings
from realtime.estimation.trust.frame_quality import frame_quality
from realtime.formats.safe.npz import read_npz
from realtime.settings import settings_from
from realtime.skeleton import H36M17
from realtime.sources import Request, open_source
from realtime.stages import Detector, all_frames

from . import spoiled
from .spoiled import Recording, Spoil

HERE = Path(__file__).parent
VIDEOS = HERE.parents[1] / "shared" / "data" / "video"
MOST_FRAMES = 180
WANTED_TOLD, MOST_FALSE = 8, 1

_KNEES = (H36M17.index("left_knee"), H36M17.index("right_knee"))
_ANKLES = (H36M17.index("left_ankle"), H36M17.index("right_ankle"))


@dataclass(frozen=True)
class Case:
    """A recording: a clip, what was done to it, the findings of which one is due (none: it is good),
    what was given as --camera-pitch, and whether it is held out."""

    clip: str
    what: str = "as it is"
    spoil: Spoil | None = None
    due: tuple[str, ...] = ()
    pitch_deg: float = 0.0
    held_out: bool = False


def new(clip: str, what: str, spoil: Spoil, *due: str) -> Case:
    """A recording that was looked at only when all limits had been chosen."""
    return Case(clip, what, spoil, due, held_out=True)


_MILD = ("mirrored, two thirds of the size and of the light", spoiled.mild(2 / 3))
_SITTING, _OFFICER = "temuge_bodypose3d_cam0_test.mp4", "left_turn.mov"

GOOD = (
    Case("arms_side_back"),
    Case("side_lunge_front"),
    Case("walk_back_high", "with --camera-pitch 21", pitch_deg=21),
    Case("demo"),
    Case(_SITTING),
    new("jog_front_quarter_low", *_MILD),
    new("salsa_front_wide", *_MILD),
    new("stand_front", *_MILD),
    new("squat_front_quarter", *_MILD),
    new(_OFFICER, *_MILD),
)
SPOILED = (
    Case("stand_front", "46 px high", spoiled.small(50), ("small",)),
    Case("walk_side", "camera tilted by 25°", spoiled.turned(roll_deg=25), ("camera_rolled",)),
    Case("walk_back_high", "the camera looks down by 21°", None, ("camera_pitched",)),
    Case("two_crossing", "two people", None, ("several_people",)),
    Case("side_lunge_front", "cut off at the knees", spoiled.cut_off(_KNEES), ("knees_outside", "feet_outside")),
    new("salsa_front_wide", "an eighth of the light", spoiled.dark(0.12), "dark", "nobody"),
    new("stand_front", "the camera looks down by 29°", spoiled.turned(pitch_deg=20), "camera_pitched"),
    new("jog_front_quarter_low", "cut off above the ankles", spoiled.cut_off(_ANKLES, -0.05), "feet_outside"),
    new("squat_front_quarter", "hidden for half a second in two", spoiled.hidden(15, 60), "lost"),
    new(_SITTING, "camera tilted by -20°", spoiled.turned(roll_deg=-20), "camera_rolled"),
    new(_SITTING, "5 frames a second", spoiled.every(4), "few_frames"),
    new(_OFFICER, "a tenth of the light", spoiled.dark(0.1), "dark", "nobody"),
    new(_OFFICER, "54 px high", spoiled.mild(0.1, light=1.0), "small", "nobody"),
)


def path_of(clip: str) -> Path | None:
    """The clip's file, None where it is not here."""
    places = (HERE / "clips" / f"{clip}.mp4", HERE / "wide_clips" / f"{clip}.mp4", VIDEOS / clip)
    return next((path for path in places if path.is_file()), None)


def recording(clip: str) -> Recording | None:
    """The clip in memory, with what is known of its camera and joints; None where it is not here."""
    path = path_of(clip)
    if path is None and clip != "demo":
        return None
    with closing(open_source(Request(str(path or clip), realtime=False))) as source:
        frames = [frame for frame, _ in zip(all_frames(source), range(MOST_FRAMES), strict=False)]
    focal_px = max(frames[0].size_wh) / 2 / np.tan(np.radians(30))
    if path is None or not path.with_suffix(".npz").is_file():
        return Recording(frames, float(focal_px))
    truth = read_npz(path.with_suffix(".npz"), ("K", "joints_2d"))
    joints = truth["joints_2d"][: len(frames)].astype(np.float64)
    return Recording(frames, float(truth["K"][0, 0]), joints if joints.ndim == 3 else None)


def said_of(frames: Recording, detector: Detector, pitch_deg: float) -> list[str]:
    """The names of the findings."""
    detector.close()  # it follows nobody from before
    estimator = build.estimator(settings_from(source="demo", camera_pitch=pitch_deg), detector)
    account = Account()
    for estimate in estimator.run(frames.frames):
        account.add(frame_quality(estimate))
    return [finding.name for finding in findings(account, pitch_deg)]


def results(cases: Sequence[Case]) -> Iterator[tuple[Case, list[str] | None]]:
    """What is said of each case; None where its clip is not here."""
    with closing(open_detector("blazepose")) as detector:
        for one in cases:
            whole = recording(one.clip)
            if whole is not None and one.spoil is not None:
                whole = one.spoil(whole)
            yield one, whole and said_of(whole, detector, one.pitch_deg)


def print_table(title: str, cases: Sequence[Case]) -> None:
    """What was said of each, and how often that was right: over all, and over those held out."""
    print(title)
    right: dict[bool, list[bool]] = {True: [], False: []}
    for one, said in results(cases):
        if said is None:
            print(f"  {one.clip:<32} {one.what:<49} left out: it is not in {VIDEOS}")
            continue
        fits = bool(set(one.due) & set(said)) if one.due else not said
        right[one.held_out].append(fits)
        mark = "" if fits else "  ← missed" if one.due else "  ← false"
        print(
            f"  {one.clip:<32} {one.what:<49} {'held out' if one.held_out else '':<9} {', '.join(said) or '–'}{mark}",
            flush=True,
        )
    for held_out, name in ((False, "looked at before"), (True, "held out")):
        if right[held_out]:
            print(f"  {name}: {sum(right[held_out])} of {len(right[held_out])} right")


def main() -> None:
    print_table(f"good recordings: nothing is to be said (at most {MOST_FALSE} false word in ten)", GOOD)
    print_table(f"spoiled recordings: it is to be said (at least {WANTED_TOLD} in ten)", SPOILED)
