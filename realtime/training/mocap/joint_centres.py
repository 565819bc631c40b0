"""Joint centres from skin markers, and readers for the marker-based corpora."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from ...errors import FormatError
from ...formats.qualisys.text import read_qualisys_text
from ...formats.rig_motion import Array
from ...formats.safe.damage import parsing
from ...kinematics.vectors import unit
from ...runtime.text import reason
from .canonical25 import ARM, assemble, head_from_axes, widen
from .feet import foot_from_markers

# Vicon Plug-in Gait, in the order of the UI-PRMD files.
PLUG_IN_GAIT = (
    "LFHD", "RFHD", "LBHD", "RBHD",
    "C7", "T10", "CLAV", "STRN", "RBAK",
    "LSHO", "LUPA", "LELB", "LFRM", "LWRA", "LWRB", "LFIN",
    "RSHO", "RUPA", "RELB", "RFRM", "RWRA", "RWRB", "RFIN",
    "LASI", "RASI", "LPSI", "RPSI",
    "LTHI", "LKNE", "LTIB", "LANK", "LHEE", "LTOE",
    "RTHI", "RKNE", "RTIB", "RANK", "RHEE", "RTOE",
)  # fmt: skip

# Half joint width plus marker radius in metres: from a lateral marker to the joint centre;
# for the shoulder, downwards from the acromion.
_KNEE_M, _ANKLE_M, _ELBOW_M, _SHOULDER_M = 0.055, 0.038, 0.038, 0.045
# The acromion markers are medial of the shoulder joint centres.
_SHOULDER_WIDTH = 1.1
_HEADBAND_ABOVE_EARS_M = 0.05
UIPRMD_RATE_HZ = 100.0

Markers = Mapping[str, Array]


def hip_centres(left_asis: Array, right_asis: Array, back: Array) -> tuple[Array, Array]:
    """Left and right hip joint centres (T, 3) from pelvis markers; `back` is the midpoint of
    the posterior spines.  Regression of Harrington et al., "Prediction of the hip joint
    centre in adults, children, and patients with cerebral palsy based on magnetic
    resonance imaging", J. Biomech. 40(3), 2007: in mm from the midpoint of the anterior
    spines, forward -0.24 depth - 9.9, up -0.30 width - 10.9, outward 0.33 width + 7.3.
    """
    front = (left_asis + right_asis) / 2
    left, forward, up = pelvis_axes(left_asis, right_asis, back)
    width = np.linalg.norm(left_asis - right_asis, axis=-1, keepdims=True)
    depth = np.linalg.norm(front - back, axis=-1, keepdims=True)
    middle = front + (-0.24 * depth - 0.0099) * forward + (-0.30 * width - 0.0109) * up
    outward = (0.33 * width + 0.0073) * left
    return middle + outward, middle - outward


def pelvis_axes(left_asis: Array, right_asis: Array, back: Array) -> tuple[Array, Array, Array]:
    """Unit vectors (T, 3) to the left, forward and up in the pelvis frame."""
    left = unit(left_asis - right_asis)
    forward = (left_asis + right_asis) / 2 - back
    up = unit(np.cross(forward, left))
    return left, np.cross(left, up), up


def inwards(marker: Array, along: Array, inward: Array, distance_m: float) -> Array:
    """A joint centre at `distance_m` from its marker, in the direction `inward`, made
    orthogonal to the limb direction `along`."""
    along = unit(along)
    orthogonal = inward - (inward * along).sum(-1, keepdims=True) * along
    centre: Array = marker + distance_m * unit(orthogonal)
    return centre


def plug_in_gait_points(m: Markers) -> Array:
    """Points (T, 25, 3) from the 39 Plug-in Gait markers, z up."""
    back = (m["LPSI"] + m["RPSI"]) / 2
    pelvis_left, pelvis_forward, _ = pelvis_axes(m["LASI"], m["RASI"], back)
    hips = dict(zip("LR", hip_centres(m["LASI"], m["RASI"], back), strict=True))
    trunk_down = unit((m["T10"] + m["STRN"]) - (m["C7"] + m["CLAV"]))
    limbs = {}
    for side, name, inward in (("L", "left", -pelvis_left), ("R", "right", pelvis_left)):
        limbs.update(_leg(m, side, name, hips[side], inward))
        limbs.update(_arm(m, side, name, trunk_down, pelvis_forward))
    limbs = widen(limbs, ARM, _SHOULDER_WIDTH)
    spine = 0.35 * (m["T10"] + m["STRN"]) + 0.15 * (limbs["left_hip"] + limbs["right_hip"])
    front, rear = (m["LFHD"] + m["RFHD"]) / 2, (m["LBHD"] + m["RBHD"]) / 2
    left = (m["LFHD"] - m["RFHD"]) + (m["LBHD"] - m["RBHD"])
    band = head_from_axes((front + rear) / 2, front - rear, left)
    head = head_from_axes(band.centre - _HEADBAND_ABOVE_EARS_M * band.up, band.forward, band.left)
    return assemble(limbs, spine, head)


def _leg(m: Markers, side: str, name: str, hip: Array, inward: Array) -> dict[str, Array]:
    knee, ankle = m[f"{side}KNE"], m[f"{side}ANK"]
    foot = unit(m[f"{side}TOE"] - m[f"{side}HEE"])
    # The foot defines the rotation of the shank; where it is parallel to the shank, the pelvis does.
    hinge = np.cross(foot, unit(knee - ankle))
    hinge = inward + hinge * np.sign((hinge * inward).sum(-1, keepdims=True))
    leg = {
        f"{name}_hip": hip,
        f"{name}_knee": inwards(knee, knee - hip, hinge, _KNEE_M),
        f"{name}_ankle": inwards(ankle, knee - ankle, hinge, _ANKLE_M),
    }
    return leg | _foot(m, name, leg, f"{side}HEE", f"{side}TOE")


def _foot(m: Markers, name: str, limbs: Markers, heel: str, metatarsal: str) -> dict[str, Array]:
    """Heel and toe of a side, if both foot markers exist."""
    if heel not in m or metatarsal not in m:
        return {}
    points = foot_from_markers(m[heel], m[metatarsal], limbs[f"{name}_ankle"], limbs[f"{name}_knee"], name)
    return dict(zip((f"{name}_heel", f"{name}_toe"), points, strict=True))


def _arm(m: Markers, side: str, name: str, trunk_down: Array, forward: Array) -> dict[str, Array]:
    shoulder = m[f"{side}SHO"] + _SHOULDER_M * trunk_down
    elbow, wrist = m[f"{side}ELB"], (m[f"{side}WRA"] + m[f"{side}WRB"]) / 2
    upper, fore = unit(elbow - shoulder), unit(wrist - elbow)
    # The elbow axis is perpendicular to the plane of the bent arm; a straight arm is assumed to bend forwards.
    hinge = np.cross(upper, fore + 0.3 * forward)
    inward = hinge if side == "L" else -hinge
    return {
        f"{name}_shoulder": shoulder,
        f"{name}_elbow": inwards(elbow, upper, inward, _ELBOW_M),
        f"{name}_wrist": wrist,
    }


def runner_points(m: Markers) -> Array:
    """Points (T, 25, 3), z up, from the 45 markers of the Qualisys runner, with a medial and a
    lateral marker at every hinge joint."""
    left_hip, right_hip = hip_centres(m["WaistLFront"], m["WaistRFront"], m["WaistBack"])
    limbs = {"left_hip": left_hip, "right_hip": right_hip}
    trunk = unit(m["SpineThoracic12"] - m["SpineThoracic2"])
    for side, name in (("L", "left"), ("R", "right")):
        limbs[f"{name}_shoulder"] = m[f"{side}ShoulderTop"] + _SHOULDER_M * trunk
        for part in ("Knee", "Ankle", "Elbow", "Wrist"):
            limbs[f"{name}_{part.lower()}"] = (m[f"{side}{part}Out"] + m[f"{side}{part}In"]) / 2
        limbs |= _foot(m, name, limbs, f"{side}HeelBack", f"{side}Forefoot2")
    # HeadL and HeadR are above the ears, HeadFront is on the forehead.
    middle = (m["HeadL"] + m["HeadR"]) / 2
    band = head_from_axes(middle, m["HeadFront"] - middle, m["HeadL"] - m["HeadR"])
    head = head_from_axes(middle - _HEADBAND_ABOVE_EARS_M * band.up, band.forward, band.left)
    trunk_ends = [limbs[f"{side}_{part}"] for side in ("left", "right") for part in ("hip", "shoulder")]
    return assemble(limbs, np.mean(trunk_ends, axis=0), head)


def uiprmd_markers(stored: Array) -> Array:
    """Decode stored (39, 3, T) int16, temporal differences in tenths of a millimetre modulo
    65536 → metres (T, 39, 3); missing markers (0, 0, 0 in the original data) are NaN."""
    steps = np.ascontiguousarray(stored.transpose(2, 0, 1)).view(np.uint16)
    tenths = np.cumsum(steps, axis=0, dtype=np.uint16).view(np.int16)
    lost = (tenths == 0).all(-1)
    return np.where(lost[..., None], np.nan, tenths / 10000.0)


Motions = Iterator[tuple[Path, Array, float]]


def uiprmd_folder(folder: Path) -> Motions:
    """All repetitions of the UI-PRMD corpus, named <subject file>/<repetition>.  Gaps are interpolated."""
    for path, markers in uiprmd_files(folder):
        yield path, uiprmd_points(fill_gaps(markers)), UIPRMD_RATE_HZ


def uiprmd_points(markers: Array) -> Array:
    """Points (T, 25, 3) from markers (T, 39, 3)."""
    return plug_in_gait_points({name: markers[:, i] for i, name in enumerate(PLUG_IN_GAIT)})


def uiprmd_files(folder: Path) -> Iterator[tuple[Path, Array]]:
    """The markers (T, 39, 3) of all repetitions, NaN where they were lost."""
    for path in sorted(folder.glob("s*.npz")):
        try:
            # NumPy leaves a file that it has opened itself open, if it is no archive.
            with parsing(path, "is not a UI-PRMD file"), path.open("rb") as file, np.load(file) as stored:
                repetitions = {key: np.asarray(stored[key]) for key in stored.files}
        except OSError as error:
            raise FormatError(f"{path} cannot be read ({reason(error)})") from error
        for key, values in repetitions.items():
            if values.ndim != 3 or values.shape[:2] != (len(PLUG_IN_GAIT), 3) or values.dtype != np.int16:
                found = f"{key!r:.40} is {values.dtype!s:.30} {values.shape!s:.60}"
                raise FormatError(f"{path} is not a UI-PRMD file: {found}")
            yield path / key, uiprmd_markers(values)


def qualisys_folder(folder: Path) -> Motions:
    """All runs of the Qualisys corpus."""
    for path in sorted(folder.glob("*.txt.gz")):
        markers = read_qualisys_text(path)
        yield path, runner_points(markers.named()), markers.rate_hz


def fill_gaps(paths: Array, longest: int | None = None) -> Array:
    """Linear interpolation over NaN along the first axis; at the ends the nearest value is
    repeated.  Trajectories without any value and gaps of more than `longest` frames stay NaN."""
    flat = paths.reshape(len(paths), -1).copy()
    time = np.arange(len(flat))
    for column in np.flatnonzero(np.isnan(flat).any(0)):
        lost = np.isnan(flat[:, column])
        if not lost.all():
            flat[:, column] = np.interp(time, time[~lost], flat[~lost, column])
            for start, end in np.flatnonzero(np.diff(lost, prepend=False, append=False)).reshape(-1, 2):
                if longest is not None and end - start > longest:
                    flat[start:end, column] = np.nan
    return flat.reshape(paths.shape)
