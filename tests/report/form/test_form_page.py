"""The page of a set: everything of the result is on it, and nothing of a recording's name gets out of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.form_results import nothing, repetition, repetition_form, squats
from support.html_pages import Page

from realtime.analysis.form.result import Measure, Partial, Score
from realtime.report.form.drawings import Effort
from realtime.report.form.moments import FAULT, MOMENTS, MOST, moments
from realtime.report.form.page import form_page
from realtime.report.form.pictures import Picture
from realtime.report.form.summary import headline, in_words
from realtime.report.markup import element
from realtime.report.recording import Recording

HOSTILE = '</title><script>alert(1)</script><img src="http://evil.example/x" onerror=alert(1)>\u202e\0"\'.mp4'
RECORDING = Recording("squat.mp4", "27 November 2026", 360, 30.0, 12.0, "lifted from pictures", network="symmetric-81")
TIMES_S = np.arange(0, 40, 1 / 30)


def page_of(result, recording=RECORDING, pictures=(), effort=None, film=""):
    return Page(form_page(result, recording, list(pictures), "realtime-pose3d 1.0", effort, film))


def pictures_of(result):
    return [Picture(moment, element("svg", id=f"{moment.number}{moment.name}")) for moment in moments(result, TIMES_S)]


def test_every_measure_is_on_the_page_with_its_error_definition_and_source():
    result = squats()
    page = page_of(result)
    for measure in (*result.repetitions[0].measures, *result.set_measures):
        for text in (measure.label, measure.definition, measure.source, measure.low, measure.why):
            assert text in page.text
    assert "Knee flexion ° ±\xa06" in page.text.replace("± 6", "±\xa06")
    assert "L 119 R 116" in page.text
    assert "about 0.42 m/s" in page_of(squats(1)).text


def test_a_row_for_each_repetition_in_every_table():
    page = page_of(squats(4))
    tables = len(page.all("table"))
    assert tables == 2  # nine measures
    assert [a["scope"] for a in page.all("th")].count("row") == 4 * tables


def test_faults_stand_first_with_the_picture_that_shows_them():
    result = squats(3, faulty=(2,))
    text = page_of(result, pictures=pictures_of(result)).text
    fault = result.repetitions[1].faults[0]
    assert f"Knees in · 1 of 3 repetitions Repetition 2, {fault.at_s:.2f} s {fault.sentence}" in text
    assert text.index(fault.sentence) < text.index("Repetition 1")
    shown = [a["id"] for a in page_of(result, pictures=pictures_of(result)).all("svg") if "id" in a]
    assert shown[0] == "2fault"
    assert shown[1:] == [f"{number}{name}" for number in (1, 2, 3) for name in MOMENTS]
    assert fault.sentence in page_of(result).text  # without a picture too


def test_without_a_fault_that_is_said():
    assert "Faults None was found." in page_of(squats(2, faulty=())).text
    unscored = tuple(replace(repetition_form(n), score=Score(None, (), "too little is seen")) for n in (1, 2))
    text = page_of(squats(repetitions=unscored)).text
    assert "None was found" not in text
    assert "No score: too little is seen" in text


def test_partial_repetitions_stand_apart_with_their_reason():
    text = page_of(squats()).text
    assert "Not counted 0.30 to 1.00 s , 31 % of a repetition's range: It turned at a third of the way down." in text
    assert "Repetitions 3 1 partial, not counted" in text


def test_tilt_is_told_with_its_error_and_synthetic_exercises_are_marked():
    assert "Camera tilt: 3.2° down (standing feet and trunk), within ± 2.0°." in page_of(squats()).text
    assert "synthetic motion only" not in page_of(squats()).text
    assert "synthetic motion only" in page_of(squats(exercise="deadlift", validated=False)).text


def test_what_a_single_repetition_lacks_is_told_with_its_number():
    lost = repetition_form(2)
    hidden = Measure("depth", "Depth", "cm", None, why="the knee is hidden")
    result = squats(repetitions=(repetition_form(1), replace(lost, measures=(hidden, *lost.measures[1:]))))
    assert "Depth of repetition 2 : the knee is hidden" in page_of(result).text
    assert "Bar path : the hands are fixed near the shoulders" in page_of(result).text


def test_the_set_is_drawn_over_time_with_every_repetition_numbered():
    signal = Effort(TIMES_S, np.sin(TIMES_S), "deg")
    page = page_of(squats(10), effort=signal)
    boxes = [a["class"] for a in page.all("rect")]
    assert boxes.count("partial stretch") == 1
    assert boxes.count("counted stretch") >= 10  # one that goes on in the next line twice
    drawn = page.texts[page.texts.index("The set") : page.texts.index("Not counted")]
    numbers = [str(number) for number in range(1, 11)]
    assert [text for text in drawn if text in numbers] == numbers


def test_curves_are_over_each_other_and_the_best_one_is_on_top():
    page = page_of(squats(3, faulty=(), best=2))
    kinds = [a["class"] for a in page.all("polyline")]
    assert kinds == ["repeated curve", "repeated curve", "best repeated curve"] * 2
    assert "first repetition last best (repetition 2)" in page.text


def test_of_many_alike_the_first_pictures_are_open():
    result = squats(9, faulty=range(1, 10))
    page = page_of(result, pictures=pictures_of(result))
    assert "9 of 9 repetitions" in page.text
    assert "5 more" in page.text
    assert [a["id"] for a in page.all("svg") if a.get("id", "").endswith("fault")] == [
        f"{n}fault" for n in range(1, 10)
    ]


def test_scores_are_told_with_their_parts_and_against_the_own_best():
    text = page_of(squats(3, faulty=(2,))).text
    assert "Repetition 2 68 / 100" in text
    assert "Depth: 20 of 40 – the hip is 4 cm below the knee" in text
    assert "Against the own best: 84 of 100" in text


@pytest.mark.parametrize("result", [squats(), squats(1), squats(40), nothing()], ids=["3", "1", "40", "none"])
def test_whatever_the_set_the_page_is_whole_and_loads_nothing(result):
    page = page_of(result, pictures=pictures_of(result), effort=Effort(TIMES_S, np.cos(TIMES_S), "deg"))
    assert page.loads() == []
    assert headline(result) in page.text


def test_a_long_set_has_pictures_of_its_first_repetitions():
    result = squats(MOST + 5, faulty=(MOST + 2,))
    assert {m.number for m in moments(result, TIMES_S)} == set(range(1, MOST + 1))
    page = page_of(result)
    assert f"The first {MOST} repetitions are shown" in page.text
    assert f"Repetition {MOST + 2}, " in page.text  # the fault, in words


def test_moments_are_the_nearest_frames():
    result = squats(1, faulty=(1,))
    found = moments(result, TIMES_S)
    assert [m.name for m in found] == [*MOMENTS, FAULT]
    one = repetition(1)
    assert [m.t_s for m in found[:3]] == [one.start_s, one.bottom_s, one.end_s]
    assert all(abs(TIMES_S[m.row] - m.t_s) <= 0.5 / 30 + 1e-9 for m in found)


def test_without_a_repetition_the_page_says_why_and_how_to_film():
    half = Partial(1.0, 2.0, 3.0, 0.5, "It turned at half of the way down.")
    page = page_of(nothing("The person stands.", partials=(half,)))
    assert "The person stands." in page.text
    assert "How to film" in page.text
    assert half.why in page.text
    assert page.all("table") == []
    assert in_words(nothing("The person stands.")) == "no repetitions found: The person stands"


def test_the_line_about_a_set():
    assert in_words(squats(3, faulty=(2, 3))) == "squat, 3 repetitions, 1 partial, score 73 of 100, 2 faults"


def test_a_name_is_only_text_wherever_it_stands():
    html = form_page(squats(source=HOSTILE), replace(RECORDING, name=HOSTILE), [], HOSTILE, film=HOSTILE)
    page = Page(html)
    assert page.all("script") == []
    assert page.all("img") == []
    assert page.loads() == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "\u202e" not in html
