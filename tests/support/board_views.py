"""Pictures of a chessboard through cameras that are known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

BOARD = (9, 6)  # inner corners
SQUARE_M = 0.025
# Where a pixel is sampled: no two in a row or column, so that upright edges come out smooth.
_SAMPLES = [((i + 0.5) / 8 - 0.5, (i * 3 % 8 + 0.5) / 8 - 0.5) for i in range(8)]


@dataclass(frozen=True)
class KnownCamera:
    """In OpenCV's pixels (the first one's centre is at 0, 0) and order of coefficients."""

    size_wh: tuple[int, int] = (640, 480)
    focal_px: float = 560.0
    centre_px: tuple[float, float] = (325.0, 236.0)
    distortion: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)

    @property
    def matrix(self):
        cx, cy = self.centre_px
        return np.array([[self.focal_px, 0, cx], [0, self.focal_px, cy], [0, 0, 1]])


WEBCAM = KnownCamera(distortion=(-0.18, 0.05, 0.001, -0.0008, 0.0))


def pose(x, y, z, turn_deg=0.0, nod_deg=0.0, roll_deg=0.0):
    """The board's middle at (x, y, z) in board widths, turned about the vertical, the horizontal
    and its own axis: rotation (3, 3) and translation (3,) m."""
    rotation = np.eye(3)
    for axis, angle in ((2, roll_deg), (1, turn_deg), (0, nod_deg)):
        rotation = cv2.Rodrigues(np.radians(angle) * np.eye(3)[axis])[0] @ rotation
    width = (BOARD[0] + 1) * SQUARE_M
    middle = np.array([BOARD[0] - 1, BOARD[1] - 1, 0]) * SQUARE_M / 2
    return rotation, np.array([x, y, z]) * width - rotation @ middle


# A person who does as told: the middle tilted every way, then all sides and corners, near and far.
POSES = [
    pose(0, 0, 1.4),
    pose(0, 0, 1.5, turn_deg=30),
    pose(0, 0, 1.5, turn_deg=-30),
    pose(0, 0, 1.5, nod_deg=30),
    pose(0, 0, 1.5, nod_deg=-30),
    pose(-0.45, -0.35, 1.7, turn_deg=15),
    pose(0.45, -0.35, 1.7, turn_deg=-15, nod_deg=15),
    pose(-0.45, 0.35, 1.7, nod_deg=-15),
    pose(0.42, 0.35, 1.7, nod_deg=15, turn_deg=20),
    pose(0, -0.4, 1.7, nod_deg=-35),
    pose(0, 0.4, 1.7, nod_deg=35),
    pose(-0.48, 0, 1.7, turn_deg=35),
    pose(0.46, 0, 1.7, turn_deg=-35),
    pose(-0.3, 0.1, 2.4, turn_deg=40, roll_deg=20),
    pose(0.3, -0.1, 2.4, nod_deg=40, roll_deg=-20),
    pose(0.5, 0.4, 2.2, turn_deg=-30, nod_deg=-20),
    pose(-0.6, -0.5, 2.2, turn_deg=-25, nod_deg=20),
    pose(0.6, -0.5, 2.2, turn_deg=25, nod_deg=-20),
    pose(-0.6, 0.5, 2.2, turn_deg=25, nod_deg=20),
    pose(0, 0, 1.25, roll_deg=8),
]


def corners(camera, board_pose):
    """The true inner corners (54, 2) px."""
    grid = np.mgrid[0 : BOARD[0], 0 : BOARD[1]].T.reshape(-1, 2) * SQUARE_M
    points = np.column_stack([grid, np.zeros(len(grid))])
    rotation, translation = board_pose
    turned = cv2.Rodrigues(rotation)[0]
    return cv2.projectPoints(points, turned, translation, camera.matrix, np.array(camera.distortion))[0][:, 0]


def picture(camera, board_pose, blur_px=0.6, noise=2.0, seed=0):
    """The board with its white margin before a grey wall, BGR."""
    shade = np.mean([_shades(camera, board_pose, offset) for offset in _SAMPLES], axis=0)
    if blur_px:
        shade = cv2.GaussianBlur(shade, (0, 0), blur_px)
    shade = shade + np.random.default_rng(seed).normal(0, noise, shade.shape)
    return np.repeat(shade.clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@cache
def _rays(camera, offset):
    """The rays to that place of each pixel: x and y (height, width) where z is 1."""
    width, height = camera.size_wh
    pixels = (np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1) + offset).reshape(-1, 1, 2)
    rays = cv2.undistortPoints(pixels, camera.matrix, np.array(camera.distortion))
    return np.ascontiguousarray(rays.reshape(height, width, 2).transpose(2, 0, 1), np.float32)


def _shades(camera, board_pose, offset):
    """The grey of what is seen at that place of each pixel (height, width)."""
    rotation, translation = board_pose
    # Where the ray meets the board's plane: rotation.T @ (z (x, y, 1) - translation) has no third part.
    x, y = _rays(camera, offset)
    directions = [float(a) * x + float(b) * y + float(c) for a, b, c in rotation.T]
    origin = (rotation.T @ translation).tolist()
    z = origin[2] / directions[2]
    column, row = (
        np.floor((direction * z - start) / SQUARE_M + 1).astype(np.int16)  # in squares
        for direction, start in zip(directions[:2], origin[:2], strict=True)
    )
    columns, rows = BOARD[0] + 1, BOARD[1] + 1
    is_paper = (column >= -1) & (column <= columns) & (row >= -1) & (row <= rows)
    is_square = (column >= 0) & (column < columns) & (row >= 0) & (row < rows) & ((column + row) & 1 == 0)
    return np.where(is_square, np.float32(30), np.where(is_paper, np.float32(225), np.float32(120)))
