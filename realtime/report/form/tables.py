"""The tables of a report: a row for each repetition, those that were not counted, and what each measure means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...analysis.form.result import FormResult, Measure, NotMeasured, RepetitionForm
from ..markup import Markup, element, joined
from ..numbers import fixed
from ..page import details
from .values import error_shown, in_full, median, number, of_all, seconds, side_sign, unit_shown

_FIRST_COLUMNS, _COLUMNS = 6, 9  # measures in a table: more do not fit a screen and a sheet of paper


def repetition_tables(result: FormResult) -> Markup:
    """A row for each repetition, in tables of a few measures each; nothing without a repetition."""
    if not result.count:
        return Markup()
    every = of_all(result.repetitions).items()
    found = [(key, measures) for key, measures in every if median(measures) is not None]
    starts = range(_FIRST_COLUMNS, len(found), _COLUMNS)
    parts = [found[:_FIRST_COLUMNS], *(found[start : start + _COLUMNS] for start in starts)]
    return joined(*(_table(result, dict(part), whole=place == 0) for place, part in enumerate(parts)))


def _table(result: FormResult, columns: dict[str, list[Measure]], *, whole: bool) -> Markup:
    """`whole`: with scores and times."""
    head = element(
        "tr",
        element("th", "No.", scope="col"),
        *(element("th", name, scope="col", class_="number") for name in (_ABOUT if whole else ())),
        *(_heading(measures) for measures in columns.values()),
    )
    rows = [_row(result, form, list(columns), whole=whole) for form in result.repetitions]
    table = element("table", element("thead", head), element("tbody", *rows), class_="repetitions")
    return element("div", table, class_="scroll")


_ABOUT = "Score", "Against own best", "Start", "Length"


def _heading(measures: Sequence[Measure]) -> Markup:
    first = measures[0]
    unit = element("small", unit_shown(first.unit)) if unit_shown(first.unit) else None
    errors = list(dict.fromkeys(error_shown(measure) for measure in measures if measure.value is not None))
    same = element("small", errors[0]) if len(errors) == 1 and errors[0] else None
    return element(
        "th", first.label, *(joined(" ", part) for part in (unit, same) if part), class_="number", scope="col"
    )


def _row(result: FormResult, form: RepetitionForm, wanted: Sequence[str], *, whole: bool) -> Markup:
    one = form.repetition
    mark = element("small", " best") if one.number == result.best else None
    side = element("small", f" {one.side}") if one.side else None
    scores = ["–" if score.total is None else fixed(score.total, 0) for score in (form.score, form.against_best)]
    cells = [*scores, seconds(one.start_s), seconds(one.duration_s)] if whole else []
    return element(
        "tr",
        element("th", str(one.number), mark, side, scope="row"),
        *(element("td", cell, class_="number") for cell in cells),
        *(_cell([m for m in form.measures if m.key == key]) for key in wanted),
    )


def _cell(measures: Sequence[Measure]) -> Markup:
    """The value of a measure, of both sides one below the other."""
    lines = [line for measure in measures if (line := _line(measure))]
    return element("td", *(element("div", line) for line in lines or ["–"]), class_="number")


def _line(measure: Measure) -> str:
    if measure.value is None:
        return ""
    care = "⚠" if measure.low else ""
    shown = number(measure.value, measure.unit, measure.error)
    return " ".join(filter(None, (side_sign(measure), shown, care)))


def partials(result: FormResult) -> Markup:
    """The movements that were not counted, and why; nothing without one."""
    rows = [
        element(
            "li",
            element("strong", f"{one.start_s:.2f} to {seconds(one.end_s)}"),
            f", {100 * one.share:.0f} % of a repetition's range: {one.why}",
        )
        for one in result.partials
    ]
    return element("ul", *rows) if rows else Markup()


def set_measures(result: FormResult) -> Markup:
    """The measures of the set, each with what it means; nothing without one that was measured."""
    return _meanings([[measure] for measure in result.set_measures if measure.value is not None])


def meanings(result: FormResult) -> Markup:
    """What each measure of the repetitions means."""
    return _meanings(list(of_all(result.repetitions).values()))


def _meanings(groups: Sequence[Sequence[Measure]]) -> Markup:
    return joined(*(_meaning(group) for group in groups))


def _meaning(measures: Sequence[Measure]) -> Markup:
    first = measures[0]
    value = f": {in_full(measures)}" if len(measures) == 1 else ""
    errors = dict.fromkeys(error_shown(measure) for measure in measures if error_shown(measure))
    texts = {
        "": first.definition,
        "Error": " or ".join(errors) + (f" {unit_shown(first.unit)}" if errors else "") if errors else "not known",
        "With care": "; ".join(dict.fromkeys(measure.low for measure in measures if measure.low)),
        "Source": first.source,
    }
    estimate = element("p", "An estimate.") if first.estimate else Markup()
    paragraphs = [element("p", f"{name}: {text}" if name else text) for name, text in texts.items() if text]
    return details(f"{first.label}{value}", *paragraphs, estimate)


def not_measured(result: FormResult) -> Markup:
    """What is not there, and why: of the set, and of single repetitions."""
    found = [*result.not_measured, *_missing(result)]
    return (
        element("ul", *(element("li", element("strong", one.what), f": {one.why}") for one in found))
        if found
        else Markup()
    )


def _missing(result: FormResult) -> Iterator[NotMeasured]:
    """The measures without a value that are not told of the set already, once for each reason."""
    of = [(m, str(form.repetition.number)) for form in result.repetitions for m in form.measures]
    of += [(m, "") for m in result.set_measures]
    told = {one.what for one in result.not_measured}
    numbers: dict[tuple[str, str], list[str]] = {}
    for measure, which in of:
        if measure.value is None and measure.label not in told:
            name = f"{measure.label}, {measure.side}" if measure.side else measure.label
            numbers.setdefault((name, measure.why), []).append(which)
    for (name, why), lacking in numbers.items():
        which = "" if lacking == [""] or len(lacking) == result.count else f" of repetition {', '.join(lacking)}"
        yield NotMeasured(f"{name}{which}", why)
