"""The page of a gait: everything of the result is on it, and nothing of a recording's name gets out of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.gait_results import events, from_behind, gait, measure, nothing, strides
from support.html_pages import Page

from realtime.analysis.gait.result import RUN, RUN_WITHOUT_FLIGHT, WALK
from realtime.pose import CameraPitch
from realtime.report.gait.moments import Moment
from realtime.report.gait.page import Picture, gait_page
from realtime.report.gait.summary import headline, in_words
from realtime.report.markup import element
from realtime.report.recording import Recording

HOSTILE = '</title><script>alert(1)</script><img src="http://evil.example/x" onerror=alert(1)>\u202e\0"\'.mp4'
RECORDING = Recording("run.mp4", "27 November 2026", 432, 60.0, 7.2, "lifted from pictures", network="symmetric-runner")


def page_of(result, recording=RECORDING, pictures=()):
    return Page(gait_page(result, recording, list(pictures), "realtime-pose3d 1.0"))


def test_every_measure_is_on_the_page_with_its_definition_and_source():
    result = gait()
    page = page_of(result)
    rows = [a["id"] for a in page.all("tr") if "id" in a]
    assert rows == [f"measure-{one.key}" for one in result.measures]
    for one in result.measures:
        for text in (one.label, one.definition, one.source, one.low, one.typical, one.method):
            assert text in page.text
    for value in ("262", "258", "260", "1.100", "1.120"):
        assert value in page.text


def test_both_ways_to_count_cadence_stand_side_by_side():
    assert "Cadence 167 steps/min both feet = 83.3 strides/min" in page_of(gait()).text
    assert "167 steps/min (both feet), 83.3 strides/min" in in_words(gait())


def test_symmetry_is_told_by_both_indices():
    assert "n 7 + 7, left against right +1.5 % (R/L 98 %)" in page_of(gait()).text
    assert "no clear difference" in page_of(gait()).text  # 4 of 260 ms, with a spread of 3 ms in its mean


def test_curves_offsets_methods_and_what_is_missing_are_on_the_page():
    result = gait()
    page = page_of(result, replace(RECORDING, height_m=1.8, camera_pitch=CameraPitch(3.0, "estimated")))
    for cycle in result.cycles:
        assert cycle.label in page.text
        assert cycle.low in page.text
    assert len(page.all("polyline")) == 4
    assert "Foot-strike pattern : it needs heel and toe at 60 frames a second" in page.text
    assert "contact of a run by foot lowest from toe: +16 ms, subtracted; what remains spreads by 8 ms" in page.text
    assert "16 by method of contact, each within ± 12 ms" in page.text
    assert "13 of 14 used" in page.text
    assert "1.80 m, told" in page.text
    assert "3° down (estimated)" in page.text


def test_a_name_is_only_text_wherever_it_stands():
    html = gait_page(gait(source=HOSTILE), replace(RECORDING, name=HOSTILE), [], HOSTILE)
    page = Page(html)
    assert page.all("script") == []
    assert page.all("img") == []
    assert page.loads() == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in html


@pytest.mark.parametrize(
    "result", [gait(), gait(WALK), nothing(), from_behind()], ids=["run", "walk", "none", "behind"]
)
def test_whatever_the_gait_the_page_is_whole_and_loads_nothing(result):
    page = page_of(result)
    assert page.loads() == []
    assert headline(result) in page.text


def test_without_a_gait_the_page_says_why_and_how_to_film():
    page = page_of(nothing("The person stands."))
    assert "The person stands." in page.text
    assert "How to film" in page.text
    assert page.all("table") == []
    assert "steps/min" not in page.text


def test_a_view_from_behind_is_a_warning_and_one_from_the_side_is_not():
    behind, side = (page_of(result) for result in (from_behind(), gait()))
    assert "warning" in [a.get("class") for a in behind.all("p")]
    assert "Camera: from behind. Seen from behind, contacts are 100 ms off" in behind.text
    assert "warning" not in [a.get("class") for a in side.all("p")]


def test_what_was_noticed_in_the_recording_is_told():
    page = page_of(gait(notes=("5 of 10 strides turn.",)), replace(RECORDING, trust=("more than one person in view",)))
    assert "5 of 10 strides turn. more than one person in view" in page.text


def test_pictures_stand_by_foot_with_their_moment():
    pictures = [
        Picture(Moment(side, name, t_s, 0), element("svg"))
        for side, t_s in (("left", 1.0), ("right", 1.36))
        for name in ("contact", "toe-off")
    ]
    text = page_of(gait(), pictures=pictures).text
    assert "Left foot contact, 1.00 s toe-off, 1.00 s Right foot contact, 1.36 s" in text
    angle = measure("knee_flexion_toe_off", "Knee flexion, at toe-off", "°", 18.0, 22.0)
    assert (
        "Left foot contact, 1.00 s toe-off, 1.00 s knee 18° Right foot"
        in page_of(gait(measures=(angle,)), pictures=pictures).text
    )


@pytest.mark.parametrize(
    ("kind", "treadmill", "words"),
    [(WALK, False, "Walking"), (RUN, True, "Running on a treadmill"), (RUN_WITHOUT_FLIGHT, False, "Running without")],
)
def test_the_headline_says_what_it_is(kind, treadmill, words):
    result = replace(gait(WALK), kind=kind, treadmill=treadmill)
    assert headline(result).startswith(words)


def test_a_long_recording_shows_its_first_seconds_and_says_so():
    long = gait(events=events(strides=200), strides=strides(count=200))
    page = page_of(long)
    assert "The first 20 s are shown; all are in the csv file." in page.text
    assert len([a for a in page.all("rect") if a["class"] == "left bar"]) < 40


def test_a_measure_of_one_value_has_no_deviation():
    page = page_of(gait(measures=(measure("step_length", "Step length", "m", 1.1, 1.12, sd=float("nan")),)))
    assert "±" not in page.text.partition("All measures")[2].partition("Not measured")[0]
