"""Why a camera cannot be opened, in one line that says what to do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from ...errors import CameraNotFound, SourceError

LIST_HINT = "`python -m realtime cameras` lists the working cameras"


def camera_fault(number: int) -> SourceError:
    """The error to raise for a camera that could not be opened."""
    if platform.system() == "Linux":
        return node_fault(f"camera {number}", Path(f"/dev/video{number}"))
    return CameraNotFound(
        f"camera {number} cannot be opened: it is missing, in use, or blocked by the privacy settings; {LIST_HINT}"
    )


def node_fault(name: str, node: Path) -> SourceError:
    """The error for a device file: missing, no permission, in use, or without frames."""
    if not node.exists():
        return CameraNotFound(f"there is no {name} ({node}); {LIST_HINT}")
    if not os.access(node, os.R_OK | os.W_OK):
        return SourceError(
            f"{name}: no permission for {node}; join its group with `sudo usermod -aG video $USER` "
            f"and log in again ({LIST_HINT})"
        )
    user = user_of(node)
    if user:
        return SourceError(f"{name} ({node}) is in use by {user}; close that program ({LIST_HINT})")
    return SourceError(f"{name} ({node}) delivers no frames: another program may be using it; {LIST_HINT}")


def user_of(node: Path) -> str:
    """Name and process id of another program that has a file open, '' if none is found.

    Reads /proc, so it works on Linux only, and only for processes this user may inspect.
    """
    real = os.path.realpath(node)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        process = link.parent.parent
        try:
            if str(link.readlink()) == real and process.name != str(os.getpid()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # the process has ended, or belongs to another user
            continue
    return ""
