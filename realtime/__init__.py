"""Real-time 3D human pose from one camera.

>>> import realtime
>>> for pose in realtime.live(0):  # doctest: +SKIP
...     print(pose.xyz)

The public names are those of `__all__`; each is loaded when it is first asked for, so that
`import realtime` loads no library.  docs/architecture.md is where to begin reading.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .detectors import open_detector
    from .errors import PoseError
    from .estimation.estimator import Estimator
    from .lifting.open import open_lifter
    from .motion import Motion3D
    from .offline.lift import lift_video
    from .online.poses import live
    from .skeleton import Skeleton
    from .sources import open_source
    from .wire.subscriber import PoseSubscriber

__version__ = "0.1.0"

__all__ = [
    "Estimator",
    "Motion3D",
    "PoseError",
    "PoseSubscriber",
    "Skeleton",
    "__version__",
    "lift_video",
    "live",
    "open_detector",
    "open_lifter",
    "open_source",
]

# Where each public name is.
PLACES = {
    "Estimator": "estimation.estimator",
    "Motion3D": "motion",
    "PoseError": "errors",
    "PoseSubscriber": "wire.subscriber",
    "Skeleton": "skeleton",
    "lift_video": "offline.lift",
    "live": "online.poses",
    "open_detector": "detectors",
    "open_lifter": "lifting.open",
    "open_source": "sources",
}


def __getattr__(name: str) -> Any:
    """Load a public name (PEP 562)."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{PLACES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
