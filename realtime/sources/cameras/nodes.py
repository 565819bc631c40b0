"""The device files of cameras on Linux: numbers, links, and who uses them.  Nothing here opens a camera."""

from __future__ import annotations

import os
import re
from pathlib import Path

DEVICES = Path("/dev")
LINUX_CLASS = Path("/sys/class/video4linux")
MAX_USERS = 3  # named in a message


def node_of(number: int) -> Path:
    """The device file of a camera."""
    return DEVICES / f"video{number}"


def video_nodes(linux_class: Path = LINUX_CLASS) -> list[tuple[int, str]]:
    """(number, driver's name) of the video devices that Linux lists, sorted by number."""
    nodes = [node for node in linux_class.glob("video*") if node.name[5:].isdecimal()]
    names = {int(node.name[5:]): node / "name" for node in nodes}
    return [(number, name.read_text().strip() if name.is_file() else "") for number, name in sorted(names.items())]


def id_links() -> dict[int, Path]:
    """The link under /dev/v4l/by-id of every camera that has one: it stays the same when the number changes."""
    links = {}
    for link in sorted((DEVICES / "v4l" / "by-id").glob("*"), reverse=True):  # the first of several is kept
        if number := re.fullmatch(r"video(\d+)", link.resolve().name):
            links[int(number[1])] = link
    return links


def first_node(number: int) -> int:
    """The first node of the same camera: itself for most; a USB camera has a second one for metadata."""
    siblings = [other for other, _ in video_nodes(LINUX_CLASS) if _device(other) == _device(number)]
    return min(siblings, key=_index, default=number)


def users_of(node: Path) -> list[str]:
    """Name and process id of the other programs that have a file open.

    Reads /proc, so it works on Linux only, and only for processes this user may inspect.
    """
    real = os.path.realpath(node)
    users = {}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        process = link.parent.parent
        try:
            if str(link.readlink()) == real and process.name != str(os.getpid()):
                users[process.name] = f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # the process has ended, or belongs to another user
            continue
    return list(users.values())[:MAX_USERS]


def _device(number: int) -> Path:
    return (LINUX_CLASS / f"video{number}" / "device").resolve()


def _index(number: int) -> int:
    """The place of a node among those of its device, as the driver counts them."""
    try:
        return int((LINUX_CLASS / f"video{number}" / "index").read_text())
    except (OSError, ValueError):
        return number
