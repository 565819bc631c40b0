"""Axes of segments of the body, and what turns one against another.

Axes are x forward, y up, z to the person's right, as in OpenSim.  A rotation is split as Rz(a) Rx(b) Ry(c), the
order of the pelvis, back, hip and shoulder joints of Rajagopal et al., "Full-body musculoskeletal model for muscle-
driven simulation of human gait", IEEE Trans. Biomed. Eng. 63(10), 2016.  A thigh or an upper arm that hangs along -y
of its body and is turned by Rz(flexion) Rx(adduction) points along (sin f cos a, -cos f cos a, -sin a) on the right.
"""

from __future__ import annotations

import numpy as np

from ..motion import Floats
from .vectors import cross, unit

UP = np.array([0.0, 1.0, 0.0])
_STRAIGHT_OUT = 1e-6  # sine of the angle to the body's side; there flexion is not told


def axes(right: Floats, up: Floats) -> Floats:
    """Rotations (..., 3, 3) whose columns are forward, up, right; `right` is kept."""
    z = unit(right)
    forward = unit(cross(up, z))
    return np.stack([forward, cross(z, forward), z], -1)


def zxy_degrees(rotation: Floats) -> tuple[Floats, Floats, Floats]:
    """Angles a, b, c (...) of rotations (..., 3, 3) = Rz(a) Rx(b) Ry(c); where b is a right
    angle only a + c or a - c is told, and c is 0."""
    sine = np.clip(rotation[..., 2, 1], -1, 1)
    locked = np.abs(sine) > 1 - 1e-9
    z = np.where(
        locked,
        np.arctan2(rotation[..., 1, 0], rotation[..., 0, 0]),
        np.arctan2(-rotation[..., 0, 1], rotation[..., 1, 1]),
    )
    y = np.where(locked, 0, np.arctan2(-rotation[..., 2, 0], rotation[..., 2, 2]))
    return np.degrees(z), np.degrees(np.arcsin(sine)), np.degrees(y)


def swing(body: Floats, limb: Floats, outwards: float) -> tuple[Floats, Floats]:
    """Flexion and adduction (...), degrees, of a limb (..., 3) in the axes `body` (..., 3, 3); `outwards` is 1 on the
    right, -1 on the left.  A limb straight out to the side has the flexion 0."""
    x, y, z = np.moveaxis(within(body, unit(limb)), -1, 0)
    flexion = np.where(np.hypot(x, y) < _STRAIGHT_OUT, 0, np.degrees(np.arctan2(x, -y)))
    return flexion, np.degrees(np.arcsin(np.clip(-outwards * z, -1, 1)))


def swung(body: Floats, flexion: Floats, adduction: Floats, outwards: float) -> Floats:
    """The axes (..., 3, 3) of a limb with that flexion and adduction, degrees, not turned about its length."""
    f, a = np.radians(flexion), outwards * np.radians(adduction)
    forward = np.stack([np.cos(f), np.sin(f), np.zeros_like(f)], -1)
    up = np.stack([-np.sin(f) * np.cos(a), np.cos(f) * np.cos(a), np.sin(a)], -1)
    turned: Floats = body @ np.stack([forward, up, cross(forward, up)], -1)
    return turned


def within(body: Floats, vectors: Floats) -> Floats:
    """Vectors (..., 3) in the axes `body` (..., 3, 3)."""
    inside: Floats = np.einsum("...ji,...j->...i", body, vectors)
    return inside


def bend(start: Floats, middle: Floats, end: Floats) -> Floats:
    """Degrees (...) by which the second bone leaves the line of the first."""
    first, second = middle - start, end - middle
    across = np.linalg.norm(cross(first, second), axis=-1)
    degrees: Floats = np.degrees(np.arctan2(across, (first * second).sum(-1)))
    return degrees


def dorsiflexion(foot: Floats, shank: Floats) -> Floats:
    """Degrees (...) by which the foot, from heel to toe, rises from square to the shank, from ankle to knee."""
    sine = np.clip((unit(foot) * unit(shank)).sum(-1), -1, 1)
    degrees: Floats = np.degrees(np.arcsin(sine))
    return degrees
