"""The frame of a page."""

from __future__ import annotations

from support.html_pages import Page

from realtime.report.markup import element
from realtime.report.page import details, facts, items, page, section, tile


def test_a_page_is_whole_and_loads_nothing():
    made = Page(page("A & B", element("p", "hello")))
    assert made.tags[0][0] == "html"
    assert made.loads() == []
    assert "A & B" in made.texts
    policy = next(a["content"] for a in made.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy


def test_parts_without_content_are_left_out():
    assert section("Empty", None, items(())) == ""
    assert items(()) == ""
    assert Page(section("Full", "text")).text == "Full text"


def test_parts_hold_what_they_are_given():
    assert Page(facts({"Height": "1.80 m", "Ground": "overground"})).text == "Height 1.80 m Ground overground"
    assert [tag for tag, _ in Page(details("more", element("p", "x"))).tags] == ["details", "summary", "p"]
    assert Page(tile("Cadence", "170", "steps/min", "both feet")).text == "Cadence 170 steps/min both feet"
