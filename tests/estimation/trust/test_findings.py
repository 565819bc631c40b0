"""What is said of recordings whose faults are known."""

import re

import pytest
from support.observed import observed, standing

from realtime.estimation.trust.account import Account
from realtime.estimation.trust.findings import findings, lines
from realtime.estimation.trust.frame_quality import frame_quality

FRAMES = 90


def told(estimates, pitch_deg=0.0):
    account = Account()
    for estimate in estimates:
        account.add(frame_quality(estimate))
    found = findings(account, pitch_deg)
    return found, lines(account, found)


def film(frames=FRAMES, joints=None, **more):
    joints = standing() if joints is None else joints
    return [observed(index, joints, **more) for index in range(frames)]


def test_nothing_is_said_where_all_is_well():
    found, said = told(film(light=150.0, people=1))
    assert found == []
    assert said == ("person in 90 of 90 frames, nothing suspicious",)


@pytest.mark.parametrize(
    ("estimates", "name", "words"),
    [
        ([observed(i) for i in range(5)], "nobody", "nobody was seen"),
        ([observed(i, people=1) for i in range(5)], "nobody", "--person waits for more than the 1 person in view"),
        (film(people=2), "several_people", "more than one person in view (100% of the looks)"),
        (film(joints=standing(right_deg=-25)), "camera_rolled", "the body leans 2[45]° to the left all along"),
        (film(joints=standing(towards_deg=20)), "camera_pitched", "looks down; try --camera-pitch auto, or 20"),
        (film(joints=standing(towards_deg=-20)), "camera_pitched", "looks up; try --camera-pitch auto, or -20"),
        (film(top_px=200), "knees_outside", "the knees and feet are outside the picture in 100% of the frames"),
        (film(top_px=150), "feet_outside", "the feet are outside the picture in 100% of the frames"),
        (film(top_px=-20), "head_outside", "the head is outside the picture in 100% of the frames"),
        (film(height_px=40), "small", "the person is only 4[01] px high"),
        (film(light=20.0), "dark", "the picture is dark (2[01] of 255)"),
        (film(fps=5), "few_frames", "only 5.0 frames a second"),
        (film(score=0.31), "unsure", "the keypoints are uncertain (score 0.31 of 1)"),
        (film(10) + [observed(i) for i in range(10, 40)], "seldom_seen", "a person in only 10 of 40 frames"),
        (
            [observed(i, standing() if i % 10 < 7 else None) for i in range(FRAMES)],
            "lost",
            "the person was lost 8 times, in 28% of the frames",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_each_fault_is_told_and_only_that(estimates, name, words):
    (finding,), said = told(estimates)
    assert finding.name == name
    assert re.search(words.replace("(", r"\(").replace(")", r"\)"), finding.text)
    assert said == (finding.text,)
    assert 0 < finding.share <= 1
    assert finding.text.isprintable()
    assert len(finding.text) <= 200  # of the 300 that a message allows


def test_the_guess_is_on_top_of_what_was_given():
    (finding,), _ = told(film(joints=standing(towards_deg=14)), pitch_deg=10)
    assert finding.figures["camera_pitch_deg"] == pytest.approx(24, abs=1)


@pytest.mark.parametrize(
    "joints",
    [standing(bow_deg=45), standing(towards_deg=8), standing(right_deg=8), standing(towards_deg=-9, bow_deg=30)],
    ids=["bows", "leans a little", "leans to the side a little", "leans back and bows"],
)
def test_people_who_bend_are_no_fault_of_the_camera(joints):
    assert told(film(joints=joints))[0] == []


def test_a_lean_that_comes_and_goes_is_the_persons():
    estimates = [observed(i, standing(towards_deg=25 if i % 30 < 20 else 0)) for i in range(FRAMES)]
    assert told(estimates)[0] == []


def test_a_single_look_or_one_in_ten_that_finds_somebody_is_no_crowd():
    assert told([observed(0, standing(), people=2)])[0] == []
    assert told([observed(i, standing(), people=2 if i % 10 == 0 else 1) for i in range(FRAMES)])[0] == []


def test_the_three_most_important_are_shown():
    found, said = told(film(people=2, top_px=200, height_px=300, score=0.2, light=10.0, fps=4))
    assert [finding.name for finding in found][:3] == ["several_people", "feet_outside", "dark"]
    assert len(found) > 3
    assert said == tuple(finding.text for finding in found[:3])


def test_a_single_picture():
    assert told(film(1)) == ([], ("person in 1 of 1 frame, nothing suspicious",))
    assert told(film(1, top_px=150))[0][0].name == "feet_outside"


def test_of_no_frames_nothing_is_said():
    assert told([]) == ([], ())
