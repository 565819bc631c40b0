"""Motion files of many formats → the common form of 25 points (`body.py`), z up, metres.

=============  ================  ==========================================================
`bvh`          .bvh              rigs of this project, of CMU's DAZ and MotionBuilder kinds,
                                 or with the joints' names given
`acclaim`      .amc              with `<subject>.asf` beside it
`qualisys`     .tsv              Qualisys Track Manager's export
`trc`          .trc              OpenSim, Pose2Sim, Motion Analysis
`c3d`          .c3d              motion laboratories
`h36m`         .npz              VideoPose3D's `data_3d_h36m.npz`, many recordings
`fit3d`        .json             Fit3D's `joints3d_25`
=============  ================  ==========================================================

`naming.py` says which names of joints and markers are known; others are given by a `Convention`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import FormatError
from ...formats.acclaim import read_amc, read_asf
from ...formats.bvh.reader import read_bvh
from ...formats.c3d.points import read_c3d_markers
from ...formats.fit3d_json import RATE_HZ as FIT3D_RATE_HZ
from ...formats.fit3d_json import read_fit3d
from ...formats.h36m_npz import RATE_HZ as H36M_RATE_HZ
from ...formats.h36m_npz import read_h36m_3d
from ...formats.markers import Markers
from ...formats.qualisys_tsv import read_qualisys_tsv
from ...formats.rig_motion import Array
from ...formats.safe.gz_text import read_text
from ...formats.trc import read_trc_markers
from ...motion import to_z_up
from ...skeleton import H36M17
from .completion import complaint, complete
from .naming import Names, marker_points, rig_points
from .rig_maps import ACCLAIM, body_points

_BVH_METRES = 0.01


@dataclass(frozen=True)
class Convention:
    """What files mean where they do not say it themselves.

    `names`: of our joints (and `head`, for rigs) what they are called in the file; several
    stand for their middle.  `up`: the axis that points upwards, such as "y" or "-z".
    """

    names: Names = field(default_factory=dict)
    up: str = ""
    rate_hz: float | None = None
    metres_per_unit: float | None = None


@dataclass(frozen=True, eq=False)
class Recording:
    """Points (T, 25, 3) of one recording; `name` tells those of one file apart."""

    points: Array
    rate_hz: float
    name: str = ""


@dataclass(frozen=True)
class Importer:
    """One row: the endings of a format's files, and its reader."""

    endings: tuple[str, ...]
    read: Callable[[Path, Convention], Iterator[Recording]]


def read_motion(path: Path, mapping: Convention | None = None, form: str = "") -> tuple[Array, float]:
    """Points (T, 25, 3) and frames a second of a file that holds one recording.

    Points that neither the file nor the mean body tells are NaN.  `form` names the format
    where the file's ending does not.  Raises FormatError.
    """
    found = list(read_recordings(path, mapping, form))
    if len(found) != 1:
        names = ", ".join(recording.name for recording in found[:8])
        raise FormatError(f"{path} holds {len(found)} recordings ({names} …); read them one by one"[:300])
    return found[0].points, found[0].rate_hz


def read_recordings(path: Path, mapping: Convention | None = None, form: str = "") -> Iterator[Recording]:
    """Every recording in a file, as `read_motion` gives one."""
    mapping = mapping or Convention()
    for recording in IMPORTERS[form or form_of(path)].read(path, mapping):
        if wrong := complaint(recording.points):
            raise FormatError(f"{' '.join((str(path), recording.name)).strip()}: {wrong}")
        rate_hz = mapping.rate_hz or recording.rate_hz
        if not rate_hz > 0:
            raise FormatError(f"{path} says it has {rate_hz:g} frames a second")
        yield Recording(recording.points, rate_hz, recording.name)


def form_of(path: Path) -> str:
    """The format that a file's ending stands for (FormatError if it is none)."""
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    for form, importer in IMPORTERS.items():
        if ending in importer.endings:
            return form
    known = ", ".join(ending for importer in IMPORTERS.values() for ending in importer.endings)
    raise FormatError(f"{path} is of an unknown format; known are {known}")


def _bvh(path: Path, c: Convention) -> Iterator[Recording]:
    motion = read_bvh(read_text(path), c.metres_per_unit or _BVH_METRES, str(path))
    yield Recording(rig_points(motion, c.names, path, c.up or "y"), motion.rate_hz)


def _acclaim(path: Path, c: Convention) -> Iterator[Recording]:
    subject = path.name.partition("_")[0].partition(".")[0]
    beside = sorted(path.parent.glob(f"{subject}.asf*"))
    if not beside:
        raise FormatError(f"{path} has no skeleton {subject}.asf beside it")
    motion = read_amc(read_text(path), read_asf(read_text(beside[0]), str(beside[0])), str(path))
    points = rig_points(motion, c.names, path, c.up or "y") if c.names else body_points(motion, ACCLAIM)
    yield Recording(points, motion.rate_hz)


def _trc(path: Path, c: Convention) -> Iterator[Recording]:
    yield _marked(read_trc_markers(path, c.up or "y"), path, c)


def _c3d(path: Path, c: Convention) -> Iterator[Recording]:
    yield _marked(read_c3d_markers(path, c.up), path, c)


def _qualisys(path: Path, c: Convention) -> Iterator[Recording]:
    yield _marked(read_qualisys_tsv(path, c.up or "z", c.rate_hz), path, c)


def _marked(markers: Markers, path: Path, c: Convention) -> Recording:
    return Recording(marker_points(markers, c.names, path), markers.rate_hz)


def _h36m(path: Path, c: Convention) -> Iterator[Recording]:
    for subject, action, joints in read_h36m_3d(path):
        points = complete(_joints(to_z_up(joints, c.up or "z")))
        yield Recording(points, H36M_RATE_HZ, f"{subject}/{action}")


def _fit3d(path: Path, c: Convention) -> Iterator[Recording]:
    yield Recording(complete(_joints(read_fit3d(path, c.up))), FIT3D_RATE_HZ)


def _joints(joints: Array) -> dict[str, Array]:
    return {name: joints[:, i] for i, name in enumerate(H36M17.joints)}


IMPORTERS = {
    "bvh": Importer((".bvh",), _bvh),
    "acclaim": Importer((".amc",), _acclaim),
    "qualisys": Importer((".tsv",), _qualisys),
    "trc": Importer((".trc",), _trc),
    "c3d": Importer((".c3d",), _c3d),
    "h36m": Importer((".npz",), _h36m),
    "fit3d": Importer((".json",), _fit3d),
}
