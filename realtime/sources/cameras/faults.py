"""Why a camera does not open, in one line that says what to do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from ...errors import CameraNotFound, SourceError

LIST_HINT = "`python -m realtime cameras` lists what opens"


def camera_fault(number: int) -> SourceError:
    """The error to raise for a camera that did not open."""
    if platform.system() == "Linux":
        return node_fault(f"camera {number}", Path(f"/dev/video{number}"))
    return CameraNotFound(
        f"camera {number} does not open: it is absent, in use, or the privacy settings forbid it; {LIST_HINT}"
    )


def node_fault(name: str, node: Path) -> SourceError:
    """The same from the device's file: absent, not permitted, in use, or no camera."""
    if not node.exists():
        return CameraNotFound(f"there is no {name} ({node}); {LIST_HINT}")
    if not os.access(node, os.R_OK | os.W_OK):
        return SourceError(
            f"{name}: no permission for {node}; join its group with `sudo usermod -aG video $USER` "
            f"and log in again ({LIST_HINT})"
        )
    user = user_of(node)
    if user:
        return SourceError(f"{name} ({node}) is locked: {user} uses it; close that program ({LIST_HINT})")
    return SourceError(f"{name} ({node}) gives no pictures: another program may use it; {LIST_HINT}")


def user_of(node: Path) -> str:
    """Name and process id of another program that holds a file open, '' if none is seen.

    Reads /proc, so on Linux only, and only of processes that this user may look into.
    """
    real = os.path.realpath(node)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        process = link.parent.parent
        try:
            if str(link.readlink()) == real and process.name != str(os.getpid()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # the process or the file is gone, or is not ours to see
            continue
    return ""
