"""What a run leaves behind, told at its end: where it is, how much, and how to look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..analysis.form.live_sets import LiveSet
from ..formats.joints_npy import JOINTS
from ..formats.recorded_video import VIDEO
from ..recording.background import BackgroundRecorder
from ..recording.video_recorder import VideoRecorder
from ..runtime.hints import command
from ..runtime.text import counted, duration
from .form import FormSink
from .live_sink import LiveSink


def results(sinks: Iterable[LiveSink]) -> Iterator[str]:
    """A line for each of the sinks that has written files or counted; to be asked when they are closed."""
    sinks = list(sinks)
    recorded = next((sink for sink in sinks if isinstance(sink, BackgroundRecorder) and sink.rows), None)
    for sink in sinks:
        if isinstance(sink, BackgroundRecorder):
            yield _recording(sink)
        elif isinstance(sink, VideoRecorder):
            yield _video(sink)
        elif isinstance(sink, FormSink):
            yield _sets(sink.sets.done, recorded)


def _recording(recorder: BackgroundRecorder) -> str:
    path = str(recorder.folder / JOINTS)
    missed = _missed(recorder.missed, "pose", recorder.fault)
    if not recorder.rows:
        return f"no pose was recorded into {path}" + (missed or ": nobody was followed")
    poses = f"{counted(recorder.rows, 'pose')} in {duration(recorder.seconds)}"
    return f"recorded {poses} into {path}{missed}; play it with: {command('view', path)}"


def _video(video: VideoRecorder) -> str:
    path = str(video.folder / VIDEO)
    missed = _missed(video.missed, "frame", video.fault)
    if not video.frames:
        return f"no frame of the video was kept in {path}{missed}"
    frames = f"{counted(video.frames, 'frame')} of video"
    return f"kept {frames} in {path}{missed}; lift it with: {command('lift', str(video.folder))}"


def _sets(sets: Sequence[LiveSet], recorded: BackgroundRecorder | None) -> str:
    if not sets:
        return "no repetition was counted"
    words = ", ".join(_set(one) for one in sets)
    path = recorded and str(recorded.folder / JOINTS)
    return f"counted {words}" + (f"; how they were done: {command('form', path)}" if path else "")


def _set(one: LiveSet) -> str:
    partials = f" ({counted(one.partials, 'partial')})" if one.partials else ""
    return f"{one.exercise} {one.count}{partials}"


def _missed(count: int, noun: str, fault: str) -> str:
    why = f": {fault}" if fault else ""
    return f" ({counted(count, noun)} missed{why})" if count else ""
