import logging

import cv2
import numpy as np
import pytest
from PIL import Image
from support.pictures import picture

from realtime.errors import SourceError
from realtime.sources import Request, open_source
from realtime.stages import EndOfSource


def read_all(path, **request):
    source = open_source(Request(str(path), **request))
    frames = []
    try:
        while True:
            frames.append(source.read(0))
    except EndOfSource:
        return frames, source.status()


def test_a_folder_is_read_in_natural_order(write_images):
    names = ["frame_1.png", "Frame_2.png", "frame_10.png", "frame_11.png", "größe_1.png"]
    folder = write_images("f", names)
    (folder / "notes.txt").write_text("not an image")
    frames, _ = read_all(folder)
    assert [int(frame.image[40, 40, 0]) for frame in frames] == [int(picture(i)[40, 40, 0]) for i in range(5)]


@pytest.mark.parametrize(("fps", "step_ns"), [(None, 1e9 / 30), (10, 1e8), (59.94, 1e9 / 59.94)])
def test_the_rate_gives_the_times(write_images, fps, step_ns):
    frames, _ = read_all(write_images("f", [f"{i}.jpg" for i in range(4)]), fps=fps)
    times = [frame.t_capture_ns - frames[0].t_capture_ns for frame in frames]
    assert times == pytest.approx([i * step_ns for i in range(4)], abs=1)


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "png", "bmp", "webp", "tiff", "PNG"])
def test_the_usual_kinds_are_known(write_images, suffix):
    folder = write_images("f", [f"a.{suffix}"])
    assert len(read_all(folder)[0]) == len(read_all(folder / f"a.{suffix}")[0]) == 1


def test_a_broken_image_is_counted_and_keeps_its_place_in_time(write_images):
    folder = write_images("f", ["1.png", "2.png", "3.png", "4.png"])
    (folder / "2.png").write_bytes((folder / "2.png").read_bytes()[:20])
    (folder / "3.png").write_bytes(b"")
    frames, status = read_all(folder, fps=10)
    assert [(frame.t_capture_ns - frames[0].t_capture_ns) / 1e8 for frame in frames] == pytest.approx([0, 3])
    assert "2 damaged frames" in status.detail


def test_grey_transparent_and_deep_images_become_bgr(tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), np.full((4, 6), 7, np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), np.full((4, 6, 4), 7, np.uint8))
    cv2.imwrite(str(tmp_path / "3.png"), np.full((4, 6, 3), 7 * 257, np.uint16))
    frames, _ = read_all(tmp_path)
    assert [frame.image.shape for frame in frames] == [(4, 6, 3)] * 3
    assert all((frame.image == 7).all() for frame in frames)


def times_ms(frames):
    return [(frame.t_capture_ns - frames[0].t_capture_ns) / 1e6 for frame in frames]


def write_animation(path, count=4, **options):
    first, *others = (Image.fromarray(picture(number)[..., ::-1]) for number in range(count))
    first.save(path, save_all=True, append_images=others, **options)


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "avif"])
@pytest.mark.parametrize("fps", [None, 5])
def test_an_animation_keeps_its_own_times(kind, fps, tmp_path, caplog):
    caplog.set_level(logging.INFO, "realtime.sources")
    write_animation(tmp_path / f"a.{kind}", duration=[40, 200, 70, 100])
    frames, status = read_all(tmp_path / f"a.{kind}", fps=fps)
    assert times_ms(frames) == pytest.approx([0, 40, 240, 310])
    assert [int(frame.image[40, 40, 0]) for frame in frames] == pytest.approx([10, 18, 26, 34], abs=2)
    assert status.detail == ""
    assert not caplog.records


@pytest.mark.parametrize("name", ["a.tif", "a.gif"])
@pytest.mark.parametrize(("fps", "step_ms"), [(None, 1000 / 30), (50, 20)])
def test_a_stack_and_an_animation_without_durations_take_the_rate(name, fps, step_ms, tmp_path, caplog):
    caplog.set_level(logging.INFO, "realtime.sources")
    write_animation(tmp_path / name)
    frames, _ = read_all(tmp_path / name, fps=fps)
    assert times_ms(frames) == pytest.approx([0, step_ms, 2 * step_ms, 3 * step_ms], abs=1e-3)
    assert len(caplog.records) == (fps is None)


def test_in_a_folder_every_picture_of_every_file_counts(write_images, tmp_path):
    folder = write_images("f", ["1.png", "4.png"])
    write_animation(folder / "2.gif", 3, duration=[70, 90, 110])
    write_animation(folder / "3.tif", 2)
    frames, _ = read_all(folder, fps=10)
    assert times_ms(frames) == pytest.approx([0, 100, 170, 260, 370, 470, 570])


def test_the_pages_that_a_truncated_stack_lacks_are_counted(tmp_path):
    write_animation(tmp_path / "a.tif", 4)
    content = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(content[: round(len(content) * 0.7)])
    frames, status = read_all(tmp_path / "a.tif", fps=10)
    assert times_ms(frames) == pytest.approx([0, 100])
    assert "2 damaged frames" in status.detail


def test_no_image_is_told_in_one_line(tmp_path):
    with pytest.raises(SourceError, match=r"^the folder \S+ is empty$"):
        open_source(Request(str(tmp_path)))
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SourceError, match=r"there are no images in \S+, only others such as notes\.txt; .*png"):
        open_source(Request(str(tmp_path)))
    (tmp_path / "a.png").write_text("no")
    for where in (tmp_path, tmp_path / "a.png"):
        with pytest.raises(SourceError, match=r"^a\.png is not a readable image$"):
            open_source(Request(str(where)))
    (tmp_path / "b.png").touch()
    with pytest.raises(SourceError, match=r"^none of the 2 images in \S+ can be read$"):
        open_source(Request(str(tmp_path)))


def test_a_folder_that_may_not_be_listed_is_told(forbidden_folder):
    with pytest.raises(SourceError, match=r"^the folder \S+ cannot be read \(Permission denied\)$"):
        open_source(Request(str(forbidden_folder)))


def test_the_rate_that_is_assumed_for_a_folder_is_told(write_images, caplog):
    caplog.set_level(logging.INFO, "realtime.sources")
    folder = write_images("f", ["1.png", "2.png"])
    for path, fps in ((folder, 5), (folder / "1.png", None)):
        read_all(path, fps=fps)
    assert not caplog.records
    read_all(folder)
    (record,) = caplog.records
    assert record.getMessage() == "no frame rate given: assuming 30 fps (--fps)"
