"""The page of a report: one file, without scripts, and it loads nothing."""

from __future__ import annotations

from .markup import Markup, element, joined
from .style import STYLE

# Nothing is loaded, and nothing runs, whatever a text of the page may hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(title: str, *content: Markup) -> str:
    """The whole page in English, with this title."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *content), lang='en')}\n"


def section(heading: str, *content: str | None) -> Markup:
    """A part of the page; nothing where it has no content."""
    inside = joined(*content)
    return element("section", element("h2", heading), inside) if inside else Markup()


def items(texts: tuple[str, ...]) -> Markup:
    """A list with a point for each text; nothing without a text."""
    return element("ul", *(element("li", text) for text in texts)) if texts else Markup()


def facts(rows: dict[str, str]) -> Markup:
    """Names with what is to be said of each."""
    return element("dl", *(joined(element("dt", name), element("dd", text)) for name, text in rows.items()))


def details(summary: str, *content: Markup) -> Markup:
    """Content that is opened by a tap on its summary."""
    return element("details", element("summary", summary), *content)


def tile(about: str, figure: str, unit: str, *more: str) -> Markup:
    """A figure that is to be seen first."""
    shown = element("b", figure, " ", element("small", unit))
    return element("div", element("span", about), shown, *(element("span", text) for text in more), class_="tile")
