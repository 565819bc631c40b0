"""Real-world video files: odd names, odd sizes, truncated, rotated, without audio or without video."""

import random
import struct
import wave
from fractions import Fraction

import av
import numpy as np
import pytest
from support.pictures import picture

from realtime.errors import SourceError
from realtime.sources import Request, open_source
from realtime.sources.declared import declared
from realtime.stages import ENDED, EndOfSource


def read_all(path, **request):
    """(frames, final status) of a video."""
    source = open_source(Request(str(path), **request))
    frames = []
    try:
        while True:
            frame = source.read(5)
            if frame is not None:
                frames.append(frame)
    except EndOfSource:
        return frames, source.status()
    finally:
        source.close()


def times_ms(frames):
    return [(frame.t_capture_ns - frames[0].t_capture_ns) / 1e6 for frame in frames]


def fault_of(path):
    """The one line that opening the file gives."""
    with pytest.raises(SourceError) as caught:
        open_source(Request(str(path)))
    text = str(caught.value)
    assert "\n" not in text
    assert path.name in text
    return text


def test_every_frame_comes_once_with_its_picture_and_time(write_video):
    frames, status = read_all(write_video(count=20))
    assert [frame.index for frame in frames] == list(range(20))
    assert times_ms(frames) == pytest.approx([40 * i for i in range(20)])
    assert [frame.t_unix_ns - frames[0].t_unix_ns for frame in frames] == [
        frame.t_capture_ns - frames[0].t_capture_ns for frame in frames
    ]
    brightness = [frame.image[30:, 30:].mean() for frame in frames]
    assert brightness[0] == pytest.approx(picture(0)[40, 40, 0], abs=5)
    assert np.diff(brightness) == pytest.approx(int(picture(1)[40, 40, 0]) - int(picture(0)[40, 40, 0]), abs=2)
    assert status.state == ENDED
    assert status.dropped == 0


def test_colours_are_bgr(write_video):
    frames, _ = read_all(write_video())
    blue, green, red = frames[0].image[:8, :8].reshape(-1, 3).mean(axis=0)
    assert blue > 200
    assert max(green, red) < 60


def test_a_variable_rate_keeps_its_times(write_video):
    stamps = [0, 10, 50, 51, 300, 1000, 1010]
    frames, _ = read_all(write_video("vfr.mkv", times_ms=stamps))
    assert times_ms(frames) == pytest.approx(stamps)


def test_the_first_frame_is_time_zero_wherever_the_file_starts(write_video):
    frames, _ = read_all(write_video("late.mkv", times_ms=[5000, 5040, 5080]))
    assert times_ms(frames) == pytest.approx([0, 40, 80])


@pytest.mark.parametrize(
    "name",
    ["2024_run.mp4", "with space.mp4", "quo'te\".mp4", "größe-日本.mp4", "a:b.mp4", "-d.mp4", "50%d.mp4", "$(x).mp4"],
)
def test_any_name_is_a_name(write_video, name):
    frames, _ = read_all(write_video(name, count=3))
    assert len(frames) == 3


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (16384, 16)])
def test_odd_sizes(write_video, width, height):
    path = write_video("odd.mkv", count=3, size_wh=(width, height), codec="ffv1", pix_fmt="bgr0")
    frames, _ = read_all(path)
    assert [frame.size_wh for frame in frames] == [(width, height)] * 3


# The 2x2 part of a track's display matrix (ISO 14496-12, 8.3.2), and how the stored picture
# must be turned to stand as the author saw it.
MATRICES = {
    90: ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),
    180: ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
    270: ((0, -1, 1, 0), lambda image: np.rot90(image, 1)),
}


@pytest.mark.parametrize("clockwise_deg", MATRICES)
def test_a_turned_video_is_turned_upright(write_video, clockwise_deg):
    path = write_video(count=3)
    (a, b, c, d), turn = MATRICES[clockwise_deg]
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40  # a version 0 header has 40 bytes before the matrix
    for place, value in ((0, a), (4, b), (12, c), (16, d)):
        struct.pack_into(">i", content, matrix + place, value << 16)
    path.write_bytes(content)
    frames, _ = read_all(path)
    expected = turn(picture(0))
    assert frames[0].image.shape == expected.shape
    assert np.abs(frames[0].image.astype(int) - expected).mean() < 5


def test_a_wrong_frame_count_in_the_file_is_not_believed(write_video):
    path = write_video("count.avi", codec="mjpeg", pix_fmt="yuvj420p")
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.index(b"avih") + 8 + 16, 9999)
    struct.pack_into("<I", content, content.index(b"strh") + 8 + 32, 9999)
    path.write_bytes(content)
    assert len(read_all(path)[0]) == 10


def overwrite_packets(path, numbers):
    """Put noise over the given packets' data."""
    with av.open(f"file:{path}") as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    content = bytearray(path.read_bytes())
    noise = random.Random(1)
    for number in numbers:
        position, size = places[number]
        content[position : position + size] = noise.randbytes(size)
    path.write_bytes(content)


def test_a_corrupted_middle_is_skipped_and_counted(write_video, caplog):
    path = write_video(count=40)
    overwrite_packets(path, range(12, 18))
    frames, status = read_all(path)
    assert 30 <= len(frames) < 40
    assert times_ms(frames)[-1] == pytest.approx(39 * 40)
    assert times_ms(frames) == sorted(times_ms(frames))
    assert "damaged" in status.detail
    assert [record.getMessage() for record in caplog.records if "damaged" in record.getMessage()] == [status.detail]


@pytest.mark.parametrize("kept", [0.9, 0.5])
def test_a_torn_file_gives_what_it_has(write_video, kept):
    path = write_video("torn.mkv", count=60)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert 0 < len(read_all(path)[0]) < 60


def test_a_torn_mp4_has_lost_its_index(write_video):
    path = write_video()
    path.write_bytes(path.read_bytes()[:1500])
    assert "is not a video, or is damaged" in fault_of(path)


@pytest.mark.parametrize("name", ["empty.mp4", "text.mp4", "notes.txt", "no_suffix"])
def test_what_is_no_video_is_told(tmp_path, name):
    path = tmp_path / name
    path.write_text("" if name == "empty.mp4" else "these are not pictures\n" * 100)
    assert "is not a video" in fault_of(path)


def test_sound_alone_is_told(tmp_path):
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))
    assert "has no video stream, only audio" in fault_of(path)


def test_no_frames_are_told(write_video):
    path = write_video("nothing.mkv", count=0)
    fault_of(path)


def test_a_playlist_opens_no_other_file(tmp_path, write_video):
    path = tmp_path / "list.ffconcat"
    path.write_text(f"ffconcat version 1.0\nfile {write_video().name}\n")
    fault_of(path)


def test_realtime_keeps_the_times_and_ends(write_video):
    stamps = [0, 20, 60, 80, 120, 140]
    frames, status = read_all(write_video("paced.mkv", times_ms=stamps), realtime=True)
    seen = dict(zip(stamps, range(6), strict=True))
    assert [seen[round(time_ms)] for time_ms in times_ms(frames)] == [frame.index for frame in frames]
    assert status.state == ENDED
    assert status.dropped == 6 - len(frames)


def test_a_loop_goes_on_one_step_after_its_end(write_video):
    source = open_source(Request(str(write_video(count=3)), realtime=True, loop=True))
    frames = [source.read(5) for _ in range(8)]
    source.close()
    assert {round(ms) % 40 for ms in times_ms(frames)} == {0}
    assert frames[-1].index >= 7
    assert (frames[-1].t_capture_ns - frames[0].t_capture_ns) // 40_000_000 == frames[-1].index - frames[0].index


@pytest.mark.parametrize("ticks_hz", [600, 1000, 90_000])
def test_the_clock_of_an_encoder_is_no_frame_rate(tmp_path, caplog, ticks_hz):
    path = tmp_path / "raw.h264"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, ticks_hz)  # the only rate that the coded frames will name
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(picture(number), format="bgr24")
            frame.pts, frame.time_base = number * ticks_hz // 25, Fraction(1, ticks_hz)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    frames, _ = read_all(path, fps=25)
    assert times_ms(frames) == pytest.approx([40 * i for i in range(10)])
    frames, _ = read_all(path)
    assert times_ms(frames) == pytest.approx([i * 1000 / 30 for i in range(10)], abs=1e-3)
    assert "raw.h264 has no frame rate: assuming 30 fps (--fps)" in caplog.text
    assert declared(path, 25).rate_hz == 25


@pytest.mark.parametrize("left_out", [0, 4])
def test_avi_with_b_frames_keeps_its_times(tmp_path, caplog, left_out):
    path = tmp_path / "b.avi"
    shown = [number for number in range(20 + left_out) if not 10 <= number < 10 + left_out]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.max_b_frames = 2
        stream.options = {"b-adapt": "0"}
        for number in shown:
            frame = av.VideoFrame.from_ndarray(picture(number), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    frames, _ = read_all(path)
    times = times_ms(frames)
    assert len(times) == 20
    steps = sorted(round(step) for step in np.diff(times))
    assert steps == [40] * (19 - bool(left_out)) + [40 * (1 + left_out)] * bool(left_out)
    assert "out of order" not in caplog.text
