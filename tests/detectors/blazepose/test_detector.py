"""The real networks on the bundled clip, against its exact truth."""

import shutil
from contextlib import closing

import cv2
import numpy as np
import pytest
from support.demo_clip import ASSETS, demo_frames, demo_limbs, demo_truth, frame_of
from support.estimators import followed
from support.processes import run_python

from realtime.detectors import open_detector
from realtime.detectors.blazepose import KINDS
from realtime.detectors.blazepose.detector import BlazePose
from realtime.detectors.blazepose.landmark_network import LandmarkNetwork
from realtime.detectors.blazepose.network_files import FOLDER_VARIABLE, is_present, networks_folder, networks_of_wheel
from realtime.detectors.blazepose.person_detector import PersonDetector
from realtime.detectors.blazepose.tiles import coarse_tiles, fine_tiles
from realtime.errors import UsageError, WeightsError
from realtime.skeleton import BLAZEPOSE33, LIMB_JOINTS

COUNT = 150  # walking away and towards, and the turn between
ORDER = BLAZEPOSE33.indices(LIMB_JOINTS)
SECOND = 30  # frames
BLACK = np.zeros((480, 854, 3), np.uint8)


def picture(index):
    return demo_frames(COUNT)[index].image


def errors(person, truth):
    """Of the limb joints (12,), as fractions of the height of the body's box."""
    height_px = np.ptp(truth[:, 1])
    return np.linalg.norm(person.keypoints.xy[ORDER] - truth, axis=1) / height_px


def is_at(person, truth):
    return np.median(errors(person, truth)) < 0.06


@pytest.fixture
def opened():
    """Opens detectors, and closes them afterwards."""
    detectors = []

    def open_one(**options):
        detectors.append(open_detector("blazepose", **options))
        return detectors[-1]

    yield open_one
    for detector in detectors:
        detector.close()


@pytest.fixture
def looks(monkeypatch):
    """The windows that the person detector looks at, as it does."""
    windows, look = [], PersonDetector.look

    def counted(self, image, window=None, *rest, **more):
        windows.append(window)
        return look(self, image, window, *rest, **more)

    monkeypatch.setattr(PersonDetector, "look", counted)
    return windows


@pytest.fixture
def searches(monkeypatch):
    """The regions in which the landmark network searches, as it does."""
    regions, search = [], LandmarkNetwork.__call__

    def counted(self, image, region, *rest, **more):
        regions.append(region)
        return search(self, image, region, *rest, **more)

    monkeypatch.setattr(LandmarkNetwork, "__call__", counted)
    return regions


# One person


@pytest.fixture(scope="module")
def poses():
    with closing(open_detector("blazepose")) as detector:
        detect = followed(detector)
        return [detect(frame) for frame in demo_frames(COUNT)]


def test_it_finds_the_person_in_every_frame(poses):
    assert all(poses)
    assert {pose.person for pose in poses} == {0}


def test_limb_joints_are_where_the_truth_is(poses):
    """3 % of the body's height; 1.8 % was measured over the whole clip."""
    _, height_px = demo_truth()
    found = np.stack([pose.xy[ORDER] for pose in poses])
    error = np.linalg.norm(found - demo_limbs()[:COUNT], axis=-1) / height_px[:COUNT, None]
    assert np.median(error) < 0.03
    assert np.median(error, axis=0).max() < 0.05


def test_its_own_3d_has_the_camera_axes(poses):
    """Metres from the hip centre; x right, y down, z away, each compared with the truth."""
    found = np.stack([pose.world_m[ORDER] for pose in poses])
    with np.load(ASSETS / "demo_truth.npz") as truth:
        names = [str(name).replace("l_", "left_").replace("r_", "right_") for name in truth["joint_names"]]
        camera = truth["joints_3d_camera"][:COUNT]
    hips = camera[:, [names.index("left_hip"), names.index("right_hip")]].mean(1, keepdims=True)
    exact = camera[:, [names.index(joint) for joint in LIMB_JOINTS]] - hips
    for axis in range(3):
        agreement = np.corrcoef(found[..., axis].ravel(), exact[..., axis].ravel())[0, 1]
        assert agreement > 0.7
    middle = np.stack([pose.world_m[BLAZEPOSE33.indices(["left_hip", "right_hip"])].mean(0) for pose in poses])
    assert np.abs(middle).max() < 0.01


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_frames_give_the_same_keypoints(poses, opened, threads):
    detector = opened(threads=threads)
    for frame, pose in zip(demo_frames(COUNT)[:10], poses, strict=False):
        (person,) = detector(frame)
        np.testing.assert_allclose(person.keypoints.xy, pose.xy, atol=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_size_of_the_network(opened, kind):
    if not is_present(f"pose_landmark_{kind}"):
        pytest.skip(f"the network pose_landmark_{kind} is not here")
    detector = opened(landmarks=kind)
    error = [errors(*detector(frame), demo_limbs()[frame.index]) for frame in demo_frames(COUNT)[:5]]
    assert np.median(error) < 0.03


def test_boxes_and_scores(opened):
    detector = opened()
    for frame in demo_frames(COUNT)[:5]:
        (person,) = detector(frame)
        xy = person.keypoints.xy
        np.testing.assert_array_equal(person.box_px, [*xy.min(0), *xy.max(0)])
        assert 0.5 < person.score <= 1
        left, top, right, bottom = person.box_px
        truth = demo_limbs()[frame.index]
        slack = 0.05 * np.ptp(truth[:, 1])
        assert (truth > (left - slack, top - slack)).all()
        assert (truth < (right + slack, bottom + slack)).all()


def test_nobody_on_a_black_picture_and_another_person_after_a_while(opened):
    detect = followed(opened())
    assert detect(frame_of(BLACK, 0)) is None
    assert detect(frame_of(picture(0), 1)).person == 0
    for index in range(2, 8):
        assert detect(frame_of(BLACK, index)) is None
    assert detect(frame_of(picture(0), 8)).person == 0  # a quarter of a second later
    for index in range(9, 15):
        detect(frame_of(BLACK, index))
    assert detect(frame_of(picture(0), 60)).person == 1


@pytest.mark.parametrize("people", [1, 4])
def test_a_person_who_comes_and_leaves_twice(opened, people):
    """The right half of the clip: somebody walks into it, turns and leaves.  Found as soon as the whole
    body is in it, and gone when no joint is."""
    left, detector, frames = 450, opened(people=people), range(30, COUNT, 4)
    states = []
    for turn in range(2):
        for index in frames:
            shown = np.ascontiguousarray(picture(index)[:, left:])
            found = detector(frame_of(shown, index, t_s=turn * 20 + index / 30))
            truth = demo_limbs()[index] - (left, 0)
            assert len(found) <= 1
            if truth[:, 0].min() > 5:
                assert is_at(found[0], truth)
                states.append("in")
            elif truth[:, 0].max() < -20:
                assert found == []
                states.append("out")
    changes = [one for one, before in zip(states, [None, *states], strict=False) if one != before]
    assert changes == ["out", "in", "out", "in", "out"]


def test_a_picture_of_another_size(opened):
    """Also an upright one, in which the person is elsewhere."""
    detector = opened()
    for index, scale in enumerate((1, 0.5, 2, 1)):
        shown = cv2.resize(picture(index), None, fx=scale, fy=scale)
        (person,) = detector(frame_of(shown, index))
        assert is_at(person, scale * demo_limbs()[index])
        assert person.keypoints.size_wh == (854 * scale, 480 * scale)
    upright = np.full((854, 480, 3), 90, np.uint8)
    upright[350:830, :460] = picture(4)[:, 20:480]
    (person,) = detector(frame_of(upright, 4))
    assert is_at(person, demo_limbs()[4] + (-20, 350))


# What is looked at


def test_while_nobody_is_there_a_frame_has_few_looks(opened, looks, searches):
    detector = opened()
    for index in range(15):
        looks.clear()
        assert detector(frame_of(BLACK, index)) == []
        assert looks[0] is None  # the whole picture
        assert 1 <= len(looks) <= 4
    assert searches == []


def test_no_look_while_the_only_one_is_followed(opened, looks, searches):
    detector = opened(people=1)
    detector(frame_of(BLACK, 0))
    looks.clear()
    (_,) = detector(frame_of(picture(0), 1))
    assert looks == [None]  # found in the first look: no other
    looks.clear()
    searches.clear()
    for index in range(1, 20):
        (_,) = detector(frame_of(picture(index), index + 1))
    assert looks == []
    assert len(searches) == 19
    assert detector(frame_of(BLACK, 21)) == []
    assert looks  # lost: looked for in the same frame


def test_others_are_looked_for_by_one_look_a_frame(opened, looks, searches):
    detector = opened(people=4)
    detector(frame_of(picture(0), 0))
    for index in range(1, 20):
        looks.clear()
        searches.clear()
        assert len(detector(frame_of(picture(index), index))) == 1
        assert len(looks) <= 1
        assert 1 <= len(searches) <= 2


def test_where_somebody_was_lost_is_looked_at(opened, looks):
    """In the frame of the loss already: a part of the picture that is none of the tiles."""
    detector = opened()
    for index in range(3):
        detector(frame_of(picture(index), index))
    looks.clear()
    assert detector(frame_of(BLACK, 3)) == []
    tiles = {None, *coarse_tiles((854, 480)), *fine_tiles((854, 480))}
    ((left, top, width, height),) = set(looks) - tiles
    truth = demo_limbs()[2]
    assert (truth > (left, top)).all()
    assert (truth < (left + width, top + height)).all()
    assert width < 854


# Several people

PARTS = ((30, 0.6, 10), (0, 1.0, 250), (60, 0.8, 600))  # frames later, size, left edge in px


def scene(index, parts=PARTS, size_wh=(900, 480)):
    """A wide picture of parts of the clip, each with a person, and where these are."""
    shown, truths = np.full((size_wh[1], size_wh[0], 3), 90, np.uint8), []
    for later, scale, left in parts:
        truth = demo_limbs()[index + later]
        start = max(0, int(truth[:, 0].mean()) - 130)
        part = cv2.resize(picture(index + later)[:, start : start + 260], None, fx=scale, fy=scale)
        top = size_wh[1] - len(part)
        shown[top:, left : left + part.shape[1]] = part
        truths.append(scale * (truth - (start, 0)) + (left, top))
    return shown, truths


def whose(people, truths):
    """For each person in the picture, how many of those who were found are there."""
    return [sum(bool(is_at(person, truth)) for person in people) for truth in truths]


def test_everybody_is_found_once(opened):
    detector = opened(people=4)
    for index in range(SECOND + 5):
        shown, truths = scene(index)
        found = detector(frame_of(shown, index))
        counts = whose(found, truths)
        assert len(found) == sum(counts)  # nobody where nobody is
        assert max(counts) == 1
        if index >= SECOND:
            assert counts == [1, 1, 1]


def test_one_is_the_largest(opened):
    detector = opened(people=1)
    assert not detector.many_people
    for index in range(10):
        shown, truths = scene(index)
        assert whose(detector(frame_of(shown, index)), truths) == [0, 1, 0]


def test_no_more_people_than_asked_for(opened):
    detector = opened(people=2)
    assert detector.many_people
    for index in range(SECOND):
        shown, truths = scene(index)
        counts = whose(detector(frame_of(shown, index)), truths)
    assert sum(counts) == 2


def test_two_people_who_are_hidden_at_once_come_back(opened):
    detector = opened(people=2)
    parts = ((0, 1.0, 20), (60, 1.0, 400))
    for index in range(40):
        shown, truths = scene(index, parts, (700, 480))
        if 20 <= index < 23:
            shown[:] = 0
        found = detector(frame_of(shown, index))
        if 20 <= index < 23:
            assert found == []
        elif index in (19, 39):
            assert whose(found, truths) == [1, 1]


def test_whoever_stood_beside_another_and_is_gone_is_not_that_other(opened):
    """The region of the one who is gone holds the other too."""
    detector, apart_px = opened(people=2), 90
    here, gone = demo_limbs()[0] + (100 - 60, 0), demo_limbs()[60] + (100 + apart_px - 380, 0)
    counts = []
    for index in range(22):
        shown = np.full((480, 700, 3), 90, np.uint8)
        if index < 15:
            shown[:, 100 + apart_px : 360 + apart_px] = picture(60)[:, 380:640]
        shown[:, 100 : 230 + apart_px // 2] = picture(0)[:, 60 : 190 + apart_px // 2]
        found = detector(frame_of(shown, index))
        counts.append(whose(found, [here, gone]))
        assert len(found) == sum(counts[-1])
    assert counts[14] == [1, 1]
    assert counts[-1] == [1, 0]


# Pictures of all kinds


@pytest.mark.parametrize("shape", [(480, 640, 3), (1, 1, 3), (16, 16, 3), (2, 700, 3), (700, 2, 3), (16, 16384, 3)])
def test_nobody_in_an_empty_picture_of_any_size(opened, shape):
    detector = opened(people=2)
    for index in range(2):
        assert detector(frame_of(np.zeros(shape, np.uint8), index)) == []
        assert detector(frame_of(np.full(shape, 200, np.uint8), index)) == []


def test_nobody_in_noise(opened, rng):
    detector = opened()
    for index in range(3):
        assert detector(frame_of(rng.integers(0, 256, (240, 320, 3), np.uint8), index)) == []


def test_a_huge_picture(opened):
    (person,) = opened()(frame_of(cv2.resize(picture(0), None, fx=5, fy=5)))
    assert is_at(person, 5 * demo_limbs()[0])


def test_a_tiny_picture(opened):
    """The person is 56 px high."""
    (person,) = opened()(frame_of(cv2.resize(picture(0), None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)))
    assert is_at(person, 0.2 * demo_limbs()[0])


def test_a_person_of_80_px_in_a_wide_picture_is_found_within_a_second(opened):
    """By a look at the whole nobody is."""
    detector, scale = opened(), 0.3
    small = cv2.resize(picture(0)[:, 40:360], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    shown = np.full((720, 1280, 3), 90, np.uint8)
    shown[400 : 400 + len(small), 900 : 900 + small.shape[1]] = small
    found = [detector(frame_of(shown, index)) for index in range(SECOND)]
    assert found[0] == [] or is_at(found[0][0], scale * (demo_limbs()[0] - (40, 0)) + (900, 400))
    (person,) = found[-1]
    assert is_at(person, scale * (demo_limbs()[0] - (40, 0)) + (900, 400))


@pytest.mark.parametrize("channels", ["grey", "one", "alpha"])
def test_a_grey_picture_and_one_with_alpha(opened, channels):
    grey = cv2.cvtColor(picture(0), cv2.COLOR_BGR2GRAY)
    alpha = np.concatenate([picture(0), np.zeros((480, 854, 1), np.uint8)], 2)
    (person,) = opened()(frame_of({"grey": grey, "one": grey[..., None], "alpha": alpha}[channels]))
    assert is_at(person, demo_limbs()[0])


# What it is opened with


@pytest.mark.parametrize("kind", ["huge", "", "FULL", None])
def test_a_network_that_is_none(kind):
    with pytest.raises(UsageError, match="full, heavy, lite") as fault:
        BlazePose(landmarks=kind)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("people", [0, -1])
def test_fewer_than_one_person(people):
    with pytest.raises(UsageError, match=f"at least one person, not {people}"):
        BlazePose(people=people)


def test_a_network_that_is_not_here_or_damaged(tmp_path, monkeypatch):
    for network in networks_of_wheel():
        shutil.copy(networks_folder() / network.file_name, tmp_path)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(WeightsError, match=r"pose_landmark_lite is not at .*npm pack"):
        BlazePose(landmarks="lite")
    (tmp_path / "pose_detection.tflite").write_bytes(b"TFL3")
    with pytest.raises(WeightsError, match=r"pose_detection\.tflite is damaged") as fault:
        BlazePose()
    assert "\n" not in str(fault.value)


def test_it_says_nothing_on_stderr():
    code = "from realtime.detectors import open_detector\nfrom support.demo_clip import demo_frames\n"
    code += "d = open_detector('blazepose'); print([len(d(f)) == 1 for f in demo_frames(3)]); d.close()"
    done = run_python(code, flags=("-W", "error"))
    assert done.stdout == "[True, True, True]\n"
    assert done.stderr == ""
