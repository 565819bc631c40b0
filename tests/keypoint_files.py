"""Small keypoint files as other programs write them, made with NumPy alone."""

import numpy as np


def walker(frames=12, at=(100.0, 50.0), step=(3.0, 0.0)):
    """(T, 17, 2) px: a column of 17 joints, 160 px high and 40 wide, that moves."""
    column = np.stack([np.tile([0.0, 40.0], 9)[:17], np.linspace(0, 160, 17)], -1)
    return (column + np.array(at) + np.arange(frames)[:, None, None] * np.array(step)).astype(np.float32)


def box_of(xy, score):
    return [*xy.min(0), *xy.max(0), score]


def write_videopose3d_video(path, people, scores, size_wh=(640, 480)):
    """`people`: per frame a list of (17, 2); `scores`: per frame as many box scores."""
    boxes, keypoints = np.empty((2, len(people), 2), object)
    for t, (bodies, marks) in enumerate(zip(people, scores, strict=True)):
        boxes[t, 0], keypoints[t, 0], boxes[t, 1], keypoints[t, 1] = [], [], [], []
        if bodies:
            boxes[t, 1] = np.array([box_of(*one) for one in zip(bodies, marks, strict=True)], np.float32)
            rows = [[b[:, 0], b[:, 1], np.zeros(17), np.full(17, 0.25)] for b in bodies]
            keypoints[t, 1] = np.array(rows, np.float32)
    metadata = {"w": size_wh[0], "h": size_wh[1]}
    np.savez_compressed(path, boxes=boxes, segments=np.full(len(people), None), keypoints=keypoints, metadata=metadata)


def write_videopose3d_set(path, videos, size_wh=(640, 480)):
    """`videos`: (T, 17, 2) by video name."""
    metadata = {
        "layout_name": "coco",
        "num_joints": 17,
        "keypoints_symmetry": [[1, 3], [2, 4]],
        "video_metadata": {name: {"w": size_wh[0], "h": size_wh[1]} for name in videos},
    }
    positions = {name: {"custom": [xy]} for name, xy in videos.items()}
    np.savez_compressed(path, positions_2d=positions, metadata=metadata)
