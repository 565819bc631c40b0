"""Text in markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.html_pages import Page

from realtime.report.markup import element, escaped, joined


def test_markup_stays_and_text_is_escaped():
    inner = element("b", "1 < 2 & 3")
    assert inner == "<b>1 &lt; 2 &amp; 3</b>"
    assert element("p", inner, None, '"x"', class_="a", aria_label='say "hi"', hidden=None) == (
        '<p class="a" aria-label="say &quot;hi&quot;"><b>1 &lt; 2 &amp; 3</b>&quot;x&quot;</p>'
    )
    assert joined("<", inner) == f"&lt;{inner}"


def test_an_element_without_an_end_has_none():
    assert element("img", src="x", alt="") == '<img src="x" alt="">'


@given(st.text())
def test_whatever_a_text_is_it_stays_one(text):
    page = Page(element("div", element("p", text, title=text), "end"))
    assert [tag for tag, _ in page.tags] == ["div", "p"]
    assert page.all("p")[0].keys() == {"title"}
    assert len("".join(page.texts)) == len(text) + len("end")


@pytest.mark.parametrize("bad", ["\0", "\x1b", "\u202e", "\ud800", "\u2028"])
def test_characters_that_mislead_are_replaced(bad):
    assert bad not in escaped(f"a{bad}b")
    assert escaped(f"a{bad}b") in ("a?b", "a b")
