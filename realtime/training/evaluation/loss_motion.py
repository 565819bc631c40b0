"""Motion that an exported network's loss is measured on: the bundled clip, and people it was not trained on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from ...camera import Intrinsics
from ...lifting.export.precision_loss import Motion
from ...lifting.model_files import Network
from ...metrics import about_hips
from ...pose import Array
from ...skeleton import COCO17, H36M17, LIMB_JOINTS

_LIMBS = H36M17.indices(LIMB_JOINTS)


def demo_motion(max_frames: int | None = None) -> Motion:
    """The bundled clip, as BlazePose sees it.  Raises MissingLibrary without MediaPipe."""
    from ...detectors.blazepose import BlazePose
    from ...sources.clip import Clip
    from ...sources.demo import clip_path
    from ...sources.video import VideoFile
    from ...stages import all_frames
    from ...tracking.gaps import GapBridge
    from .truth_clips import demo_truth

    bridge, camera = GapBridge(), Intrinsics()
    seen: dict[int, Array] = {}
    with closing(BlazePose()) as detect, closing(Clip(VideoFile(clip_path()))) as source:
        for frame in all_frames(source):
            if len(seen) == max_frames:
                break
            people = detect(frame)
            if pose := bridge(people[0].keypoints if people else None, frame):
                coco = pose.select(COCO17)
                seen[frame.index] = camera.rays(coco.xy, coco.size_wh)
    return Motion("bundled clip", [np.stack(list(seen.values()))], [demo_truth()[list(seen)]])


def heldout_motion(network: Network, folder: Path, cache: Path, samples: int) -> Motion:
    """So many windows of the people in `folder` who are kept out of training, with noise as of a
    detector.  Raises FormatError, and MissingLibrary without PyTorch."""
    import torch

    from ..mocap.corpora import load, split
    from .heldout import heldout_batch

    heldout = split(load(folder, cache))[1]
    batch = heldout_batch(heldout, network.card.config, samples, torch.device("cpu"))
    true = about_hips(batch.joints[:, -1].numpy(), H36M17)[:, _LIMBS]
    return Motion(f"{samples} windows of held-out people", list(batch.rays.numpy()), list(true[:, None]))
