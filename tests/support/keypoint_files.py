"""Small keypoint files as other programs write them, made with NumPy alone."""

import shutil
import zipfile

import numpy as np
from support.processes import run_python

from realtime.formats.keypoints_npz import write_keypoints
from realtime.skeleton import COCO17
from realtime.track import single_person_track


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


def npy(header, body=b""):
    """An .npy whose header says what one likes."""
    text = header.encode() + b" " * (117 - len(header)) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body


def zipped(path, compression=zipfile.ZIP_DEFLATED, **members):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


def object_npy(pickled, shape="()"):
    return npy(f"{{'descr': '|O', 'fortran_order': False, 'shape': {shape}, }}", pickled)


FRAMES = 40


def walk(frames=FRAMES, seed=0):
    """Keypoints (T, 17, 3) that wander, in a picture of 640 × 480."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform((200, 100), (400, 400), (17, 2)) + rng.normal(0, 2, (frames, 17, 2)).cumsum(0)
    return np.concatenate([xy, np.full((frames, 17, 1), 0.9)], -1).astype(np.float32)


def keypoint_file(path, points=None, fps=25.0):
    points = walk() if points is None else points
    write_keypoints(path, single_person_track(points, (640, 480), COCO17, fps))
    return str(path)


def copies(path, count):
    """The file and others like it, `count` together."""
    return [path, *(shutil.copy(path, f"{path.removesuffix('.npz')}-{n}.npz") for n in range(1, count))]


_MEASURE = """
import resource
import time
from pathlib import Path
from realtime.errors import FormatError
from realtime.formats.keypoints_npz import read_keypoints
before, began_s = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    read_keypoints(Path({path!r}))
except FormatError as error:
    print(error)
    took_s = time.process_time() - began_s
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
    print(took_s)
"""


def refused(path):
    """The message of a keypoint file that is refused, by how many MB a process grew that was given it, and its
    seconds of computing."""
    message, grown_mb, took_s = run_python(_MEASURE.format(path=str(path))).stdout.splitlines()
    return message, int(grown_mb), float(took_s)
