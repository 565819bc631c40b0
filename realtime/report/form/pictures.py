"""The pictures of a set: three of each repetition, and what shows each fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...analysis.form.result import Fault, FormResult, RepetitionForm, Score
from ...runtime.text import counted
from ..markup import Markup, element, joined
from ..numbers import fixed
from ..page import details
from .moments import FAULT, MOMENTS, MOST, Moment
from .values import by_key, in_full, seconds, whole

_AT_S = 0.05  # a measure that was read so near to a moment is told beside its picture
_MOST_FIGURES = 3  # beside a picture
_MOST_ALIKE = 4  # pictures of one fault that are open


@dataclass(frozen=True)
class Picture:
    """A picture or a drawing of a moment."""

    moment: Moment
    shown: Markup


def faults(result: FormResult, pictures: Sequence[Picture]) -> Markup:
    """Every fault in a sentence with the picture that shows it, those of a kind together; nothing without a fault."""
    shown = {(p.moment.number, p.moment.fault): p.shown for p in pictures if p.moment.name == FAULT}
    by_kind: dict[str, list[Markup]] = {}
    for form in result.repetitions:
        for fault in form.faults:
            picture = shown.get((form.repetition.number, fault.key), Markup())
            by_kind.setdefault(fault.key, []).append(element("figure", picture, _told(form, fault)))
    kinds = [_kind(result, key, figures) for key, figures in by_kind.items()]
    return element("div", *kinds, class_="kinds") if kinds else Markup()


def _kind(result: FormResult, key: str, figures: Sequence[Markup]) -> Markup:
    """All faults of a kind; of many the later ones open on a tap."""
    name = key.replace("-", " ").replace("_", " ").capitalize()
    heading = element("h3", name, element("small", f" · {len(figures)} of {counted(result.count, 'repetition')}"))
    first, rest = figures[:_MOST_ALIKE], figures[_MOST_ALIKE:]
    more = details(f"{len(rest)} more", element("div", *rest, class_="faults")) if rest else None
    return element("div", heading, element("div", *first, class_="faults"), more)


def _told(form: RepetitionForm, fault: Fault) -> Markup:
    where = f"Repetition {form.repetition.number}, {seconds(fault.at_s)}"
    return element("figcaption", element("strong", where), fault.sentence)


def repetitions(result: FormResult, pictures: Sequence[Picture]) -> Markup:
    """A card for each repetition: its pictures, its score with the parts, its faults."""
    if not result.count:
        return Markup()
    cards = element("div", *(_card(result, form, pictures) for form in result.repetitions[:MOST]), class_="strips")
    if result.count <= MOST:
        return cards
    return joined(
        cards, element("p", f"The first {MOST} repetitions are shown; all are in the tables.", class_="faint")
    )


def _card(result: FormResult, form: RepetitionForm, pictures: Sequence[Picture]) -> Markup:
    one = form.repetition
    shown = [p for p in pictures if p.moment.number == one.number and p.moment.name in MOMENTS]
    figures = [element("figure", p.shown, _caption(form, p.moment)) for p in shown]
    about = [one.side, "the best one" if one.number == result.best else ""]
    heading = element(
        "h3",
        f"Repetition {one.number}",
        element("span", f"{fixed(form.score.total, 0)} / 100", class_="badge")
        if form.score.total is not None
        else None,
        element("small", "".join(f" · {text}" for text in about if text)),
    )
    strip = element("div", *figures, class_="strip") if figures else None
    sentences = element("ul", *(element("li", fault.sentence) for fault in form.faults)) if form.faults else None
    return element("div", heading, strip, sentences, _score(form), class_="repetition")


def _caption(form: RepetitionForm, moment: Moment) -> Markup:
    """When it was, and what was read at this moment."""
    near = [m for m in form.measures if m.at_s is not None and abs(m.at_s - moment.t_s) <= _AT_S]
    read = by_key(m for m in near if m.value is not None)
    told = [f"{measures[0].label} {in_full(whole(measures))}" for measures in read.values()]
    lines = [f"{moment.name}, {seconds(moment.t_s)}", *told[:_MOST_FIGURES]]
    return element("figcaption", *(element("div", line) for line in lines))


def _score(form: RepetitionForm) -> Markup:
    """The parts of the score, on a tap."""
    score, own = form.score, form.against_best
    if score.total is None:
        return element("p", f"No score: {score.why}", class_="faint") if score.why else Markup()
    against = [element("h4", f"Against the own best: {fixed(own.total, 0)} of 100"), _parts(own)] if own.total else []
    return details(f"Score from {counted(len(score.parts), 'part')}", _parts(score), *against)


def _parts(score: Score) -> Markup:
    rows = [
        element(
            "li", element("strong", f"{part.label}: {fixed(part.points, 0)} of {fixed(part.of, 0)}"), f" – {part.why}"
        )
        for part in score.parts
    ]
    return joined(element("ul", *rows), element("p", score.why) if score.why else None)
