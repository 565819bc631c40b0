"""The page of a gait, from what is seen first to how it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...analysis.gait.result import BACK_VIEW, SIDES, GaitResult
from ..markup import Markup, element, joined
from ..numbers import fixed
from ..page import items, page, section
from ..recording import Recording, header
from .drawings import angle_cycles, ground_contacts
from .how import how, sources
from .measures import not_measured, tables
from .moments import Moment
from .summary import headline, tiles

HOW_TO_FILM = (
    "From the side, the camera still and level, at the height of the hip.",
    "The whole body in the picture, feet and head too, and nobody else.",
    "At 60 frames a second or more for running, 30 for walking; in good light.",
    "At least three steps of each foot at an even speed, better ten seconds on a treadmill.",
    "Tell the height (--height 1.80): lengths and speeds then have the right size.",
)
_ABOUT_TYPICAL = (
    "What others measured at this speed stands beside a figure where a publication says it. It is context: no figure "
    "here is good or bad by itself."
)
_ABOUT_ANGLES = "Angles beside a picture are means of all strides at this moment; of this one stride they differ."
_NOT_MEDICAL = "Measured from a recording by a program; it is no medical device and makes no diagnosis."


@dataclass(frozen=True)
class Picture:
    """A picture or a drawing of a moment."""

    moment: Moment
    shown: Markup


def gait_page(result: GaitResult, recording: Recording, pictures: Sequence[Picture], made_by: str) -> str:
    """The page; `made_by` names program, version and date."""
    return page(
        f"{headline(result)}: {recording.name}",
        header(headline(result), recording),
        _trust(result, recording),
        tiles(result) if result.measures else _nothing(result),
        section("Contact, mid-stance, toe-off", _strips(result, pictures)),
        section("Feet on the ground", ground_contacts(result)),
        section("Joint angles over the cycle", angle_cycles(result)),
        section(
            "All measures", tables(result), element("p", _ABOUT_TYPICAL, class_="faint") if result.measures else None
        ),
        section("Not measured", not_measured(result.not_measured) if result.measures else None),
        section("How it was measured", how(result, recording)),
        section("How to film", items(HOW_TO_FILM)) if result.measures else Markup(),
        section("Sources", items(sources(result))),
        element("footer", *(element("p", text) for text in (made_by, _NOT_MEDICAL))),
    )


def _trust(result: GaitResult, recording: Recording) -> Markup:
    """What the view of the camera, and what was seen in the picture, mean for the figures."""
    view, known = result.view, items((*result.notes, *recording.trust))
    seen = None
    if view is not None:
        kind = "warning" if view.name == BACK_VIEW else "note"
        seen = element("p", f"Camera: {_VIEWS.get(view.name, view.name)}. {view.trust}", class_=kind)
    return joined(seen, element("div", known, class_="note") if known else None)


_VIEWS = {"side": "from the side", "oblique": "obliquely", "front": "from the front", "back": "from behind"}


def _nothing(result: GaitResult) -> Markup:
    """Why there is no gait, or none that was measured."""
    reasons = [result.why_none] if result.why_none else [f"{one.what}: {one.why}" for one in result.not_measured]
    return joined(
        *(element("p", element("strong", reason), class_="warning") for reason in reasons),
        section("How to film", items(HOW_TO_FILM)),
    )


def _strips(result: GaitResult, pictures: Sequence[Picture]) -> Markup | None:
    if not pictures:
        return None
    strips = element("div", *(_strip(result, side, pictures) for side in SIDES), class_="strips")
    return joined(strips, element("p", _ABOUT_ANGLES, class_="faint") if result.cycles else None)


def _strip(result: GaitResult, side: str, pictures: Sequence[Picture]) -> Markup | None:
    shown = [picture for picture in pictures if picture.moment.side == side]
    if not shown:
        return None
    figures = [element("figure", picture.shown, _caption(result, picture.moment)) for picture in shown]
    return element("div", element("h3", f"{side.title()} foot"), element("div", *figures, class_="strip"))


def _caption(result: GaitResult, moment: Moment) -> Markup:
    """When it was, and the angles at this moment, which are means of all strides."""
    angles = [
        f"{name} {fixed(value.mean, 0)}°"
        for name, key in _ANGLES.items()
        if (measure := result.measure(f"{key}_{moment.name.replace('-', '_')}"))
        and (value := getattr(measure, moment.side))
    ]
    lines = [f"{moment.name}, {moment.t_s:.2f} s", *angles]
    return element("figcaption", *(element("div", line) for line in lines))


_ANGLES = {"knee": "knee_flexion", "hip": "hip_flexion", "ankle": "ankle_dorsiflexion", "trunk": "trunk_lean"}
