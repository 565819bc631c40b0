"""RTMPose by networks of its layout that find coloured dots; no network of the zoo could be had here."""

import sys
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from support.demo_clip import frame_of
from support.rtmpose_networks import dot_finder, dots, save_dot_finder

from realtime.detectors.blazepose import person_detector
from realtime.detectors.person_crops import crop_around
from realtime.detectors.rtmpose import RtmPose, _join, _Person
from realtime.detectors.simcc import decode
from realtime.errors import MissingLibrary, UsageError, WeightsError
from realtime.skeleton import COCO17, HALPE26

runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
onnx = pytest.importorskip("onnx", reason="onnx is not installed")

WIDTH, HEIGHT = 192, 256  # of the network's input
CENTRE = np.array([320, 240])

# Where the keypoints of somebody are: px from the middle of the body, in no order that matters, none
# closer to another than 30 px.
_GRID = np.stack(np.meshgrid([-60, -30, 0, 30, 60], [-80, -48, -16, 16, 48, 80]), -1).reshape(-1, 2)
BODY = _GRID[np.arange(26) * 7 % 30]
BOX_OF_ONE = np.array([-76.8, -102.4, 76.8, 102.4])  # 1.25 times that is 192 x 256: one px is one px


class Told:
    """A person detector that gives what it was told, and counts how often it was asked."""

    def __init__(self, *boxes):
        self.boxes = boxes
        self.asked = 0

    def __call__(self, _image):
        self.asked += 1
        return self.boxes


def box_at(centre, zoom=1.0):
    return BOX_OF_ONE * zoom + np.tile(centre, 2)


def body_at(centre, joints=17):
    return BODY[:joints] + np.asarray(centre)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return save_dot_finder(tmp_path_factory.mktemp("rtmpose") / "end2end.onnx")


def open_told(path, *boxes, **options):
    told = Told(*boxes)
    return RtmPose(path, "cpu", find_people=told, **options), told


def keypoints(found):
    return [person.keypoints for person in found]


def nearest(found, centre):
    return min(keypoints(found), key=lambda pose: np.linalg.norm(np.nanmean(pose.xy, 0) - centre))


# Decoding


def test_a_keypoint_is_at_the_largest_values_of_its_column_and_row():
    simcc_x, simcc_y = np.zeros((1, 2, 8), np.float32), np.zeros((1, 2, 6), np.float32)
    simcc_x[0, 0, 5], simcc_y[0, 0, 2] = 0.75, 0.5
    simcc_x[0, 1, [0, 7]], simcc_y[0, 1, 5] = (0.25, 1.5), 1.25
    xy, score = decode(simcc_x, simcc_y)
    assert xy.tolist() == [[[2.5, 1.0], [3.5, 2.5]]]  # two bins are one px
    assert score.tolist() == [[0.5, 1.0]]  # the smaller one of the two, at most 1
    assert (xy.dtype, score.dtype) == (np.float32, np.float32)


@pytest.mark.parametrize("value", [0, -0.5, np.nan])
def test_what_nothing_speaks_for_has_no_place(value):
    xy, score = decode(np.full((1, 1, 8), value, np.float32), np.ones((1, 1, 6), np.float32))
    assert np.isnan(xy).all()
    assert score.tolist() == [[0]]


# Crops


def test_a_tall_box_fills_the_height():
    crop = crop_around(np.array([100, 100, 140, 356]), (WIDTH, HEIGHT))
    # 1.25 · 256 px for 256; the middle of the box, (120, 228), in the middle of the input
    assert crop.zoom == 1.25
    assert crop.origin.tolist() == [120 - 1.25 * 96, 228 - 1.25 * 128]
    assert crop.to_picture(np.float32([[96, 128]])).tolist() == [[120.5, 228.5]]  # pixel 120 is from 120 to 121


def test_a_wide_box_fills_the_width():
    crop = crop_around(np.array([0, 0, 384, 100]), (WIDTH, HEIGHT))
    assert crop.zoom == 2.5
    assert crop.origin.tolist() == [192 - 2.5 * 96, 50 - 2.5 * 128]
    assert crop.to_picture(np.float32([[0, 255]])).tolist() == [[-47.5, 368]]


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (5, 9, 8, 2), (0, 0, np.nan, 9), (0, 0, np.inf, 9)])
def test_a_box_without_extent_has_no_crop(box):
    assert crop_around(np.array(box), (WIDTH, HEIGHT)) is None


def test_a_crop_is_rgb_and_normalised_and_black_outside():
    image = np.full((50, 40, 3), (0, 128, 255), np.uint8)  # BGR
    part = crop_around(box_at((0, 25)), (WIDTH, HEIGHT)).cut(cv2, image, (WIDTH, HEIGHT))
    assert part.shape == (3, HEIGHT, WIDTH)
    orange = [(255 - 123.675) / 58.395, (128 - 116.28) / 57.12, -103.53 / 57.375]
    np.testing.assert_allclose(part[:, 128, 100], orange, rtol=1e-5)
    np.testing.assert_allclose(part[:, 128, 90], [-123.675 / 58.395, -116.28 / 57.12, -103.53 / 57.375], rtol=1e-5)


# Keypoints of a picture


@pytest.mark.parametrize(("joints", "skeleton"), [(17, COCO17), (26, HALPE26)])
@pytest.mark.parametrize("layout", [{}, {"batch": 1}, {"batch": 3}, {"dtype": np.float16}], ids=str)
def test_dots_come_back_where_they_are(tmp_path, joints, skeleton, layout):
    points = body_at(CENTRE, joints)
    detect, _ = open_told(save_dot_finder(tmp_path / "n.onnx", joints, **layout), box_at(CENTRE))
    assert detect.skeleton is skeleton
    frame = frame_of(dots(points), 7)
    (person,) = detect(frame)
    pose = person.keypoints
    np.testing.assert_allclose(pose.xy, points + 0.5, atol=0.01)  # the middle of a pixel
    assert (pose.score > 0.8).all()
    assert (pose.xy.dtype, pose.score.dtype, pose.skeleton) == (np.float32, np.float32, skeleton)
    assert (pose.size_wh, pose.index, pose.t_capture_ns) == ((640, 480), 7, frame.t_capture_ns)
    np.testing.assert_allclose(person.box_px, [*points.min(0) + 0.5, *points.max(0) + 0.5], atol=0.01)
    assert person.score == pytest.approx(pose.score.mean())


@pytest.mark.parametrize("size_wh", [(288, 384), (256, 256)], ids=str)
def test_inputs_of_other_sizes(tmp_path, size_wh):
    detect, _ = open_told(save_dot_finder(tmp_path / "n.onnx", size_wh=size_wh), box_at(CENTRE))
    (pose,) = keypoints(detect(frame_of(dots(body_at(CENTRE)))))
    np.testing.assert_allclose(pose.xy, body_at(CENTRE) + 0.5, atol=1)


@pytest.mark.parametrize("zoom", [0.7, 1.5, 2.2])
def test_people_of_other_sizes(path, zoom):
    points = np.rint(BODY[:17] * zoom).astype(int) + CENTRE
    detect, _ = open_told(path, box_at(CENTRE, zoom))
    (pose,) = keypoints(detect(frame_of(dots(points, radius_px=round(4 * zoom)))))
    np.testing.assert_allclose(pose.xy, points + 0.5, atol=max(1, zoom))  # one px of the input


@pytest.mark.parametrize("stretch", [(0.4, 1), (1, 0.4)], ids=["tall", "wide"])
def test_tall_and_wide_people(path, stretch):
    """A wide box is extended upwards and downwards, a tall one to the sides: nothing is distorted."""
    points = np.rint(BODY[:17] * stretch * 2).astype(int) + CENTRE
    box = BOX_OF_ONE * np.tile(stretch, 2) * 2 + np.tile(CENTRE, 2)
    detect, _ = open_told(path, box)
    (pose,) = keypoints(detect(frame_of(dots(points, radius_px=6))))
    np.testing.assert_allclose(pose.xy, points + 0.5, atol=1.5)


@pytest.mark.parametrize("centre", [(10, 240), (630, 240), (320, 20), (320, 470), (20, 30)])
def test_at_the_edge_what_is_outside_has_no_place(path, centre):
    points = body_at(centre)
    inside = ((points >= 5) & (points < np.array([640, 480]) - 5)).all(1)
    outside = ((points < -5) | (points >= np.array([640, 480]) + 5)).any(1)
    assert inside.any()
    assert outside.any()
    detect, _ = open_told(path, box_at(centre))
    (pose,) = keypoints(detect(frame_of(dots(points))))
    np.testing.assert_allclose(pose.xy[inside], points[inside] + 0.5, atol=0.01)
    assert np.isnan(pose.xy[outside]).all()
    assert (pose.score[outside] == 0).all()


@pytest.mark.parametrize("batch", ["batch", 1, 3])
def test_two_people(tmp_path, batch):
    centres = (150, 200), (480, 260)
    picture = dots(body_at(centres[1]), image=dots(body_at(centres[0])))
    detect, told = open_told(save_dot_finder(tmp_path / "n.onnx", batch=batch), *map(box_at, centres))
    for _ in range(3):
        found = detect(frame_of(picture))
        assert len(found) == 2
        for centre in centres:
            np.testing.assert_allclose(nearest(found, centre).xy, body_at(centre) + 0.5, atol=1)
    assert told.asked == 1


# Following


def test_one_who_moves_is_followed_without_being_looked_for(path):
    detect, told = open_told(path, box_at((100, 200), 1.3))
    for step in range(10):
        points = body_at((100 + 12 * step, 200 + 4 * step))
        (pose,) = keypoints(detect(frame_of(dots(points), step)))
        np.testing.assert_allclose(pose.xy, points + 0.5, atol=1)
    assert told.asked == 1


def test_others_are_looked_for_in_every_tenth_frame(path):
    one, two = (150, 200), (480, 260)
    detect, told = open_told(path, box_at(one))
    picture = dots(body_at(two), image=dots(body_at(one)))
    seen = []
    for step in range(12):
        seen.append(len(detect(frame_of(picture, step))))
        told.boxes = box_at(one), box_at(two)
    assert seen == [1] * 10 + [2] * 2
    assert told.asked == 2


def test_while_nobody_is_there_every_frame_is_looked_at(path):
    detect, told = open_told(path, box_at(CENTRE))
    for step in range(4):
        assert detect(frame_of(dots([]), step)) == []
    assert told.asked == 4
    assert len(detect(frame_of(dots(body_at(CENTRE)), 4))) == 1


def test_one_who_leaves_is_given_up(path):
    one, two = (150, 200), (480, 260)
    detect, _ = open_told(path, box_at(one), box_at(two))
    assert len(detect(frame_of(dots(body_at(two), image=dots(body_at(one)))))) == 2
    (pose,) = keypoints(detect(frame_of(dots(body_at(two)))))
    np.testing.assert_allclose(pose.xy, body_at(two) + 0.5, atol=1)


def test_no_more_people_than_asked_for(path):
    one, two = (150, 200), (480, 260)
    detect, told = open_told(path, box_at(one), people=1)
    pictures = frame_of(dots(body_at(one))), frame_of(dots(body_at(two), image=dots(body_at(one))))
    detect(pictures[0])
    told.boxes = box_at(two), box_at(one)
    for _ in range(12):  # whoever is followed stays
        (pose,) = keypoints(detect(pictures[1]))
        np.testing.assert_allclose(pose.xy, body_at(one) + 0.5, atol=1)
    assert told.asked == 2


def test_two_boxes_of_one_person_are_one_person(path):
    detect, _ = open_told(path, box_at(CENTRE), box_at(CENTRE + [10, 20], 1.2))
    for _ in range(2):
        assert len(detect(frame_of(dots(body_at(CENTRE))))) == 1


def test_boxes_without_extent_are_no_people(path):
    detect, _ = open_told(path, np.zeros(4), np.full(4, np.nan))
    assert detect(frame_of(dots(body_at(CENTRE)))) == []


def test_one_of_whom_half_is_followed_is_found_whole(path):
    upper = np.array([-45, -100, 45, -8]) + np.tile(CENTRE, 2)
    detect, told = open_told(path, upper)
    frame = frame_of(dots(body_at(CENTRE, 17)))
    missing = []
    for _ in range(12):
        (pose,) = keypoints(detect(frame))
        missing.append(int(np.isnan(pose.xy[:, 0]).sum()))
        told.boxes = (box_at(CENTRE),)
    assert missing[0] > 0
    assert missing[9] > 0
    assert missing[10:] == [0, 0]


def person(at, upto=17, score=0.9):
    """Somebody of whom only the first keypoints are sure."""
    scores = np.where(np.arange(17) < upto, score, 0.1)
    return _Person(body_at(at).astype(np.float32), scores.astype(np.float32))


def test_a_box_is_around_what_is_sure():
    assert person((100, 100)).box.tolist() == [40, 20, 160, 180]
    assert person((100, 100), upto=3).box.tolist() == [40, 20, 160, 84]


def test_people_who_cross_are_two_and_the_half_of_one_is_one():
    people = [person((100, 100))]
    _join(people, [person((130, 100))], 4)  # their boxes overlap by 0.6
    assert len(people) == 2
    half, whole = person((300, 100), upto=8), person((301, 102))
    _join(people, [half], 4)
    _join(people, [whole], 4)
    assert people[2:] == [whole]
    _join(people, [person((300, 100), upto=8)], 4)
    assert people[2:] == [whole]


def test_frames_that_follow_no_longer_fit(path):
    """Another picture, of another size, between two frames."""
    detect, told = open_told(path, box_at(CENTRE))
    assert len(detect(frame_of(dots(body_at(CENTRE))))) == 1
    told.boxes = (box_at((1500, 800)),)
    (pose,) = keypoints(detect(frame_of(dots(body_at((1500, 800)), (1920, 1080)))))
    np.testing.assert_allclose(pose.xy, body_at((1500, 800)) + 0.5, atol=0.01)


def test_people_come_from_blazepose_unless_told(path, monkeypatch):
    class Detector:
        def __init__(self, threads):
            assert threads == 3

        def look(self, _image):
            alignment = np.array([CENTRE, CENTRE + [60, -80]], np.float32)  # 100 px apart
            return [person_detector.Sighting(alignment, 0.9)]

    monkeypatch.setattr(person_detector, "PersonDetector", Detector)
    detect = RtmPose(path, "cpu", threads=3)
    assert detect._find_people(np.zeros((480, 640, 3), np.uint8))[0].tolist() == [220, 140, 420, 340]
    (pose,) = keypoints(detect(frame_of(dots(body_at(CENTRE)))))
    np.testing.assert_allclose(pose.xy, body_at(CENTRE) + 0.5, atol=1)


def test_pictures_of_any_kind_give_finite_people_or_none(tmp_path, rng):
    network = save_dot_finder(tmp_path / "n.onnx", threshold=-3)
    detect, _ = open_told(network, box_at(CENTRE))
    (pose,) = keypoints(detect(frame_of(rng.integers(0, 256, (480, 640, 3), np.uint8))))
    assert np.isfinite(pose.xy).all()
    assert ((pose.score > 0) & (pose.score <= 1)).all()
    detect, _ = open_told(network, box_at(CENTRE))
    assert detect(frame_of(np.zeros((480, 640), np.uint8))) == []  # all in one place is nobody


def test_closing_twice(path):
    detect, _ = open_told(path)
    detect.close()
    detect.close()


# Files and machines


def refused(error, words, path, *arguments, **options):
    with pytest.raises(error, match=words) as fault:
        RtmPose(path, *arguments, find_people=Told(), **options)
    assert "\n" not in str(fault.value)
    return str(fault.value)


@pytest.mark.parametrize("joints", [1, 21, 133])
def test_networks_of_other_keypoints_are_named(tmp_path, joints):
    refused(WeightsError, f"finds {joints} keypoint", save_dot_finder(tmp_path / "n.onnx", joints))


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ({"outputs": ("dets", "keypoints")}, "the outputs dets, keypoints; an RTMPose network .* simcc_x"),
        ({"outputs": ("simcc_y", "simcc_x")}, r"simcc_x \(1, 17, 512\) and simcc_y \(1, 17, 384\).* 192 x 256 px"),
        ({"channels": 1}, r"inputs input tensor\(float\) \['batch', 1, 256, 192\]"),
        ({"declared_hw": ("h", "w")}, r"inputs input tensor\(float\) \['batch', 3, 'h', 'w'\]"),
        ({"dtype": np.float64}, r"inputs input tensor\(double\)"),
    ],
    ids=["outputs", "exchanged", "grey", "any size", "double"],
)
def test_other_layouts_are_told(tmp_path, layout, words):
    refused(WeightsError, words, save_dot_finder(tmp_path / "n.onnx", **layout))


def test_a_network_with_two_inputs(tmp_path):
    model = dot_finder()
    model.graph.input.append(onnx.helper.make_tensor_value_info("more", onnx.TensorProto.FLOAT, [1]))
    onnx.save(model, tmp_path / "n.onnx")
    refused(WeightsError, r"more tensor\(float\) \[1\]", tmp_path / "n.onnx")


def test_a_network_that_fails_as_it_runs(tmp_path):
    model = dot_finder()
    reshape = onnx.helper.make_node("Reshape", ["input", "shape"], ["reshaped"])
    model.graph.node.insert(0, reshape)
    model.graph.node[1].input[0] = "reshaped"
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([1, 3, 7, 7]), "shape"))
    onnx.save(model, tmp_path / "n.onnx")
    refused(WeightsError, "does not run", tmp_path / "n.onnx")


def test_a_missing_file(tmp_path):
    refused(WeightsError, "there is no file .*; take the end2end.onnx", tmp_path / "n.onnx")
    refused(WeightsError, "there is no file .*; take the end2end.onnx", tmp_path)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04" + b"\0" * 500], ids=["empty", "text", "zip"])
def test_a_file_that_is_no_network(tmp_path, data):
    (tmp_path / "n.onnx").write_bytes(data)
    refused(WeightsError, r"ONNX Runtime cannot open it \(.*end2end\.onnx", tmp_path / "n.onnx")


def test_weights_in_a_second_file(tmp_path):
    onnx.save(dot_finder(), tmp_path / "n.onnx", save_as_external_data=True, location="n.bin", size_threshold=64)
    refused(WeightsError, r"n\.onnx has its arrays in other files, .*save it as one file", tmp_path / "n.onnx")
    onnx.save(onnx.load(tmp_path / "n.onnx"), tmp_path / "one.onnx")  # as the message says
    (tmp_path / "n.bin").unlink()
    detect, _ = open_told(tmp_path / "one.onnx", box_at(CENTRE))
    assert len(detect(frame_of(dots(body_at(CENTRE))))) == 1


def test_operators_that_onnx_runtime_does_not_have(tmp_path):
    model = dot_finder()
    model.graph.node[2].domain, model.graph.node[2].op_type = "mmdeploy", "Special"
    model.opset_import.append(onnx.helper.make_opsetid("mmdeploy", 1))
    onnx.save(model, tmp_path / "n.onnx")
    refused(WeightsError, "cannot open it .*mmdeploy", tmp_path / "n.onnx")


def test_without_onnx_runtime(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    refused(MissingLibrary, "the detector rtmpose needs onnxruntime.*pip install onnxruntime", path)


def test_at_least_one_person_and_thread(path):
    refused(UsageError, "not 0 and", path, people=0)
    refused(UsageError, "at least one person and one thread", path, threads=0)


@pytest.mark.parametrize("there", [[], ["CUDAExecutionProvider"]], ids=["CPU build", "GPU build"])
def test_cuda_is_not_replaced_silently(path, monkeypatch, there):
    """`there`: what ONNX Runtime was built for; none of it can be loaded."""

    def session(*arguments, providers):
        return SimpleNamespace(get_providers=lambda: ["CPUExecutionProvider"])

    monkeypatch.setattr(runtime, "get_available_providers", lambda: [*there, "CPUExecutionProvider"])
    monkeypatch.setattr(runtime, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(runtime, "InferenceSession", session)
    words = "cannot load CUDA and cuDNN" if there else "pip install onnxruntime-gpu"
    refused(UsageError, f"--device cuda: .*{words}.*--device cpu", path, "cuda")


@pytest.mark.parametrize(("device", "first"), [("cpu", "CPU"), ("auto", "CUDA"), ("cuda", "CUDA")])
def test_the_gpu_is_used_where_there_is_one(path, monkeypatch, device, first):
    asked = []

    def session(*arguments, providers):
        asked.extend(providers)
        return real(*arguments, providers=["CPUExecutionProvider"])

    real = runtime.InferenceSession
    monkeypatch.setattr(runtime, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"])
    monkeypatch.setattr(runtime, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(runtime, "InferenceSession", session)
    if device == "cuda":
        refused(UsageError, "cannot load", path, device)
    else:
        RtmPose(path, device, find_people=Told())
    assert asked[0] == f"{first}ExecutionProvider"
    assert asked[-1] == "CPUExecutionProvider"
