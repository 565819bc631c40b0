"""What an output needs, checked before the first frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from ..errors import NotRepresentable
from ..runtime.new_files import check_name
from ..sources.declared import Declared
from .output_faults import OutputFaults
from .outputs import OUTPUTS
from .task import Task

_APPROXIMATE = 1.02  # headers may declare a little too much


def check_libraries(names: Iterable[str]) -> None:
    """Raises MissingLibrary for the first output whose library cannot be loaded on this machine."""
    for name in names:
        if (needs := OUTPUTS[name].needs) is not None:
            needs()


def check_outputs(task: Task, faults: OutputFaults, told: Callable[[], Declared]) -> None:
    """Into `faults`: outputs whose library is missing, whose file names are too long, and that
    cannot hold as many frames as the recording declares (`told`, asked where an output depends on it)."""
    for name in task.formats:
        with faults.of(name):
            check_libraries([name])
            for path in OUTPUTS[name].files(task.stem):
                check_name(path)
            most = OUTPUTS[name].most_frames
            if most is not None and (expected := expected_frames(task, told())) > _APPROXIMATE * most:
                raise NotRepresentable(
                    f"{name} can hold at most {most} frames, this has about {expected}; write trc instead, "
                    "or lift parts (--start, --end)"
                )


def expected_frames(task: Task, told: Declared) -> int:
    """About how many evenly spaced frames the part will have; 0 where the recording does not say."""
    if told.rate_hz is None or told.length_s is None:
        frames: float = told.frames or 0
    else:
        part_s = max(0.0, min(task.end_s, told.length_s) - task.start_s)
        frames = part_s * min(told.rate_hz, task.fps or math.inf)
    return round(min(frames, task.settings.max_frames or math.inf))
