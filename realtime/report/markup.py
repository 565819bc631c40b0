"""HTML and SVG as text: whatever is no markup is escaped."""

from __future__ import annotations

from html import escape

from ..runtime.text import printable

VOID = frozenset(("br", "hr", "img", "meta"))  # elements of HTML without an end


class Markup(str):
    """Text that is markup already, and stands as it is."""

    __slots__ = ()


def element(name: str, /, *content: str | None, **attributes: str | float | None) -> Markup:
    """An element; content that is no `Markup` is escaped, None is left out.

    Attributes: `_` stands for `-`, at the end for nothing (`class_`); None leaves one out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(_as_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    start = f"<{name}{given}>"
    return Markup(start if name in VOID else f"{start}{joined(*content)}</{name}>")


def joined(*content: str | None) -> Markup:
    """Markup and texts one after the other; the texts are escaped."""
    return Markup("".join(part if isinstance(part, Markup) else escaped(part) for part in content if part is not None))


def escaped(text: str) -> str:
    """Text as HTML shows it.  Control characters, those that turn the direction of writing, and what is not Unicode
    are replaced: file names may hold them."""
    return escape(printable(text.encode("utf-8", "replace").decode("utf-8")))


def _as_text(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
