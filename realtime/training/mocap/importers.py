"""Import of motion files into the canonical 25 points (`canonical25.py`), z up, metres.

=============  ================  ==========================================================
`bvh`          .bvh              rigs of this project, CMU's DAZ and MotionBuilder rigs,
                                 others with a mapping of joint names
`acclaim`      .amc              with `<subject>.asf` in the same folder
`qualisys`     .tsv              Qualisys Track Manager export
`trc`          .trc              OpenSim, Pose2Sim, Motion Analysis
`c3d`          .c3d              motion laboratories
`h36m`         .npz              VideoPose3D's `data_3d_h36m.npz`, several recordings
`fit3d`        .json             Fit3D's `joints3d_25`
=============  ================  ==========================================================

`naming.py` defines the known joint and marker names; a `Convention` maps others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import FormatError
from ...formats.acclaim import read_amc, read_asf
from ...formats.bvh.reader import read_bvh
from ...formats.c3d.points import read_c3d_markers
from ...formats.fit3d.joints import FOLDER as FIT3D_FOLDER
from ...formats.fit3d.joints import RATE_HZ as FIT3D_RATE_HZ
from ...formats.fit3d.joints import person_of, read_fit3d
from ...formats.h36m_npz import RATE_HZ as H36M_RATE_HZ
from ...formats.h36m_npz import read_h36m_3d
from ...formats.markers import Markers
from ...formats.qualisys.tsv import read_qualisys_tsv
from ...formats.rig_motion import Array
from ...formats.safe.gz_text import read_text
from ...formats.trc import read_trc_markers
from ...motion import to_z_up
from ...runtime.text import listed
from ...skeleton import H36M17
from .completion import complete, implausibility
from .naming import Names, marker_points, rig_points
from .rig_maps import ACCLAIM, body_points

_BVH_METRES = 0.01


@dataclass(frozen=True)
class Convention:
    """Conventions of a file that its format does not define.

    `names`: for each joint of this project (and `head`, for rigs) its name in the file; several
    names mean their midpoint.  `up`: the vertical axis, such as "y" or "-z".
    """

    names: Names = field(default_factory=dict)
    up: str = ""
    rate_hz: float | None = None
    metres_per_unit: float | None = None


@dataclass(frozen=True, eq=False)
class Recording:
    """Points (T, 25, 3) of one recording; `name` identifies it within its file: `person/action`
    where the format says who is recorded."""

    points: Array
    rate_hz: float
    name: str = ""


@dataclass(frozen=True)
class Importer:
    """The file extensions of a format, and its reader.  `folder`: the name of the folders that its
    files are in, where other files have the same extension."""

    endings: tuple[str, ...]
    read: Callable[[Path, Convention], Iterator[Recording]]
    folder: str = ""

    def files(self, root: Path) -> list[Path]:
        """The files of the format in a folder and below."""
        named = [path for path in root.rglob("*") if path.name.removesuffix(".gz").lower().endswith(self.endings)]
        return [path for path in named if path.parent.name == self.folder] or named


def read_motion(path: Path, mapping: Convention | None = None, form: str = "") -> tuple[Array, float]:
    """Points (T, 25, 3) and frame rate of a file with one recording.

    Points that are neither in the file nor can be estimated are NaN.  `form` overrides the
    format that the file extension implies.  Raises FormatError.
    """
    recordings = list(read_recordings(path, mapping, form))
    if len(recordings) != 1:
        names = listed(recording.name for recording in recordings)
        raise FormatError(f"{path} contains {len(recordings)} recordings ({names}); read them one by one")
    return recordings[0].points, recordings[0].rate_hz


def read_recordings(path: Path, mapping: Convention | None = None, form: str = "") -> Iterator[Recording]:
    """All recordings in a file.  Arguments and errors as for `read_motion`."""
    mapping = mapping or Convention()
    for recording in IMPORTERS[form or form_of(path)].read(path, mapping):
        if problem := implausibility(recording.points):
            raise FormatError(f"{' '.join((str(path), recording.name)).strip()}: {problem}")
        rate_hz = mapping.rate_hz or recording.rate_hz
        if not rate_hz > 0:
            raise FormatError(f"{path} declares {rate_hz:g} frames per second; the rate must be above 0")
        yield Recording(recording.points, rate_hz, recording.name)


def form_of(path: Path) -> str:
    """The format of a file extension (FormatError if it is unknown)."""
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    for form, importer in IMPORTERS.items():
        if ending in importer.endings:
            return form
    known = ", ".join(ending for importer in IMPORTERS.values() for ending in importer.endings)
    raise FormatError(f"{path} has an unknown format; known are {known}")


def _bvh(path: Path, c: Convention) -> Iterator[Recording]:
    motion = read_bvh(read_text(path), c.metres_per_unit or _BVH_METRES, str(path))
    yield Recording(rig_points(motion, c.names, path, c.up or "y"), motion.rate_hz)


def _acclaim(path: Path, c: Convention) -> Iterator[Recording]:
    subject = path.name.partition("_")[0].partition(".")[0]
    skeletons = sorted(path.parent.glob(f"{subject}.asf*"))
    if not skeletons:
        raise FormatError(f"{path} has no skeleton {subject}.asf in the same folder")
    motion = read_amc(read_text(path), read_asf(read_text(skeletons[0]), str(skeletons[0])), str(path))
    points = rig_points(motion, c.names, path, c.up or "y") if c.names else body_points(motion, ACCLAIM)
    yield Recording(points, motion.rate_hz)


def _trc(path: Path, c: Convention) -> Iterator[Recording]:
    yield _marker_recording(read_trc_markers(path, c.up or "y"), path, c)


def _c3d(path: Path, c: Convention) -> Iterator[Recording]:
    yield _marker_recording(read_c3d_markers(path, c.up), path, c)


def _qualisys(path: Path, c: Convention) -> Iterator[Recording]:
    yield _marker_recording(read_qualisys_tsv(path, c.up or "z", c.rate_hz), path, c)


def _marker_recording(markers: Markers, path: Path, c: Convention) -> Recording:
    return Recording(marker_points(markers, c.names, path), markers.rate_hz)


def _h36m(path: Path, c: Convention) -> Iterator[Recording]:
    for subject, action, joints in read_h36m_3d(path):
        points = complete(_joints(to_z_up(joints, c.up or "z")))
        yield Recording(points, H36M_RATE_HZ, f"{subject}/{action}")


def _fit3d(path: Path, c: Convention) -> Iterator[Recording]:
    action = path.name.partition(".")[0]
    yield Recording(complete(_joints(read_fit3d(path, c.up))), FIT3D_RATE_HZ, f"{person_of(path)}/{action}")


def _joints(joints: Array) -> dict[str, Array]:
    return {name: joints[:, i] for i, name in enumerate(H36M17.joints)}


IMPORTERS = {
    "bvh": Importer((".bvh",), _bvh),
    "acclaim": Importer((".amc",), _acclaim),
    "qualisys": Importer((".tsv",), _qualisys),
    "trc": Importer((".trc",), _trc),
    "c3d": Importer((".c3d",), _c3d),
    "h36m": Importer((".npz",), _h36m),
    "fit3d": Importer((".json",), _fit3d, FIT3D_FOLDER),
}
