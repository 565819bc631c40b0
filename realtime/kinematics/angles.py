"""Joint angles in degrees, from the joints of any skeleton that has the points.

`JOINTS` defines each angle: what is zero and what is positive, by the recommendations of the International Society of
Biomechanics as far as points tell it, under the names of OpenSim's coordinates where it has them.  An angle whose points
a skeleton lacks is absent.  An angle that the points do not determine is NaN, never a number that jumps (`body`).
Angles are those of the joints as they are: nothing is smoothed.

| source | |
|---|---|
| Wu et al. 2002 | "ISB recommendation on definitions of joint coordinate system … part I: ankle, hip, and spine", J. Biomech. 35(4), 543–548 |
| Wu et al. 2005 | "… part II: shoulder, elbow, wrist and hand", J. Biomech. 38(5), 981–992 |
| Grood & Suntay 1983 | "A joint coordinate system for the clinical description of three-dimensional motions", J. Biomech. Eng. 105(2), 136–144 |
| Baker 2001 | "Pelvic angles: a mathematically rigorous definition …", Gait & Posture 13(1), 1–6 |
| Altman & Davis 2012 | "A kinematic method for footstrike pattern detection in barefoot and shod runners", Gait & Posture 35(2), 298–300 |
| Rajagopal et al. 2016 | "Full-body musculoskeletal model for muscle-driven simulation of human gait", IEEE Trans. Biomed. Eng. 63(10) |
"""  # noqa: E501 - a row of a table is one line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..motion import Floats, to_y_up
from ..skeleton import Skeleton
from .anatomy import body_points
from .body import Angles, Body


@dataclass(frozen=True)
class Angle:
    """What one angle means: what is 0, what is positive, in which plane or about which axis it is measured, and
    where the definition comes from.  The unit is degrees."""

    name: str
    zero: str
    positive: str
    plane: str
    source: str


@dataclass(frozen=True)
class Joint:
    """Angles that are found together: from the points `needs`, by a function of a body and a side, "left" or
    "right".  `sided`: of each side, which completes the names of points and angles."""

    angles: tuple[Angle, ...]
    needs: tuple[str, ...]
    find: Callable[[Body, str], Angles]
    sided: bool = True

    def names(self) -> tuple[str, ...]:
        """The names of the angles, left before right."""
        return tuple(f"{angle.name}{end}" for angle in self.angles for end in (("_l", "_r") if self.sided else ("",)))

    def found_in(self, body: Body) -> dict[str, Floats]:
        """The angles (...) by name; none if a point is missing."""
        if not {need.format(side=side) for need in self.needs for side in ("left", "right")} <= body.at.keys():
            return {}
        paths = zip(*(self.find(body, side) for side in (("left", "right") if self.sided else ("",))), strict=True)
        return dict(zip(self.names(), (path for sides in paths for path in sides), strict=True))


def joint_angles_deg(joints: Floats, skeleton: Skeleton) -> dict[str, Floats]:
    """Angles (...) in degrees by name, of joints (..., J, 3) in metres with z up, in the order of `JOINTS`; the names
    of sided ones end in _l and _r.  NaN where the points do not determine the angle, or are not known."""
    body = Body(body_points(to_y_up(joints), skeleton))
    found: dict[str, Floats] = {}
    for joint in JOINTS:
        found |= joint.found_in(body)
    return found


_HIP, _SHOULDER, _SPINE = (
    "Wu et al. 2002, hip",
    "Wu et al. 2005, shoulder; turns as of the hip",
    "Wu et al. 2002, spine",
)
_PELVIS = "Baker 2001: rotation, obliquity, tilt"
_OWN = "this project's"
JOINTS = (
    Joint(
        (
            Angle("hip_flexion", "thigh along the trunk", "thigh forward", "sagittal plane of the pelvis", _HIP),
            Angle("hip_adduction", "thigh along the trunk", "thigh inward", "out of that plane", _HIP),
            Angle("hip_rotation", "knee points forward", "knee points inward", "about the thigh", _HIP),
        ),
        ("{side}_hip", "{side}_knee", "{side}_ankle", "pelvis", "spine"),
        Body.hip,
    ),
    Joint(
        (Angle("knee_angle", "straight", "bent", "of thigh and shank", "Grood & Suntay 1983, flexion"),),
        ("{side}_hip", "{side}_knee", "{side}_ankle"),
        Body.knee,
    ),
    Joint(
        (Angle("ankle_angle", "foot square to the shank", "toes up", "of shank and foot", "Wu et al. 2002, ankle"),),
        ("{side}_knee", "{side}_ankle", "{side}_heel", "{side}_toe"),
        Body.ankle,
    ),
    Joint(
        (
            Angle("foot_ground_angle", "foot level", "toes above the heel", "vertical", "Altman & Davis 2012"),
            Angle("foot_progression", "toes ahead", "toes outward", "horizontal, against the heading", _OWN),
        ),
        ("{side}_heel", "{side}_toe", "{side}_hip", "{side}_shoulder"),
        Body.foot,
    ),
    Joint(
        (
            Angle("anterior_pelvic_tilt", "upright", "forward", "sagittal plane of the pelvis", _PELVIS),
            Angle("pelvic_obliquity", "hips level", "right hip higher", "frontal plane", _PELVIS),
        ),
        ("{side}_hip", "pelvis", "spine"),
        Body.pelvic,
        sided=False,
    ),
    Joint(
        (
            Angle("lumbar_extension", "thorax along the pelvis", "backward", "sagittal plane of the pelvis", _SPINE),
            Angle("lumbar_bending", "thorax along the pelvis", "to the right", "out of that plane", _SPINE),
            Angle("lumbar_rotation", "shoulders along the hips", "to the left", "about the thorax", _SPINE),
        ),
        ("{side}_hip", "{side}_shoulder", "pelvis", "spine", "neck"),
        Body.back,
        sided=False,
    ),
    Joint(
        (
            Angle("trunk_lean", "upright", "forward", "vertical plane that the hips face", _OWN),
            Angle("trunk_side_lean", "upright", "to the right", "out of that plane", _OWN),
        ),
        ("{side}_hip", "pelvis", "neck"),
        Body.trunk,
        sided=False,
    ),
    Joint(
        (
            Angle("arm_flex", "arm along the trunk", "arm forward", "sagittal plane of the thorax", _SHOULDER),
            Angle("arm_add", "arm along the trunk", "arm inward", "out of that plane", _SHOULDER),
            Angle("arm_rot", "bent elbow points the hand forward", "hand inward", "about the upper arm", _SHOULDER),
        ),
        ("{side}_shoulder", "{side}_elbow", "{side}_wrist", "spine", "neck"),
        Body.shoulder,
    ),
    Joint(
        (Angle("elbow_flex", "straight", "bent", "of upper arm and forearm", "Wu et al. 2005, elbow"),),
        ("{side}_shoulder", "{side}_elbow", "{side}_wrist"),
        Body.elbow,
    ),
)
