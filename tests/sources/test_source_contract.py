"""What every source keeps, whatever world it reads."""

import threading
from itertools import pairwise

import numpy as np
import pytest

from realtime.sources import Request, open_source
from realtime.sources.cameras.webcam import open_camera
from realtime.sources.demo import clip_path
from realtime.stages import ENDED, RECONNECTING, STREAMING, EndOfSource

FRAMES = 6


@pytest.fixture
def image_folder(write_images):
    return write_images("images", [f"frame_{number}.png" for number in range(FRAMES)])


@pytest.fixture
def film_url(write_video, file_server):
    return f"{file_server[0]}/{write_video('film.mkv').name}"


def open_webcam(get, *opening, capture="auto", **more):
    get("webcam")(*opening, **more)
    return open_source(Request("0", capture=capture))


# Every row opens one source; `live` is what it must say of itself.
SOURCES = {
    "demo": (True, lambda _: open_source(Request("demo"))),
    "demo, every frame": (False, lambda _: open_source(Request("demo", realtime=False))),
    "video": (False, lambda get: open_source(Request(str(get("write_video")())))),
    "video, realtime": (True, lambda get: open_source(Request(str(get("write_video")()), realtime=True))),
    "video, looping": (True, lambda get: open_source(Request(str(get("write_video")()), realtime=True, loop=True))),
    "images": (False, lambda get: open_source(Request(str(get("image_folder"))))),
    "images, realtime": (True, lambda get: open_source(Request(str(get("image_folder")), realtime=True, fps=50))),
    "image": (False, lambda get: open_source(Request(str(get("image_folder") / "frame_0.png")))),
    "url": (True, lambda get: open_source(Request(get("network_camera").url))),
    "url of a file": (True, lambda get: open_source(Request(get("film_url")))),
    "webcam": (True, lambda get: open_webcam(get, 0.2)),
    "webcam, slow": (True, lambda get: open_webcam(get, 1.2)),
    "webcam, slow to read": (True, lambda get: open_webcam(get, 0.5, slow_in="read")),
    "webcam by OpenCV": (True, lambda get: open_webcam(get, 0.2, capture="opencv")),
    # A camera's number is not needed for its code to run: both libraries open a path as well.
    "acapture": (True, lambda _: open_camera(str(clip_path()), Request(capture="acapture"))),
    "opencv": (True, lambda _: open_camera(str(clip_path()), Request(capture="opencv"))),
}


@pytest.fixture(params=SOURCES)
def case(request):
    live, make = SOURCES[request.param]
    return live, make(request.getfixturevalue)


@pytest.fixture
def source(case):
    yield case[1]
    case[1].close()


def read_some(source):
    """Up to FRAMES frames, fewer if the source is shorter."""
    frames = []
    try:
        while len(frames) < FRAMES:
            frame = source.read(5)
            assert frame is not None, "no frame within 5 s"
            frames.append(frame)
    except EndOfSource:
        assert frames
    return frames


def test_it_says_what_it_is(case, source):
    assert source.live is case[0]
    assert source.name
    assert "\n" not in source.name


def test_frames_are_bgr_images_in_order_with_rising_stamps(source):
    frames = read_some(source)
    for frame in frames:
        assert frame.image.dtype == np.uint8
        assert frame.image.shape == (*frame.size_wh[::-1], 3)
        assert frame.image.flags.c_contiguous
    for earlier, later in pairwise(frames):
        assert later.index > earlier.index
        assert later.t_capture_ns > earlier.t_capture_ns
        assert later.t_unix_ns - earlier.t_unix_ns == pytest.approx(
            later.t_capture_ns - earlier.t_capture_ns, abs=50_000_000
        )


def test_every_frame_is_given_or_counted_as_dropped(source):
    frames = read_some(source)
    missed = frames[-1].index + 1 - len(frames)
    assert source.status().dropped >= missed
    if not source.live:
        assert missed == source.status().dropped == 0


def test_after_close_it_is_at_its_end_and_leaves_no_thread(source, capture_threads, eventually):
    read_some(source)
    source.close()
    source.close()
    with pytest.raises(EndOfSource):
        source.read(0)
    with pytest.raises(EndOfSource):
        source.read(1)
    assert source.status().state == ENDED
    eventually(lambda: not capture_threads(), "no thread is left")


def test_status_may_be_asked_from_another_thread(source):
    states = []
    thread = threading.Thread(target=lambda: states.extend(source.status().state for _ in range(200)))
    thread.start()
    read_some(source)
    thread.join()
    assert set(states) <= {STREAMING, ENDED, RECONNECTING}
    assert len(states) == 200
