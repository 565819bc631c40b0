"""What an account says about how far poses can be trusted, in sentences for people.

Every limit was found on clips whose truth is known, spoiled in known ways: where the error grows, or
where good ones end (docs/accuracy.md, "What spoils a recording"; `python -m benchmarks trust`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...pose import Finding
from ...runtime.text import counted
from .account import Account, Histogram

MOST = 3  # findings that are shown

# Of the looks at the picture, the frames with a person, or all frames.
_CROWDED, _FEWEST_CROWDED = 0.15, 2  # a single look may take furniture for somebody
_OFTEN = 0.3  # somebody who walks through the picture is half outside in fewer
_LOST = 0.1  # in good clips nobody is; if a quarter of the frames is hidden, the error grows by 10 %
_SELDOM = 0.5

_SMALL_PX = 60.0  # at 46 px the error is 11 % larger and the jitter 36 %; at 65 px 2 % and 13 %
_DARK = 40.0  # at 25 the error is 14 % larger and the jitter 61 %, at 12 nobody is found; good clips have 110 and more
_UNSURE = 0.6  # good clips have 0.77 and more
_FEW_HZ = 8.0  # at 5 Hz the error of somebody who moves is up to 29 % larger, at 10 Hz up to 10 %

# Of the body as a whole.  In good clips the median is at most 10°, with cameras that look down by 10° and less; if
# the camera looks down by 25° more, the guess takes the error from 152 to 89 mm, the true angle to 120 mm.
_LEAN_DEG, _FEWEST_UPRIGHT = 11.0, 10
_LEAST = 0.2  # a quantile, which has to be at least half of that: all along
_LYING_DEG = 60.0

# The parts of the body that may be outside, the largest first, and what is guessed then.
_OUTSIDE = {
    "knees": ("the knees and feet are", "legs"),
    "feet": ("the feet are", "legs"),
    "head": ("the head is", "head and neck"),
}

Check = Callable[[Account, float | None], Iterator[Finding]]


def findings(account: Account, pitch_deg: float | None = 0.0) -> list[Finding]:
    """All that makes the poses of an account less trustworthy, the most important first.
    `pitch_deg`: what was given as --camera-pitch, None where it is estimated."""
    return [finding for check in _CHECKS for finding in check(account, pitch_deg)]


def lines(account: Account, found: list[Finding]) -> tuple[str, ...]:
    """For the end of a recording: the most important findings, or that there are none."""
    if found:
        return tuple(finding.text for finding in found[:MOST])
    frames = counted(account.frames, "frame")
    return (f"person in {account.valid} of {frames}, nothing suspicious",) if account.frames else ()


def _nobody(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    if account.frames and not account.seen:
        text = "nobody was seen: film one person from head to feet, at least 60 px high, in good light"
        if account.most_people:
            in_view = counted(account.most_people, "person", "people")
            text = f"nobody was followed: --person waits for more than the {in_view} in view; give a smaller number"
        yield Finding("nobody", text, 1.0, {})


def _several_people(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    share = _share(account.crowded, account.looks)
    if share >= _CROWDED and account.crowded >= _FEWEST_CROWDED:
        text = (
            f"more than one person in view ({share:.0%} of the looks): the skeleton may jump to another; "
            "film one person, or say whom to follow with --person"
        )
        yield Finding("several_people", text, share, {"most_people": account.most_people, "looks": account.looks})


def _rolled(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    lean_deg = _steady_lean(account.right_deg)
    if lean_deg is not None:
        text = (
            f"the body leans {abs(lean_deg):.0f}° to the {'right' if lean_deg > 0 else 'left'} all along: "
            "if the person stood upright, the camera is tilted; level it, or rotate the video"
        )
        share = _share(account.right_deg.count, account.seen)
        yield Finding("camera_rolled", text, share, {"lean_deg": round(lean_deg, 1)})


def _pitched(account: Account, pitch_deg: float | None) -> Iterator[Finding]:
    lean_deg = _steady_lean(account.towards_deg)
    if pitch_deg is None or lean_deg is None or abs(lean_deg) > _LYING_DEG:
        return
    guess_deg = round(pitch_deg + lean_deg)
    where, looks = ("towards", "down") if lean_deg > 0 else ("away from", "up")
    text = (
        f"the body leans {abs(lean_deg):.0f}° {where} the camera all along: if the person stood upright, "
        f"the camera looks {looks}; try --camera-pitch auto, or {guess_deg}"
    )
    share = _share(account.towards_deg.count, account.seen)
    yield Finding("camera_pitched", text, share, {"lean_deg": round(lean_deg, 1), "camera_pitch_deg": guess_deg})


def _steady_lean(leans: Histogram) -> float | None:
    """The median lean, None unless the body leans to that side all along."""
    if leans.count < _FEWEST_UPRIGHT or abs(leans.median) < _LEAN_DEG:
        return None
    sign = math.copysign(1.0, leans.median)
    least = sign * leans.quantile(_LEAST if sign > 0 else 1 - _LEAST)
    return leans.median if least >= _LEAN_DEG / 2 else None


def _outside(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    part = max(_OUTSIDE, key=lambda name: account.outside[name])  # of equal ones the largest
    share = _share(account.outside[part], account.seen)
    if share >= _OFTEN:
        what_is, guessed = _OUTSIDE[part]
        text = (
            f"{what_is} outside the picture in {share:.0%} of the frames: the {guessed} are guessed; "
            "step back until the whole body is in view"
        )
        yield Finding(f"{part}_outside", text, share, {})


def _small(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    height_px = 2**account.height_px.median
    if height_px < _SMALL_PX:
        text = (
            f"the person is only {height_px:.0f} px high: joints are less exact; come closer, or film with a "
            "higher resolution"
        )
        yield Finding("small", text, 1.0, {"height_px": round(height_px)})


def _dark(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    light = account.light.median
    if light < _DARK:
        text = f"the picture is dark ({light:.0f} of 255): joints tremble, or nobody is found; more light"
        yield Finding("dark", text, 1.0, {"light": round(light)})


def _lost(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    share = _share(account.lost, account.seen + account.lost)
    if share >= _LOST:
        times = "once" if account.losses == 1 else f"{account.losses} times"
        text = (
            f"the person was lost {times}, in {share:.0%} of the frames: poses there are repeated or missing; "
            "keep the whole body in view, and nothing before it"
        )
        yield Finding("lost", text, share, {"losses": account.losses, "frames": account.lost})


def _few_frames(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    rate_hz = 2**account.rate_hz.median
    if rate_hz < _FEW_HZ:
        text = (
            f"only {rate_hz:.1f} frames a second: quick movements are less exact; film with 15 or more, "
            "or take a faster detector (--landmarks lite)"
        )
        yield Finding("few_frames", text, 1.0, {"fps": round(rate_hz, 1)})


def _unsure(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    score = account.score.median
    if score < _UNSURE:
        text = (
            f"the keypoints are uncertain (score {score:.2f} of 1): hidden limbs and blurred ones are guessed; "
            "show the whole body, in focus and well lit"
        )
        yield Finding("unsure", text, 1.0, {"score": round(score, 2)})


def _seldom(account: Account, _pitch_deg: float | None) -> Iterator[Finding]:
    share = _share(account.valid, account.frames)
    if account.seen and share < _SELDOM:
        text = f"a person in only {account.valid} of {account.frames} frames: the others have no pose"
        yield Finding("seldom_seen", text, 1 - share, {})


def _share(part: int, whole: int) -> float:
    return part / max(1, whole)


# The most important first.
_CHECKS: tuple[Check, ...] = (
    _nobody,
    _several_people,
    _rolled,
    _pitched,
    _outside,
    _small,
    _dark,
    _lost,
    _few_frames,
    _unsure,
    _seldom,
)
