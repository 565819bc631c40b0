"""Keypoints on the video beside the joints, drawn with NumPy, written with PyAV."""

from fractions import Fraction

import av
import numpy as np

SIDE = 480  # px, of either half
RADIUS_M = 1.7  # what fits into the right half
AZIMUTH_DEG, ELEVATION_DEG = 20.0, 15.0
COCO_BONES = [(5, 7), (7, 9), (6, 8), (8, 10), (5, 6), (5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14)]
COCO_BONES += [(14, 16), (0, 5), (0, 6)]
H36M_PARENTS = [-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15]
RIGHT_2D, RIGHT_3D = {6, 8, 10, 12, 14, 16}, {1, 2, 3, 14, 15, 16}
LIGHT, RED, PAPER, INK = (235, 235, 235), (220, 60, 50), 250, (30, 30, 30)


def write_film(path, video, xy, size_wh, joints, fps):
    """Write an H.264 film, whole or not at all.  Without the video the left half is black."""
    zoom = SIDE / size_wh.max()
    width, height = (int(n * zoom) for n in size_wh)
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    keypoints, points = xy * zoom + (left, top), seen_from(upright(joints))
    part = path.with_name(path.name + ".part")
    with av.open(str(part), "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = 2 * SIDE, SIDE, "yuv420p"
        for t, picture in zip(range(len(xy)), pictures(video, width, height), strict=False):
            canvas = np.full((SIDE, 2 * SIDE, 3), PAPER, np.uint8)
            canvas[:, :SIDE] = 0
            canvas[top : top + height, left : left + width] = picture
            for a, b in COCO_BONES:
                colour = RED if {a, b} & RIGHT_2D else LIGHT
                line(canvas[:, :SIDE], keypoints[t, a], keypoints[t, b], colour)
            for child, parent in enumerate(H36M_PARENTS[1:], start=1):
                colour = RED if child in RIGHT_3D else INK
                line(canvas[:, SIDE:], points[t, parent], points[t, child], colour)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(canvas, format="rgb24")))
        film.mux(stream.encode())
    part.replace(path)


def pictures(video, width, height):
    """The video's frames (height, width, 3); black ones where it is missing or over."""
    if video.is_file():
        with av.open(str(video)) as container:
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format="rgb24", width=width, height=height)
    while True:
        yield np.zeros((height, width, 3), np.uint8)


def upright(joints):
    """Camera axes → x right, y ahead, z up, the lowest point of the clip on the floor."""
    points = np.stack([joints[..., 0], joints[..., 2], -joints[..., 1]], -1)
    points[..., 2] -= points[..., 2].min()
    return points


def seen_from(points):
    """Points (T, 17, 3), z up → pixels (T, 17, 2) of the right half, without perspective."""
    turn, tilt = np.radians([AZIMUTH_DEG, ELEVATION_DEG])
    x, y, z = np.moveaxis(points, -1, 0)
    right = np.cos(turn) * x + np.sin(turn) * y
    ahead = np.cos(turn) * y - np.sin(turn) * x
    up = np.cos(tilt) * z + np.sin(tilt) * ahead
    scale = SIDE / (2 * RADIUS_M)
    return np.stack([SIDE / 2 + right * scale, 0.85 * SIDE - up * scale], -1)


def line(canvas, start, end, colour):
    """A line two pixels thick; what lies outside is left out."""
    count = int(np.abs(np.subtract(end, start)).max().clip(0, 4 * SIDE)) + 1
    columns, rows = np.linspace(start, end, count).round().astype(int).T
    for across, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        x, y = columns + across, rows + down
        inside = (x >= 0) & (y >= 0) & (x < canvas.shape[1]) & (y < canvas.shape[0])
        canvas[y[inside], x[inside]] = colour
