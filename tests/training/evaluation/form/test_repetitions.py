"""Repetitions of UI-PRMD: which can be used, and where they start, turn and end."""

import numpy as np
import pytest
from support.squat_markers import RATE_HZ, squat_markers, write_archive, write_people

from realtime.training.evaluation.form.repetitions import read_repetitions


def test_people_exercises_and_labels_are_those_of_the_archives(tmp_path):
    write_people(tmp_path)
    found = read_repetitions(tmp_path)
    assert found.people == ["uiprmd-s05", "uiprmd-s09"]
    assert len(found.found) == 12
    assert {one.exercise for one in found.found} == {"squat"}
    assert [one.correct for one in found.of("uiprmd-s05", "squat")] == [True] * 3 + [False] * 3
    assert found.of("uiprmd-s05", "lunge") == []


def test_a_movement_starts_a_tenth_of_its_way_after_the_cut_and_turns_in_the_middle(tmp_path):
    write_archive(tmp_path, "s01", {"m01_e00_correct": squat_markers(2.4)})
    (one,) = read_repetitions(tmp_path).found
    start, turn, end = one.phases
    still, moving = 0.2 * RATE_HZ, 2.0 * RATE_HZ
    assert turn == pytest.approx(still + moving / 2, abs=1)
    tenth = np.arccos(0.8) / (2 * np.pi) * moving  # of the cosine's period: (1 - cos) / 2 = 0.1
    assert start == pytest.approx(still + tenth, abs=3)
    assert end == pytest.approx(still + moving - tenth, abs=3)


def test_short_gaps_are_filled_and_other_losses_are_skipped_with_their_reason(tmp_path):
    def lost(marker: int, first: int, last: int) -> np.ndarray:
        markers = squat_markers()
        markers[first:last, marker] = np.nan
        return markers

    whole = {f"m01_e{row:02d}_correct": squat_markers() for row in range(3)}
    write_archive(
        tmp_path,
        "s01",
        {
            **whole,
            "m01_e03_correct": lost(3, 50, 80),
            "m01_e04_correct": lost(3, 50, 120),
            "m01_e05_correct": lost(3, 0, 200),
            "m01_e06_correct": squat_markers()[:100],  # ends at the bottom
            "m01_e07_correct": squat_markers()[:1],
            "m99": squat_markers(),
        },
    )
    found = read_repetitions(tmp_path)
    assert [one.number for one in found.found] == [0, 1, 2, 3]
    assert found.rebuilt == 1
    assert found.skipped == {
        "a marker is lost for more than 0.5 s": 1,
        "a marker is lost throughout": 1,
        "begins or ends in the middle of the movement": 1,
        "shorter than 0.6 s": 1,
        "a name of another kind": 1,
    }
    assert str(found).startswith("4 repetitions, 1 of them with gaps filled, 1 skipped: ")
