"""Why a camera cannot be opened, in one line that says what to do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from ...errors import CameraNotFound, SourceError
from ...runtime.hints import command
from . import nodes

LIST_HINT = f"`{command('cameras')}` lists the working cameras"


class UnexplainedFault(SourceError):
    """The device does not open although it is there, and nothing tells why."""


def device_fault(device: int | str, name: str = "") -> SourceError:
    """The error to raise for a camera, or something else by name, that could not be opened."""
    name = name or f"camera {device}"
    if not isinstance(device, int):
        return UnexplainedFault(f"{name} cannot be opened")
    if platform.system() == "Linux":
        return node_fault(name, nodes.node_of(device))
    return CameraNotFound(
        f"{name} cannot be opened: it is missing, in use, or blocked by the privacy settings; {LIST_HINT}"
    )


def node_fault(name: str, node: Path) -> SourceError:
    """The error for a device file: missing, no permission, in use, not for pictures, or silent."""
    if not node.exists():
        return CameraNotFound(f"there is no {name} ({node}); {LIST_HINT}")
    kind = SourceError if _known_reason(node) else UnexplainedFault
    return kind(f"{name} ({node}) delivers no frames: {silence_reason(node)} ({LIST_HINT})")


def silence_reason(node: Path) -> str:
    """Why a device file may deliver no frames, and what to do."""
    return _known_reason(node) or "another program may be using it"


def _known_reason(node: Path) -> str:
    if node.exists() and not os.access(node, os.R_OK | os.W_OK):
        return "you have no permission to use it; join its group with `sudo usermod -aG video $USER` and log in again"
    if users := nodes.users_of(node):
        return f"it is in use by {', '.join(users)}; close that program"
    number = node.name.removeprefix("video")
    if number.isdecimal() and (first := nodes.first_node(int(number))) != int(number):
        return f"it is a further device of camera {first}, probably for metadata; use --source {first}"
    return ""
