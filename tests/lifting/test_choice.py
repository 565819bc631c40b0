"""Which network is taken, of small ones in a folder."""

from __future__ import annotations

import json
import shutil

import pytest
from support.networks import save_small

from realtime.errors import UsageError, WeightsError
from realtime.lifting.choice import NetworkUse, can_be_lifted, choose_network, find_network, own_delay
from realtime.skeleton import BLAZEPOSE33, COCO17, COCO_FEET21, FIT3D25, RUNNER18, RUNNER20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What ships, with smaller windows, and networks for other keypoints."""
    folder = tmp_path_factory.mktemp("model")
    save_small(folder, "causal-1", (1,))
    save_small(folder, "causal-3", (3,))
    save_small(folder, "causal-9")
    save_small(folder, "delay3-9", delay=3)
    save_small(folder, "symmetric-9", causal=False)
    save_small(folder, "symmetric-27", (3, 3, 3), causal=False)
    save_small(folder, "causal-heavy-9", landmarks="heavy")
    save_small(folder, "causal-feet-9", keypoints=BLAZEPOSE33)
    save_small(folder, "symmetric-heavy-feet-9", causal=False, keypoints=BLAZEPOSE33, landmarks="heavy")
    save_small(folder, "mine-27", (3, 3, 3))  # asked for by its name only
    return folder


FULL, HEAVY, LITE = ({"landmarks": kind, "points": BLAZEPOSE33} for kind in ("full", "heavy", "lite"))
COCO = {"landmarks": None, "points": COCO17}


@pytest.mark.parametrize(
    ("window", "delay", "detector", "taken"),
    [
        (1, 0, FULL, "causal-1"),
        (2, 0, FULL, "causal-1"),
        (3, 0, COCO, "causal-3"),
        (27, 0, COCO, "causal-9"),
        (9, 0, FULL, "causal-feet-9"),
        (9, 0, LITE, "causal-feet-9"),  # none knows its errors: as full
        (9, 0, HEAVY, "causal-heavy-9"),
        (3, 0, HEAVY, "causal-3"),
        (9, 3, FULL, "delay3-9"),
        (9, 3, HEAVY, "delay3-9"),
        (27, 4, COCO, "symmetric-9"),  # which sees four frames ahead
        (9, None, FULL, "symmetric-9"),
        (9, None, HEAVY, "symmetric-heavy-feet-9"),
        (9, None, COCO | {"landmarks": "heavy"}, "symmetric-9"),
        (243, None, HEAVY, "symmetric-27"),  # the window comes first
    ],
)
def test_the_network_fits_window_delay_and_detector(folder, window, delay, detector, taken):
    assert choose_network(NetworkUse(window, delay, **detector), folder).stem == taken


def test_a_runner_is_lifted_only_where_a_runner_is_wanted(folder, tmp_path):
    for path in folder.iterdir():
        shutil.copy(path, tmp_path)
    runner = {"joints": RUNNER20}
    with pytest.raises(WeightsError, match=r"^there is no network in .* that answers with runner-20$"):
        choose_network(NetworkUse(9, **runner), tmp_path)
    save_small(tmp_path, "causal-runner-9", **runner)
    save_small(tmp_path, "causal-runner-feet-27", (3, 3, 3), keypoints=COCO_FEET21, **runner)
    save_small(tmp_path, "symmetric-runner-feet-9", causal=False, keypoints=COCO_FEET21, **runner)
    assert (
        choose_network(NetworkUse(27, **FULL), tmp_path)
        == tmp_path / choose_network(NetworkUse(27, **FULL), folder).name
    )
    for use, taken in (
        (NetworkUse(27, **FULL, **runner), "causal-runner-feet-27"),
        (NetworkUse(9, **FULL, **runner), "causal-runner-9"),
        (NetworkUse(27, **COCO, **runner), "causal-runner-9"),
        (NetworkUse(27, None, **FULL, **runner), "symmetric-runner-feet-9"),
    ):
        assert choose_network(use, tmp_path).stem == taken


def test_of_equal_networks_the_plainest_name_is_taken(tmp_path):
    for name in ("causal-b-9", "causal-9", "causal-a-9"):
        save_small(tmp_path, name)
    assert choose_network(NetworkUse(9), tmp_path).stem == "causal-9"


def test_a_delay_that_no_network_has_is_told_with_those_that_there_are(folder):
    with pytest.raises(UsageError) as fault:
        choose_network(NetworkUse(27, 5), folder)
    there = "3 (delay3-9), 4 (symmetric-9), 13 (symmetric-27)"
    assert str(fault.value) == f"--delay 5: no network in {folder} answers so many frames late; there is: {there}"


def test_too_small_a_window_names_the_smallest(folder):
    with pytest.raises(WeightsError, match=r"^the smallest window of a network for --delay 3 is 9; use --window 9$"):
        choose_network(NetworkUse(3, 3), folder)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(WeightsError, match=r"there is no causal model in .*; there is: none"):
        choose_network(NetworkUse(), tmp_path)
    with pytest.raises(UsageError, match="train --symmetric --window 27 --out model/symmetric-27 makes one"):
        choose_network(NetworkUse(27, None), tmp_path)
    with pytest.raises(UsageError, match=r"--delay 3: .* there is: none"):
        choose_network(NetworkUse(27, 3), tmp_path)


def test_where_no_network_can_be_fed_the_detector_will_tell_what_is_missing(tmp_path):
    save_small(tmp_path, "causal-9", keypoints=BLAZEPOSE33)
    assert choose_network(NetworkUse(9, points=RUNNER18), tmp_path).stem == "causal-9"


def test_a_card_that_is_none_is_told(tmp_path):
    save_small(tmp_path, "causal-9").with_suffix(".json").write_text("{}")
    with pytest.raises(WeightsError, match=r"causal-9\.json is not a model card"):
        choose_network(NetworkUse(), tmp_path)


def test_a_skeleton_of_a_later_version_is_passed_over(tmp_path):
    save_small(tmp_path, "causal-9")
    card = save_small(tmp_path, "causal-hands-9").with_suffix(".json")
    card.write_text(json.dumps(json.loads(card.read_text()) | {"skeleton_in": "hands-42"}))
    assert choose_network(NetworkUse(9, points=BLAZEPOSE33), tmp_path).stem == "causal-9"


def test_the_default_is_the_network_that_ships(caplog):
    assert find_network("auto", NetworkUse(27, landmarks="full", points=BLAZEPOSE33)).stem == "causal-feet-27"
    assert find_network("auto", NetworkUse(27, landmarks="heavy", points=BLAZEPOSE33)).stem == "causal-feet-27"
    assert find_network("auto", NetworkUse(27, 3, "full", BLAZEPOSE33)).stem == "delay3-feet-27"
    assert find_network("auto", NetworkUse(81, None, "heavy", BLAZEPOSE33)).stem == "symmetric-feet-81"
    assert find_network("auto", NetworkUse(27)).stem == "causal-27"
    assert find_network("auto", NetworkUse(27, 3)).stem == "delay3-27"
    assert find_network("auto", NetworkUse(1)).stem == "causal-1"
    assert find_network("auto", NetworkUse(3)).stem == "causal-3"
    assert find_network("auto", NetworkUse(243, None)).stem == "symmetric-243"
    assert not caplog.records
    assert find_network("auto", NetworkUse(80)).stem == "causal-27"
    assert "there is no causal network for a window of 80: taking the next smaller, 27" in caplog.text


def test_who_names_a_model_gets_it(tmp_path):
    path = save_small(tmp_path, "delay3-9", delay=3)
    assert find_network("causal", NetworkUse(27, 3)).stem == "causal-27"  # its opener refuses it
    assert find_network(str(path), NetworkUse(27, 0)) == path


@pytest.mark.parametrize(("about", "late"), [({}, 0), ({"causal": False}, 0), ({"delay": 3}, 3)])
def test_a_network_trained_for_a_delay_has_it(tmp_path, about, late):
    assert own_delay(save_small(tmp_path, **about)) == late
    assert own_delay(tmp_path / "checkpoint.bin") == 0


def test_whether_keypoints_can_be_lifted_is_asked_before(folder):
    assert can_be_lifted(NetworkUse(9, None, "full", BLAZEPOSE33), folder)
    assert can_be_lifted(NetworkUse(9, 0, None, COCO17), folder)
    assert not can_be_lifted(NetworkUse(9, 0, None, COCO17, FIT3D25), folder)
    assert not can_be_lifted(NetworkUse(3, None, None, COCO17), folder)  # the smallest symmetric one has 9
