"""Fit3D cameras: `<subject>/camera_parameters/<camera>/<action>.json`.

`extrinsics` has the rotation R (3, 3) from the room to the camera's axes and the place T of the camera in the room,
in metres; `intrinsics_w_distortion` the focal lengths f and the principal point c in pixels, three radial coefficients
k and two tangential ones p.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import FormatError
from ..rig_motion import Array
from ..safe.damage import parsing
from ..safe.gz_text import read_text

FOLDER = "camera_parameters"
_INTRINSICS = "intrinsics_w_distortion"
_NOT_ORTHOGONAL = 1e-2  # largest deviation of R R^T from the unit matrix


@dataclass(frozen=True, eq=False)
class Fit3DCamera:
    """A camera: `rotation` (3, 3) and `place_m` (3,) in the room; `focal_px`, `centre_px` (2,), and the coefficients
    of the lens, `radial` (3,) and `tangential` (2,)."""

    rotation: Array
    place_m: Array
    focal_px: Array
    centre_px: Array
    radial: Array
    tangential: Array

    def axes(self, points: Array) -> Array:
        """Points (..., 3) m of the room in the camera's axes: x right, y down, z ahead."""
        return (points - self.place_m) @ self.rotation.T

    def pixels(self, points: Array) -> Array:
        """Where points (..., 3) m in the camera's axes, in front of it, are in its picture (..., 2) px.

        The lens is modelled as in the toolkit of the data set (project_3d_to_2d), in which each tangential
        coefficient belongs to the other axis: PerfectRep left that exchange out.
        """
        flat = points[..., :2] / points[..., 2:]
        across = self.tangential[::-1]
        r2 = (flat**2).sum(-1, keepdims=True)
        radial = 1 + np.concatenate([r2, r2**2, r2**3], -1) @ self.radial[:, None]
        tangential = (flat * across).sum(-1, keepdims=True)
        pixels: Array = self.focal_px * (flat * (radial + tangential) + across * r2) + self.centre_px
        return pixels


def read_camera(path: Path) -> Fit3DCamera:
    """The camera in a file of Fit3D.  Raises FormatError."""
    with parsing(path, f"does not contain extrinsics and {_INTRINSICS} of a camera of Fit3D"):
        data = json.loads(read_text(path))
        extrinsics, lens = data["extrinsics"], data[_INTRINSICS]
        shapes = {"R": (3, 3), "T": (3,), "f": (2,), "c": (2,), "k": (3,), "p": (2,)}
        found = {name: np.array((extrinsics if name in "RT" else lens)[name], np.float64) for name in shapes}
        values = {name: found[name].reshape(shape) for name, shape in shapes.items()}
    if not all(np.isfinite(value).all() for value in values.values()) or (values["f"] <= 0).any():
        raise FormatError(f"{path}: the camera has values that are no finite numbers, or no focal length")
    if np.abs(values["R"] @ values["R"].T - np.eye(3)).max() > _NOT_ORTHOGONAL:
        raise FormatError(f"{path}: R of the extrinsics is not a rotation")
    return Fit3DCamera(*values.values())
