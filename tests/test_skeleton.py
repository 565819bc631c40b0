from __future__ import annotations

import pytest

from realtime.skeleton import (
    BLAZEPOSE33,
    COCO17,
    COCO_FEET21,
    FIT3D25,
    H36M17,
    HALPE26,
    LIMB_JOINTS,
    RUNNER18,
    SKELETONS,
    coco_points,
)

# As FORMATS of the united systems give them, typed here a second time as numbers.
H36M_PARENTS = (-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15)
H36M_LEFT, H36M_RIGHT = (4, 5, 6, 11, 12, 13), (1, 2, 3, 14, 15, 16)
RUNNER_PARENTS = (1, 2, 5, 1, 1, -1, 5, 16, 5, 17, 3, 4, 10, 11, 6, 8, 14, 15)
RUNNER_LEFT, RUNNER_RIGHT = (3, 6, 7, 10, 12, 14, 16), (4, 8, 9, 11, 13, 15, 17)


def test_human36m_is_the_published_tree():
    assert H36M17.parents == H36M_PARENTS
    assert H36M17.left == H36M_LEFT
    assert H36M17.right == H36M_RIGHT
    assert H36M17.joints[10] == "head_top"


def test_coco_sides_are_odd_and_even():
    assert COCO17.left == tuple(range(1, 17, 2))
    assert COCO17.right == tuple(range(2, 17, 2))


def test_runner_is_rooted_at_the_back_of_the_waist():
    assert RUNNER18.parents == RUNNER_PARENTS
    assert sorted(RUNNER18.left) == sorted(RUNNER_LEFT)
    assert sorted(RUNNER18.right) == sorted(RUNNER_RIGHT)


def test_fit3d_begins_with_human36m():
    assert FIT3D25.joints[:17] == H36M17.joints
    assert FIT3D25.parents[:17] == H36M17.parents


def test_coco_with_feet_is_found_by_those_who_find_feet():
    assert COCO_FEET21.joints[:17] == COCO17.joints
    for found in (BLAZEPOSE33, HALPE26):
        assert set(COCO_FEET21.joints) <= set(found.joints)


def test_blazepose_landmark_numbers():
    # MediaPipe's own numbering of the landmarks that other code relies on.
    numbers = {"nose": 0, "left_shoulder": 11, "right_wrist": 16, "left_hip": 23, "right_ankle": 28, "right_toe": 32}
    assert {name: BLAZEPOSE33.index(name) for name in numbers} == numbers


def test_halpe_numbers():
    # Halpe-FullBody's list of its 26 body keypoints; the first 17 are COCO's.
    middle = {"head_top": 17, "neck": 18, "pelvis": 19}
    left = {"left_toe": 20, "left_small_toe": 22, "left_heel": 24}
    right = {"right_toe": 21, "right_small_toe": 23, "right_heel": 25}
    assert HALPE26.joints[:17] == COCO17.joints
    assert {name: HALPE26.index(name) for name in HALPE26.joints[17:]} == middle | left | right


@pytest.mark.parametrize("skeleton", [COCO17, COCO_FEET21, BLAZEPOSE33, HALPE26], ids=lambda s: s.name)
def test_what_a_detector_finds_hangs_on_a_coco_keypoint(skeleton):
    assert skeleton.joints[skeleton.root] in COCO17.joints


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=lambda s: s.name)
class TestEverySkeleton:
    def test_parents_form_one_tree(self, skeleton):
        assert [p for p in skeleton.parents if p < 0] == [-1]
        for joint in range(len(skeleton)):
            seen = set()
            while joint >= 0:
                assert joint not in seen
                seen.add(joint)
                joint = skeleton.parents[joint]  # noqa: PLW2901  # climbing to the root is the point

    def test_mirror_twice_is_nothing(self, skeleton):
        assert [skeleton.mirror[i] for i in skeleton.mirror] == list(range(len(skeleton)))

    def test_every_sided_joint_has_its_twin(self, skeleton):
        for left, right in zip(skeleton.left, skeleton.right, strict=True):
            assert skeleton.joints[left].replace("left", "right") == skeleton.joints[right]
            assert (skeleton.side(left), skeleton.side(right)) == ("left", "right")

    def test_one_bone_less_than_joints(self, skeleton):
        assert len(skeleton.bones) == len(skeleton) - 1

    def test_names_are_unique_and_found(self, skeleton):
        assert skeleton.indices(skeleton.joints) == list(range(len(skeleton)))


def test_limb_joints_are_in_all_bodies():
    for skeleton in (H36M17, COCO17, COCO_FEET21, BLAZEPOSE33, HALPE26, RUNNER18, FIT3D25):
        assert len(skeleton.indices(LIMB_JOINTS)) == 12


@pytest.mark.parametrize(("found", "kept"), [(BLAZEPOSE33, COCO_FEET21), (COCO17, COCO17), (HALPE26, COCO_FEET21)])
def test_feet_are_among_the_coco_points_where_they_are_found(found, kept):
    assert coco_points(found) is kept


def test_an_unknown_joint_is_told():
    with pytest.raises(ValueError, match=r"tuple\.index"):
        H36M17.index("tail")
