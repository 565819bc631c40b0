"""The page of a set, from what is seen first to how it was measured."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.form.result import FormResult
from ..markup import Markup, element, joined
from ..page import items, page, section
from ..recording import Recording, header
from .drawings import Effort, curves, set_over_time
from .how import how, sources, tilt
from .pictures import Picture, faults, repetitions
from .summary import headline, tiles, why_none
from .tables import meanings, not_measured, partials, repetition_tables, set_measures

HOW_TO_FILM = (
    "The camera still and level, at the height of the hip: a phone on a bench or a tripod does.",
    "From the side for depth and lean, obliquely from the front for the knees too.",
    "The whole body in the picture all the time, feet and head too, and nobody else.",
    "Stand still for a second before the first repetition and after the last one.",
    "Plates and racks hide wrists and shins: what is hidden is not measured.",
    "Tell the height (--height 1.80): centimetres then have the right size.",
)
_SYNTHETIC = "This exercise was tried on synthetic motion only: take its figures and its count as a first guess."
_NOT_MEDICAL = (
    "Measured from a recording by a program. It is no judge's decision, no medical device, and makes no diagnosis."
)
_OWN_BEST = "Faults and scores are explained with the measures. No range is printed for which there is no source."


def form_page(
    result: FormResult,
    recording: Recording,
    pictures: Sequence[Picture],
    made_by: str,
    effort: Effort | None = None,
    film: str = "",
) -> str:
    """The page; `made_by` names program, version and date, `film` the file of the film."""
    found = bool(result.count)
    return page(
        f"{headline(result)}: {recording.name}",
        header(headline(result), recording),
        _trust(result, recording),
        tiles(result) if found else _nothing(result),
        section("Faults", faults(result, pictures) or _no_fault(result)),
        section("The set", set_over_time(result, effort), _film(film)),
        section("Not counted", partials(result)),
        section("Repetitions", repetitions(result, pictures)),
        section("All repetitions over each other", curves(result)),
        section("Measures of each repetition", repetition_tables(result)),
        section("What the measures mean", meanings(result), _care(result)),
        section("Measures of the set", set_measures(result)),
        section("Not measured", not_measured(result)),
        section("How it was measured", how(result, recording)),
        section("How to film", items(HOW_TO_FILM)) if found else Markup(),
        section("Sources", items(sources(result))),
        element("footer", *(element("p", text) for text in (made_by, _NOT_MEDICAL))),
    )


def _trust(result: FormResult, recording: Recording) -> Markup:
    """What view and tilt of the camera, and what was seen in the picture, mean for the figures."""
    synthetic = element("p", _SYNTHETIC, class_="warning") if result.count and not result.validated else None
    view = f"Camera: {result.view.trust}" if result.view else ""
    leans = f"Camera tilt: {tilt(result)}." if result.tilt else ""
    seen = element("p", " ".join(filter(None, (view, leans))), class_="note") if view or leans else None
    known = items((*result.notes, *recording.trust))
    return joined(synthetic, seen, element("div", known, class_="note") if known else None)


def _nothing(result: FormResult) -> Markup:
    """Why there is no repetition."""
    return joined(
        element("p", element("strong", _sentence(why_none(result))), class_="warning"),
        section("How to film", items(HOW_TO_FILM)),
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _no_fault(result: FormResult) -> Markup | None:
    """That nothing was found, where something was looked for."""
    scored = [form for form in result.repetitions if form.score.total is not None]
    return element("p", "None was found.") if scored else None


def _film(name: str) -> Markup | None:
    return (
        element("p", f"The film with the counter and the angles is {name}, beside this page.", class_="faint")
        if name
        else None
    )


def _care(result: FormResult) -> Markup | None:
    return element("p", _OWN_BEST, class_="faint") if result.count else None
