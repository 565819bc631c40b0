"""Following one person among several."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.tracking.identity import PersonFollower, overlap

NS = 1_000_000_000
SIZE_WH = (640, 480)


def box(x, y=100.0, width=50.0, height=200.0):
    return [x, y, x + width, y + height]


def follow(follower, *boxes, t_s, scores=None):
    return follower.choose(
        np.array(boxes, np.float32), np.ones(len(boxes)) if scores is None else scores, int(t_s * NS), SIZE_WH
    )


def test_overlap_by_hand():
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10], [2, 2, 4, 4], [3, 3, 3, 9]], np.float32)
    np.testing.assert_allclose(overlap(others[0], others), [1, 50 / 150, 0, 4 / 100, 0], rtol=1e-6)


@given(st.lists(st.floats(-1000, 1000, width=32), min_size=8, max_size=8))
def test_overlap_is_symmetric_and_a_share(numbers):
    a, b = np.array(numbers, np.float32).reshape(2, 4)
    there, back = overlap(a, b[None])[0], overlap(b, a[None])[0]
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= 1 + 1e-5


def test_first_takes_the_nearest_then_stays():
    follower = PersonFollower()
    small, large = box(400, width=20, height=80), box(100)
    assert follow(follower, small, large, t_s=0) == 1
    grown = box(400, width=200, height=400)
    assert follow(follower, grown, large, t_s=0.1) == 1, "a larger newcomer is not followed"
    assert follower.person == 0


def test_centre_takes_the_nearest_to_the_middle_then_stays():
    follower = PersonFollower("centre")
    giant, middle = box(0, 0, 200, 480), box(300, 140)
    assert follow(follower, giant, middle, t_s=0) == 1
    assert follow(follower, box(320, 140), box(340, 140), t_s=0.1) == 0, "who overlaps most is the same person"
    left = PersonFollower("centre")
    assert follow(left, box(310, 400), box(260, 180, 100, 100), t_s=0) == 1, "down counts as across"


@pytest.mark.parametrize(("person", "index"), [("1", 1), ("2", 2), ("3", 0)])
def test_a_number_counts_from_the_left_whatever_the_order(person, index):
    follower = PersonFollower(person)
    boxes = box(500), box(20, width=5), box(200, height=400)
    assert follow(follower, *boxes, t_s=0) == index
    order = [2, 0, 1]
    assert order[follow(follower, *(boxes[i] for i in order), t_s=0.1)] == index


def test_a_number_waits_for_so_many_people(caplog):
    caplog.set_level("INFO")
    follower = PersonFollower("2")
    for t_s in (0, 0.1):
        assert follow(follower, box(100), t_s=t_s) is None
    assert [r.getMessage() for r in caplog.records] == ["--person: waiting for a frame with more people (1 in view)"]
    assert follow(follower, box(400), box(100), t_s=0.2) == 0
    assert follow(follower, box(405), t_s=0.3) == 0, "who is followed is followed alone too"
    assert follow(follower, box(100), t_s=5) is None
    assert follow(follower, box(100), box(300), t_s=6) == 1
    assert follower.person == 1


def test_an_uncertain_giant_is_not_the_subject():
    assert follow(PersonFollower(), box(0, width=60), box(300), t_s=0, scores=np.array([0.7, 0.99])) == 1


def test_nobody_else_is_followed_while_the_person_may_come_back():
    follower = PersonFollower(patience_s=1.0)
    follow(follower, box(100), t_s=0)
    assert follow(follower, box(400), t_s=0.9) is None
    assert follow(follower, box(400), box(105), t_s=0.95) == 1
    assert follower.person == 0


def test_another_person_after_the_patience():
    follower = PersonFollower(patience_s=1.0)
    follow(follower, box(100), t_s=0)
    assert follow(follower, box(400), t_s=0.99) is None
    assert follow(follower, box(400), t_s=1.0) == 0
    assert follower.person == 1


def test_whoever_comes_after_a_long_absence_counts_as_another():
    follower = PersonFollower(patience_s=1.0)
    follow(follower, box(100), t_s=0)
    assert follow(follower, t_s=3) is None
    assert follow(follower, box(100), t_s=4) == 0
    assert follower.person == 1


def test_without_patience_a_jump_is_another_person_at_once():
    follower = PersonFollower(patient=False)
    follow(follower, box(100), t_s=0)
    assert follow(follower, box(400), t_s=0.1) == 0
    assert follower.person == 1
    assert follow(follower, box(401), t_s=0.5) == 0
    assert follower.person == 1


def test_time_that_jumps_back_begins_anew():
    follower = PersonFollower()
    follow(follower, box(100), t_s=10)
    assert follow(follower, box(400), t_s=0) == 0


@settings(deadline=None, max_examples=30)
@given(
    speed=st.floats(20, 120),
    other_speed=st.floats(-120, -20),
    rate_hz=st.sampled_from([10, 15, 25, 30, 60]),
    size=st.floats(0.6, 1.6),
    data=st.data(),
)
def test_two_people_who_cross_are_not_swapped(speed, other_speed, rate_hz, size, data):
    """Bodies 50 px wide at up to 2.4 of their widths a second, in any order in the list."""
    follower = PersonFollower()
    meeting_x, crossing_s = 320.0, 3.0
    first = None
    for frame in range(int(2 * crossing_s * rate_hz)):
        t_s = frame / rate_hz
        people = [
            box(meeting_x + speed * (t_s - crossing_s)),
            box(meeting_x + other_speed * (t_s - crossing_s), width=50 * size, height=200 * size),
        ]
        order = data.draw(st.permutations([0, 1])) if frame % 5 == 0 else [0, 1]
        chosen = follow(follower, *(people[i] for i in order), t_s=t_s)
        first = order[chosen] if first is None else first
        if not np.allclose(*people, atol=1):  # where they are one box, none is the wrong one
            assert order[chosen] == first
    assert follower.person == 0


@given(
    st.lists(st.lists(st.tuples(*[st.floats(-1e4, 1e4)] * 4), max_size=4), max_size=20),
    st.sampled_from(["largest", "centre", "1", "3"]),
)
def test_any_boxes_give_an_index_or_none(frames, person):
    follower = PersonFollower(person)
    for t, boxes in enumerate(frames):
        before = follower.person
        chosen = follower.choose(np.array(boxes, np.float32).reshape(-1, 4), np.ones(len(boxes)), t * NS // 4, SIZE_WH)
        assert chosen is None or 0 <= chosen < len(boxes)
        assert follower.person in (before, before + 1)


def test_whoever_hides_the_followed_person_is_not_followed_instead():
    """Two walk towards each other; the one behind, who is followed, is not detected while hidden."""
    follower = PersonFollower("2")
    for frame in range(60):
        front, behind = box(20 + 8 * frame, width=60, height=300), box(500 - 8 * frame, 140)
        hidden = abs(front[0] - behind[0]) < 30
        chosen = follow(follower, *([front] if hidden else [front, behind]), t_s=frame / 30)
        assert chosen == (None if hidden else 1), frame
    assert follower.person == 0


def test_two_boxes_of_one_person_are_both_that_person():
    follower = PersonFollower()
    assert follow(follower, box(100), box(103, width=45), t_s=0) == 0
    assert follow(follower, box(103, width=45), t_s=0.1) == 0
    assert follow(follower, box(104, width=46), t_s=0.2) == 0
    assert follower.person == 0


places = st.integers(0, 6).map(lambda place: float(70 * place))  # few, so that boxes are equal, and touch


@given(
    frames=st.lists(st.lists(st.tuples(places, places, st.sampled_from([0.5, 0.9])), max_size=4), max_size=12),
    person=st.sampled_from(["largest", "centre", "1", "2"]),
    seed=st.integers(0, 1000),
)
def test_the_same_people_whatever_their_order(frames, person, seed):
    """A detector may list everybody in another order in every frame."""
    rng, listed, shuffled = np.random.default_rng(seed), PersonFollower(person), PersonFollower(person)
    for number, people in enumerate(frames):
        order = rng.permutation(len(people))
        chosen = []
        for follower, at in ((listed, range(len(people))), (shuffled, order)):
            boxes = [(*box(people[i][0], people[i][1]), people[i][2]) for i in at]
            scores = np.array([one[4] for one in boxes], np.float32)
            index = follow(follower, *(one[:4] for one in boxes), t_s=number / 4, scores=scores)
            chosen.append((None if index is None else boxes[index], follower.person))
        assert chosen[0] == chosen[1]
