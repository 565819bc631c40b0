"""Whether lifting a long recording keeps to its memory: two hours of keypoints, ten minutes of
video, and one minute of it with a film.

What is kept of a frame is its time, joints, scores, place and keypoints, 496 bytes; the rest
should stay as it is, whatever the length.  A keypoint file is read whole before the first frame.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import av
import numpy as np

from benchmarks.flat import resident_bytes
from realtime.formats.keypoints_npz import write_keypoints
from realtime.offline.lift import lift_one
from realtime.offline.task import Task
from realtime.settings import Settings
from realtime.skeleton import COCO17
from realtime.sources.demo import clip_path
from realtime.track import single_person_track

HOURS, VIDEO_MIN, FILM_MIN = 2, 10, 1
RATE_HZ = 30
CLIP_FRAMES, CLIP_WH = 324, (854, 480)
LINES = 10  # told of a recording


def keypoint_file(path: Path, frames: int, size_wh: tuple[int, int]) -> Path:
    """A person who sways."""
    rng = np.random.default_rng(1)
    base = rng.uniform((250, 100), (390, 400), (17, 2))
    sway = 20 * np.sin(np.arange(frames) / 15)[:, None, None] * (1, 0)
    xy = base + sway + rng.normal(0, 1, (frames, 17, 2))
    points = np.concatenate([xy, np.full((frames, 17, 1), 0.9)], -1).astype(np.float32)
    write_keypoints(path, single_person_track(points, size_wh, COCO17, RATE_HZ))
    return path


def looped_clip(path: Path, seconds: float, clip_file: Path | None = None) -> Path:
    """A clip, or the demo, again and again, its packets as they are."""
    with av.open(str(clip_file or clip_path())) as clip, av.open(str(path), "w") as out:
        source = clip.streams.video[0]
        stream = out.add_stream_from_template(source)
        packets = [(bytes(p), p.pts, p.dts, p.is_keyframe) for p in clip.demux(source) if p.size]
        for turn in range(round(seconds * RATE_HZ) // source.frames + 1):
            for data, pts, dts, is_key in packets:
                packet = av.Packet(data)
                packet.stream, packet.time_base, packet.is_keyframe = stream, source.time_base, is_key
                packet.pts, packet.dts = pts + turn * source.duration, dts + turn * source.duration
                out.mux(packet)
    return path


def lift(what: str, frames: int, settings: Settings, stem: Path, formats: tuple[str, ...]) -> None:
    """Lift it, and tell the memory ten times on the way."""
    told: list[tuple[int, int]] = []
    every = max(1, frames // LINES)

    def note(done: int, _t_s: float, _told: object) -> None:
        if done % every == 0:
            told.append((done, resident_bytes()))
            print(f"{what}: {done:>7} frames, {told[-1][1] / 2**20:7.1f} MB", flush=True)

    outcome = lift_one(Task(settings, stem, formats), note)
    if outcome.fault:
        raise SystemExit(str(outcome))
    (first, before), (last, after) = told[1], told[-1]  # by the second all is loaded and in use
    grown = after - before
    print(
        f"{what}: {grown / 2**20:.1f} MB more, {grown / (last - first):.0f} bytes a frame (wanted: at most 500), "
        f"{resident_bytes() / 2**20:.1f} MB when all is written; {outcome.seconds:.0f} s"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames = HOURS * 3600 * RATE_HZ
        points = keypoint_file(folder / "long.npz", frames, (640, 480))
        lift(f"{HOURS} h of keypoints", frames, Settings(source=str(points), realtime=False), folder / "a", ("npy",))
        replayed = str(keypoint_file(folder / "clip.npz", CLIP_FRAMES, CLIP_WH))
        for minutes, formats in ((VIDEO_MIN, ("npy",)), (FILM_MIN, ("npy", "mp4"))):
            video = looped_clip(folder / f"{minutes}min.mp4", 60 * minutes)
            settings = Settings(source=str(video), detector="replay", keypoints=replayed, realtime=False)
            what = f"{minutes} min of video, {'+'.join(formats)}"
            lift(what, minutes * 60 * RATE_HZ, settings, folder / f"v{minutes}", formats)
