"""Motion for measuring the precision loss of an exported network: the bundled clip and held-out people."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from ...camera import Intrinsics
from ...lifting.export.precision_loss import Motion
from ...lifting.model_files import Network
from ...metrics import about_hips
from ...pose import Array
from ...runtime.text import counted
from ...skeleton import COCO17, H36M17, LIMB_JOINTS, Skeleton

_LIMBS = H36M17.indices(LIMB_JOINTS)


def demo_motion(keypoints: Skeleton = COCO17, max_frames: int | None = None) -> Motion:
    """The bundled clip with those keypoints that BlazePose finds.  Raises WeightsError without its networks."""
    from ...detectors import open_detector
    from ...sources.clip import Clip
    from ...sources.demo import clip_path
    from ...sources.video import VideoFile
    from ...stages import all_frames
    from ...tracking.gaps import GapBridge
    from .truth_clips import demo_truth

    bridge, camera = GapBridge(), Intrinsics()
    rays: dict[int, Array] = {}
    with closing(open_detector("blazepose")) as detect, closing(Clip(VideoFile(clip_path()))) as source:
        for frame in all_frames(source):
            if len(rays) == max_frames:
                break
            people = detect(frame)
            if pose := bridge(people[0].keypoints if people else None, frame):
                rays[frame.index] = camera.rays(pose.select(keypoints).xy, pose.size_wh)
    return Motion("bundled clip", [np.stack(list(rays.values()))], [demo_truth()[list(rays)]])


def heldout_motion(network: Network, folder: Path, cache: Path, samples: int) -> Motion:
    """`samples` windows of the held-out people in `folder`, with simulated detector noise.
    Raises FormatError, and MissingLibrary without PyTorch."""
    import torch

    from ..mocap.corpora import load, split
    from .heldout import heldout_batch

    heldout = split(load(folder, cache))[1]
    card = network.card
    batch = heldout_batch(heldout, card.config, samples, torch.device("cpu"), card.keypoints)
    true = about_hips(batch.joints()[:, -1].numpy(), H36M17)[:, _LIMBS]
    return Motion(f"{counted(samples, 'window')} of held-out people", list(batch.rays.numpy()), list(true[:, None]))
