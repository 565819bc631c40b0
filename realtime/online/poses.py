"""Live poses for a program of one's own, without the socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from ..estimation import build
from ..pose import Pose3D
from ..settings import Settings, settings_from
from ..stages import all_frames


def live(source: int | str | Path = "auto", **settings: Any) -> Iterator[Pose3D]:
    """Poses as they come, until the source ends: of a camera by its number, a video, a folder of
    images, a keypoint file, a URL, "demo", or "auto" (the webcam, or the demo clip where there is none).

    `settings` are those of `run`, such as `window=81`, `fov=70`, `detector="keypoint_rcnn"`.
    A pose of a frame that shows nobody has `valid` False and says why.  The camera is freed when
    the iterator is closed or deleted.  Raises the project's errors (PoseError).

    >>> for pose in live("demo", max_frames=2):
    ...     print(pose.valid, pose.xyz.shape)
    True (17, 3)
    True (17, 3)
    """
    chosen = settings_from(source=source, **settings)
    return _poses(chosen)


def _poses(settings: Settings) -> Iterator[Pose3D]:
    with ExitStack() as cleanup:
        detector, frames = build.detector_and_source(settings, cleanup)
        estimator = build.estimator(settings, detector)
        for estimate in estimator.run(islice(all_frames(frames), settings.max_frames)):
            yield estimate.pose
