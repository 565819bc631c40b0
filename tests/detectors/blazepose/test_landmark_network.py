"""The real network, on the first frames of the demo clip and on the same frames turned."""

import cv2
import numpy as np
import pytest
from support.demo_clip import demo_frames, demo_limbs, demo_truth

from realtime.detectors.blazepose import KINDS
from realtime.detectors.blazepose.landmark_network import LANDMARKS, LandmarkNetwork
from realtime.detectors.blazepose.network_files import is_present
from realtime.detectors.blazepose.regions import Region
from realtime.errors import WeightsError
from realtime.skeleton import BLAZEPOSE33, LIMB_JOINTS

ORDER = BLAZEPOSE33.indices(LIMB_JOINTS)


@pytest.fixture(scope="module")
def find():
    return LandmarkNetwork("full", 1)


def image():
    return demo_frames(1)[0].image


def region_of_the_person(angle_rad=0.0):
    """From the truth."""
    hips = demo_limbs()[0, [LIMB_JOINTS.index("left_hip"), LIMB_JOINTS.index("right_hip")]].mean(0)
    _, height_px = demo_truth()
    return Region(*hips.tolist(), 1.25 * float(height_px[0]), angle_rad)


@pytest.fixture(scope="module")
def upright(find):
    return find(image(), region_of_the_person(), 0.5)


def test_shapes_and_ranges(upright):
    assert len(BLAZEPOSE33) == LANDMARKS
    assert upright.xy.shape == (33, 2)
    assert upright.world_m.shape == (33, 3)
    assert upright.alignment.shape == (2, 2)
    assert upright.visibility.shape == (33,)
    assert ((upright.visibility >= 0) & (upright.visibility <= 1)).all()
    assert 0.5 < upright.presence <= 1


def test_limb_joints_are_where_the_truth_is(upright):
    error_px = np.linalg.norm(upright.xy[ORDER] - demo_limbs()[0], axis=1)
    assert np.median(error_px) < 0.03 * demo_truth()[1][0]


def test_the_next_region_holds_the_person(upright):
    """The first alignment point is between the hips, the second as far away as the body reaches."""
    height_px = demo_truth()[1][0]
    hips = region_of_the_person()
    assert np.hypot(*(upright.alignment[0] - (hips.x_px, hips.y_px))) < 0.1 * height_px
    assert 0.4 < np.hypot(*(upright.alignment[1] - upright.alignment[0])) / height_px < 0.75


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_gives_the_turned_person(find, upright, quarters):
    """Clockwise by quarters of a turn, by which the pixels are the same."""
    shown, region, xy, world = image(), region_of_the_person(), upright.xy, upright.world_m
    centre = np.array([region.x_px, region.y_px])
    for _ in range(quarters):
        last = shown.shape[0] - 1
        shown = np.ascontiguousarray(np.rot90(shown, -1))
        centre = np.array([last - centre[1], centre[0]])
        xy = np.stack([last - xy[:, 1], xy[:, 0]], 1)
        world = np.stack([-world[:, 1], world[:, 0], world[:, 2]], 1)
    found = find(shown, Region(*centre.tolist(), region.side_px, quarters * np.pi / 2), 0.5)
    assert found.xy == pytest.approx(xy, abs=0.3)
    assert found.world_m == pytest.approx(world, abs=0.005)
    assert found.presence == pytest.approx(upright.presence, abs=0.01)


def test_a_part_of_the_picture_gives_the_same(find, upright):
    """The region ends within it."""
    region = region_of_the_person()
    left = 10
    assert left < region.x_px - region.side_px / 2
    part = np.ascontiguousarray(image()[:, left:])
    moved = Region(region.x_px - left, region.y_px, region.side_px, 0.0)
    found = find(part, moved, 0.5)
    assert found.xy + np.array([left, 0]) == pytest.approx(upright.xy, abs=0.1)
    assert found.world_m == pytest.approx(upright.world_m, abs=0.005)


def test_beyond_the_edge_the_picture_goes_on_as_it_ends(find):
    """The person is cut by the left edge; the same picture with its edges repeated gives the same."""
    region = region_of_the_person()
    start = round(region.x_px) - 20
    cut = np.ascontiguousarray(image()[:, start:])
    inside = Region(region.x_px - start, region.y_px, region.side_px, 0.0)
    wide = cv2.copyMakeBorder(cut, 200, 200, 200, 200, cv2.BORDER_REPLICATE)
    moved = Region(inside.x_px + 200, inside.y_px + 200, region.side_px, 0.0)
    assert inside.x_px < region.side_px / 2 < 200
    found, expected = find(cut, inside, 0.1), find(wide, moved, 0.1)
    assert found.xy == pytest.approx(expected.xy - 200, abs=0.1)
    assert found.presence == pytest.approx(expected.presence, abs=1e-3)


def test_nobody(find):
    """On the wall, on black and outside the picture; what is asked of the presence decides."""
    wall = Region(650.0, 200.0, 300.0, 0.0)
    assert find(image(), wall, 0.5) is None
    assert find(np.zeros((480, 854, 3), np.uint8), region_of_the_person(), 0.5) is None
    assert find(image(), Region(-5000.0, 200.0, 300.0, 0.0), 0.5) is None
    assert find(image(), wall, -1.0) is not None
    assert find(image(), region_of_the_person(), 1.0) is None


def test_an_answer_stays_when_another_is_computed(find):
    first = find(image(), region_of_the_person(), 0.5)
    copies = first.xy.copy(), first.world_m.copy(), first.alignment.copy(), first.visibility.copy()
    find(image()[::-1].copy(), region_of_the_person(), -1.0)
    for values, copy in zip((first.xy, first.world_m, first.alignment, first.visibility), copies, strict=True):
        np.testing.assert_array_equal(values, copy)


@pytest.mark.parametrize("kind", KINDS)
def test_every_size_of_the_network(kind):
    if not is_present(f"pose_landmark_{kind}"):
        with pytest.raises(WeightsError, match=f"pose_landmark_{kind} is not at"):
            LandmarkNetwork(kind, 1)
        pytest.skip(f"the network pose_landmark_{kind} is not here")
    found = LandmarkNetwork(kind, 1)(image(), region_of_the_person(), 0.5)
    error_px = np.linalg.norm(found.xy[ORDER] - demo_limbs()[0], axis=1)
    assert np.median(error_px) < 0.03 * demo_truth()[1][0]
