"""A video file behind an address is a recording: played at its own pace, once."""

from itertools import pairwise

import pytest

from realtime.errors import UsageError
from realtime.sources import Request, open_source
from realtime.stages import ENDED, EndOfSource


def read_all(address):
    """(frames, final status)."""
    source = open_source(Request(address))
    frames = []
    try:
        while True:
            frame = source.read(5)
            assert frame is not None, "no frame within 5 s"
            frames.append(frame)
    except EndOfSource:
        return frames, source.status()
    finally:
        source.close()


def test_it_is_played_once_at_its_own_pace(write_video, file_server):
    address, asked = file_server
    stamps_ms = [0, 40, 120, 160, 400, 440, 480, 520]
    frames, status = read_all(f"{address}/{write_video('film.mkv', times_ms=stamps_ms).name}")
    assert [frame.index for frame in frames][-1] == 7
    assert status.state == ENDED
    assert status.dropped == 8 - len(frames)
    assert status.reconnects == 0
    assert asked == ["/film.mkv"]
    for earlier, later in pairwise(frames):  # none comes early; a late one moves what follows
        told_ms = stamps_ms[later.index] - stamps_ms[earlier.index]
        assert (later.t_capture_ns - earlier.t_capture_ns) / 1e6 >= told_ms - 1


def test_a_stream_of_it_can_be_chosen(write_video, file_server):
    address = f"{file_server[0]}/{write_video('film.mkv', times_ms=[0]).name}"
    open_source(Request(address, video="0")).close()
    with pytest.raises(UsageError, match=r"^--video 7: .*film\.mkv has the video streams 0$"):
        open_source(Request(address, video="7"))


def test_a_pause_in_it_is_no_loss(write_video, file_server):
    address, asked = file_server
    frames, status = read_all(f"{address}/{write_video('slides.mkv', times_ms=[0, 40, 1800, 1840]).name}")
    assert frames[-1].index == 3
    assert (status.reconnects, status.detail) == (0, "")
    assert asked == ["/slides.mkv"]


def test_one_that_breaks_off_is_told(write_video, file_server, caplog):
    address, _ = file_server
    path = write_video("torn.mkv", times_ms=[20 * i for i in range(100)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 4])
    frames, status = read_all(f"{address}/torn.mkv")
    assert frames
    assert status.state == ENDED
    assert "torn.mkv contains" in caplog.text
    assert "truncated?" in caplog.text
