"""From COCO keypoints to the joints that a DSTformer has tokens for: Human3.6M's, made of them where COCO has none.

MotionBERT and PerfectRep are fed so.  Heels and toes follow as further tokens where they are found.
"""

from __future__ import annotations

import numpy as np

from ...pose import Array
from ...skeleton import COCO17, COCO_FEET21, H36M17, Skeleton

# The joints that COCO does not have: the middle of these keypoints.
_MIDDLES = {
    "pelvis": ("left_hip", "right_hip"),
    "spine": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
    "neck": ("left_shoulder", "right_shoulder"),
    "head_top": ("left_eye", "right_eye"),
}
_FED = {len(skeleton): skeleton for skeleton in (COCO17, COCO_FEET21)}


def tokens_of(keypoints: int) -> Array:
    """(K, K): the weights that make the tokens, in Human3.6M's order and then the feet, of so many keypoints in
    COCO's.  Raises ValueError for a number that is neither COCO-17 nor that with feet."""
    if keypoints not in _FED:
        raise ValueError(f"a DSTformer takes {' or '.join(map(str, _FED))} keypoints, not {keypoints}")
    skeleton = _FED[keypoints]
    names = (*H36M17.joints, *skeleton.joints[len(COCO17) :])
    return np.stack([_weights(name, skeleton) for name in names])


def _weights(token: str, keypoints: Skeleton) -> Array:
    sources = keypoints.indices(_MIDDLES.get(token, (token,)))
    row = np.zeros(len(keypoints), np.float32)
    row[sources] = 1 / len(sources)
    return row
