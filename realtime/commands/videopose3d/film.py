"""The film of a VideoPose3D command line: the video with its keypoints beside the reconstruction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ...camera import camera_to_published
from ...errors import SourceError
from ...motion import ASSUMED_FPS
from ...pose import Array, Pose2D, Pose3D
from ...render.panel_film import PanelFilm
from ...runtime.new_files import give_name, os_errors_as_record_error, refuse_existing
from ...runtime.text import counted
from ...skeleton import Skeleton
from ...sources import Request, open_source
from ...sources.blank import BlankPictures
from ...sources.paced import play
from ...sources.read_ahead import ReadAhead
from ...stages import Source, all_frames
from .request import RenderRequest

_MAX_STRETCH = 0.02  # difference in aspect ratio to the keypoints' frames; codecs round 1080 to 1088 lines

_log = logging.getLogger("realtime.commands.videopose3d")


def write_film(
    path: Path,
    request: RenderRequest,
    poses: Sequence[Pose2D],
    bodies: Sequence[Pose3D],
    on_frame: Callable[[int], None],
) -> int:
    """Draw the requested frames of `poses` and `bodies` (one per frame), and return their number.
    `on_frame` is called with the index of each.  Raises SourceError if the video cannot be read
    or is another one, RecordError if the film cannot be written."""
    refuse_existing([path])
    with (
        os_errors_as_record_error(path, "; give another --viz-output"),
        TemporaryDirectory(prefix=".film-", dir=path.parent) as folder,
    ):
        staged = Path(folder) / path.name
        note = partial(_note, staged, path)
        shown = _draw(staged, request, poses, bodies, on_frame, note)
        give_name(staged, path)
    return shown


def _note(staged: Path, path: Path, text: str) -> None:
    """Log what is to be said of a film, under the name that it will have."""
    _log.warning("%s", text.replace(str(staged), str(path)))


def _draw(
    path: Path,
    request: RenderRequest,
    poses: Sequence[Pose2D],
    bodies: Sequence[Pose3D],
    on_frame: Callable[[int], None],
    note: Callable[[str], None],
) -> int:
    last = min(len(poses), request.limit or len(poses))
    seen, shown = -1, 0
    with ExitStack() as cleanup:
        film: PanelFilm | None = None
        for frame in all_frames(cleanup.enter_context(closing(_pictures(request, poses)))):
            if frame.index >= last:
                break
            seen = frame.index
            if seen < request.skip or (seen - request.skip) % request.every:
                continue
            if film is None:
                _check_shape(frame.size_wh, poses[seen].size_wh)
                size_wh = _panel_wh(frame.size_wh, request.height_px)
                film = cleanup.enter_context(closing(PanelFilm([path], size_wh, ASSUMED_FPS, note=note)))
            film.write(frame.image, poses[seen], bodies[seen], frame.t_capture_ns / 1e9)
            shown += 1
            on_frame(seen)
    if seen + 1 < last:
        _log.warning(
            "the video has %s, the keypoints %d: the film ends with the video", counted(seen + 1, "frame"), last
        )
    if not shown:
        raise SourceError(f"no frame is left for {path.name}: --viz-skip {request.skip} skips all of them")
    return shown


def poses_to_draw(joints: Array, skeleton: Skeleton, pitch_deg: float) -> list[Pose3D]:
    """Joints (T, J, 3) m in camera axes as poses, relative to the root and in published axes."""
    body = (joints - joints[:, skeleton.root, None]) @ camera_to_published(pitch_deg).T
    score = np.ones(len(skeleton), np.float32)
    return [
        Pose3D(xyz=xyz, score=score, root_m=None, skeleton=skeleton, index=index, t_capture_ns=0, t_unix_ns=0)
        for index, xyz in enumerate(body.astype(np.float32))
    ]


def _pictures(request: RenderRequest, poses: Sequence[Pose2D]) -> Source:
    if request.video is None:
        name = request.keypoints.name
        _log.info("%s has no frame rate: the film has %g fps; --viz-video gives it the video's", name, ASSUMED_FPS)
        reader = BlankPictures(name, np.arange(len(poses)) / ASSUMED_FPS, poses[0].size_wh)
        return play(reader, realtime=False, loop=False)
    return ReadAhead(
        open_source(Request(str(request.video.resolve())))
    )  # absolute, so that a name like "0" is not a camera


def _check_shape(video_wh: tuple[int, int], keypoints_wh: tuple[int, int]) -> None:
    across, down = (new / old for new, old in zip(video_wh, keypoints_wh, strict=True))
    if abs(across / down - 1) > _MAX_STRETCH:
        raise SourceError(
            f"--viz-video has frames of {video_wh[0]} x {video_wh[1]}, the keypoints are for "
            f"{keypoints_wh[0]} x {keypoints_wh[1]}: give the video that they were detected in"
        )


def _panel_wh(size_wh: tuple[int, int], height_px: int | None) -> tuple[int, int]:
    if height_px is None:
        return size_wh
    return max(1, round(size_wh[0] * height_px / size_wh[1])), height_px
