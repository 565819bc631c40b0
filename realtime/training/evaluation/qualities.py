"""What `lift` gives with each `--quality`, on clips with exact ground truth: by the stages that it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import Any

import numpy as np

from ...errors import SourceError
from ...offline.lift import open_stages
from ...offline.request import lift_request
from ...pose import Estimate
from ...stages import all_frames
from .truth_clips import Clip, ClipResult, clip_result, limbs_of, rate_of_poses


def run_qualities(
    clip: Clip,
    qualities: Sequence[str],
    given: Mapping[str, Any],
    max_frames: int | None = None,
    *,
    told: bool = False,
    told_camera: bool = False,
) -> list[ClipResult]:
    """A result for each quality, on the frames in which all have a pose.

    `given`: other flags of `lift`, by name; `told`: how tall the person is; `told_camera`: the camera's
    field of view.  `ClipResult.detector` is that of
    the first quality.  Raises SourceError if nobody is detected.
    """
    height = {"height": clip.height_m()} if told else {}
    camera = {"fov": clip.camera().fov_deg} if told_camera else {}
    lifted = [_lifted(clip, {**given, **height, **camera, "quality": quality}, max_frames) for quality in qualities]
    by_frame = [{one.pose.index: one for one in estimates} for _, estimates in lifted]
    frames = np.array(sorted(set.intersection(*map(set, by_frame))), np.intp)
    if not len(frames):
        raise SourceError(f"nobody was detected in {clip.video}")
    first = [by_frame[0][index] for index in frames]
    world = [limbs_of(k.world_m, k.skeleton) for one in first if (k := one.keypoints) and k.world_m is not None]
    return [
        clip_result(
            clip,
            frames,
            [found[index].pose for index in frames],
            np.array(world),
            f"{quality} ({network})",
            rate_of_poses([one.pose for one in first]),
        )
        for quality, (network, _), found in zip(qualities, lifted, by_frame, strict=True)
    ]


def _lifted(clip: Clip, flags: Mapping[str, Any], max_frames: int | None) -> tuple[str, list[Estimate]]:
    """The network's name, and the estimates of the frames with a person."""
    task = lift_request(flags).task(clip.video, clip.video.with_suffix(""))
    with ExitStack() as cleanup:
        estimator, source = open_stages(task, cleanup)
        estimates = [
            one
            for one in estimator.run(islice(all_frames(source), max_frames))
            if one.keypoints is not None and one.keypoints.world_m is not None
        ]
    return estimator.model.partition("@")[0], estimates
