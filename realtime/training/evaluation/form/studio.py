"""Where the camera stands before somebody who trains, and the networks that lift what it sees: of each person by
networks that were trained without that person."""

from __future__ import annotations

from pathlib import Path

from ....errors import UsageError
from ....offline.quality import FAST, GOOD
from ...mocap.people import HELD_OUT
from ..lifts import Way
from ..shots import Place

SIDE, FRONT, BACK = "side", "front", "back"
FRONT_QUARTER, BACK_QUARTER = "front-quarter", "back-quarter"
# A phone that stands upright or lies on its long side sees as much of a person; upright it may be as near as people
# have it in a room.
STUDIO = Place(
    views={
        FRONT: ((165, 195),),
        FRONT_QUARTER: ((120, 150), (-150, -120)),
        SIDE: ((75, 105), (-105, -75)),
        BACK_QUARTER: ((30, 60), (-60, -30)),
        BACK: ((-15, 15),),
    },
    distance_m=(2.5, 5.0),
    height_m=(0.5, 1.6),
    size_wh=(1080, 1920),
)
VIEWS = tuple(STUDIO.views)
RATE_HZ = 30.0
OFFLINE, LIVE = "offline", "live"
# People who are left out together, of networks and of what is learned for counting.
FOLDS = (
    ("uiprmd-s01", "uiprmd-s02"),
    ("uiprmd-s03", "uiprmd-s04"),
    ("uiprmd-s05", "uiprmd-s09"),
    ("uiprmd-s06", "uiprmd-s07"),
    ("uiprmd-s08", "uiprmd-s10"),
)
_NETWORKS = {OFFLINE: ("symmetric-feet-81", GOOD), LIVE: ("causal-feet-27", FAST)}
_CORPUS = "uiprmd-"


def way_of(kind: str, person: str, folds: Path | None) -> Way:
    """How a person is lifted, OFFLINE or LIVE: by the network that ships, but for the people of UI-PRMD who are not
    held out of it: by that in the folder of `folds` which names the person (PEOPLE/NETWORK.safetensors, as s01-s02).
    Raises UsageError where there is none."""
    network, quality = _NETWORKS[kind]
    if person in HELD_OUT or not person.startswith(_CORPUS):
        return Way(kind, network, quality)
    short = person.removeprefix(_CORPUS)
    for folder in sorted(folds.iterdir()) if folds and folds.is_dir() else ():
        path = folder / f"{network}.safetensors"
        if short in folder.name.split("-") and path.is_file():
            return Way(kind, str(path), quality)
    raise UsageError(f"no {network} was trained without {person}: --folds takes a folder with {short}-…/{network}")
