"""Strangers at a socket, many at a time.

`python -m benchmarks.inbound.attacker HOST PORT SEED` prints how many of each kind there were when its input is closed.
"""

from __future__ import annotations

import json
import random
import select
import socket
import struct
import sys
from collections import Counter, deque
from contextlib import suppress

from .words import KINDS

_AT_ONCE = 60  # connections that are left open for a while
_PAUSE_S = 0.003  # between two, so that the machine is not busy with them alone
_PIECES = 4
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset


def attack(host: str, port: int, dice: random.Random) -> Counter[str]:
    """Until the standard input is closed."""
    told: Counter[str] = Counter()
    open_still: deque[socket.socket] = deque()
    while not select.select([sys.stdin], [], [], _PAUSE_S)[0]:
        kind = dice.choice(list(KINDS))
        with suppress(OSError):
            open_still.append(_said(host, port, KINDS[kind](dice), dice))
            told[kind] += 1
        if len(open_still) > _AT_ONCE or (open_still and dice.random() < 0.3):
            _close(open_still.popleft(), dice)
    return told


def _said(host: str, port: int, words: bytes, dice: random.Random) -> socket.socket:
    """A connection on which these words were said, in pieces."""
    peer = socket.create_connection((host, port), timeout=1)
    cuts = sorted(dice.randrange(len(words) + 1) for _ in range(dice.randrange(_PIECES)))
    with suppress(OSError):  # it is cut off already
        peer.settimeout(0.2)
        for begin, end in zip([0, *cuts], [*cuts, len(words)], strict=True):
            peer.sendall(words[begin:end])
    return peer


def _close(peer: socket.socket, dice: random.Random) -> None:
    with suppress(OSError):
        if dice.random() < 0.5:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    peer.close()


if __name__ == "__main__":
    seeded = random.Random(int(sys.argv[3]))  # noqa: S311 - the same strangers for the same seed
    print(json.dumps(attack(sys.argv[1], int(sys.argv[2]), seeded)), flush=True)
