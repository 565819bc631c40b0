"""What strangers say to the publishing socket: ZMTP (rfc.zeromq.org/spec/23 and 37) in all its parts, right and
wrong, and what is no ZMTP.  Each kind makes bytes from a random generator."""

from __future__ import annotations

import random
from collections.abc import Callable

_TOPICS = b"pose3d ", b"status ", b"schema ", b"preview ", b"angles ", b"gait ", b"form ", b"p", b""
_MECHANISMS = b"NULL", b"PLAIN", b"CURVE", b"GSSAPI", b"", b"null", b"N" * 20
_SOCKET_TYPES = b"SUB", b"XSUB", b"PUB", b"XPUB", b"REQ", b"ROUTER", b"PAIR", b"STREAM", b"", b"SUB\0", b"S" * 255
_COMMANDS = b"READY", b"ERROR", b"PING", b"PONG", b"SUBSCRIBE", b"CANCEL", b"JOIN", b"LEAVE", b"HELLO", b"INITIATE"
_SIZES = 0, 1, 2, 127, 128, 129, 255, 256, 8192, 65536, (1 << 31) - 1, 1 << 31, (1 << 63) - 1, 1 << 63, (1 << 64) - 1
_OTHER_PROTOCOLS = (
    b"GET / HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
    bytes.fromhex("16030100c8010000c40303"),
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"*1\r\n$4\r\nPING\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)
_MOST_FRAMES = 90  # fewer strange subscriptions than those for which a connection is cut off


def greeting(version: bytes = b"\x03\x00", mechanism: bytes = b"NULL", server: int = 0) -> bytes:
    """64 bytes in ZMTP 3."""
    return b"\xff" + bytes(8) + b"\x7f" + version + mechanism.ljust(20, b"\0")[:20] + bytes([server]) + bytes(31)


def frame(body: bytes, flags: int = 0, size: int | None = None) -> bytes:
    """A frame, which may lie about its size."""
    size = len(body) if size is None else size
    if size < 256:
        return bytes([flags, size]) + body
    return bytes([flags | 2]) + size.to_bytes(8, "big") + body


def command(name: bytes, body: bytes = b"") -> bytes:
    """A command frame."""
    return frame(bytes([len(name) & 255]) + name + body, flags=4)


def ready(socket_type: bytes = b"SUB", *more: tuple[bytes, bytes]) -> bytes:
    """The command that ends the handshake of the mechanism NULL."""
    entries = ((b"Socket-Type", socket_type), *more)
    said = (bytes([len(name) & 255]) + name + len(value).to_bytes(4, "big") + value for name, value in entries)
    return command(b"READY", b"".join(said))


HANDSHAKE = greeting() + ready()


def greetings(dice: random.Random) -> bytes:
    """All versions, mechanisms and roles, whole, cut and followed by anything."""
    version = bytes([dice.choice((0, 1, 2, 3, 4, 127, 255)), dice.choice((0, 1, 255))])
    said = greeting(version, dice.choice(_MECHANISMS), dice.choice((0, 1, 255)))
    return said[: dice.choice((1, 9, 10, 11, 12, 32, 63, 64, 64, 64))] + dice.randbytes(dice.choice((0, 0, 1, 60, 500)))


def old_greetings(dice: random.Random) -> bytes:
    """ZMTP 1 and 2, of before 2013, and subscriptions in it."""
    if dice.random() < 0.5:
        begun = b"\xff" + bytes(7) + b"\x01\x7f" + bytes([1, dice.choice((1, 2, 5, 10, 255))]) + b"\x00\x00"
    else:
        begun = bytes([dice.choice((1, 2, 255)), 0])
    topics = (b"\x01" + dice.choice(_TOPICS) for _ in range(dice.randrange(5)))
    return begun + b"".join(bytes([len(topic) + 1, 0]) + topic for topic in topics)


def handshakes(dice: random.Random) -> bytes:
    """Wrong commands, socket types and metadata behind a right greeting."""
    names = b"Identity", b"Resource", b"X" * 255, b"", b"\0\xff", b"Socket-Type"
    more = [(dice.choice(names), dice.randbytes(dice.choice((0, 1, 60, 300)))) for _ in range(dice.choice((0, 1, 4)))]
    said = ready(dice.choice(_SOCKET_TYPES), *more)
    if dice.random() < 0.5:
        said = command(dice.choice(_COMMANDS), dice.randbytes(dice.choice((0, 1, 8, 64, 200))))
    return greeting(mechanism=dice.choice(_MECHANISMS[:4])) + said + frames(dice)


def frames(dice: random.Random) -> bytes:
    """Frames of every kind, with every flag, of which some lie about their size."""
    return b"".join(_any_frame(dice) for _ in range(dice.randrange(_MOST_FRAMES)))


def _any_frame(dice: random.Random) -> bytes:
    topic = dice.choice(_TOPICS) if dice.random() < 0.8 else dice.randbytes(dice.randrange(120))
    kind = dice.random()
    if kind < 0.6:
        return frame(dice.choice((b"\x01", b"\x00", b"\x01", b"\x02", b"")) + topic)
    if kind < 0.8:
        return command(dice.choice(_COMMANDS), topic[: dice.randrange(20)])
    if kind < 0.95:
        return frame(b"\x01" + topic, flags=dice.randrange(256))
    return frame(topic, flags=dice.choice((0, 1, 2, 4, 6)), size=dice.choice(_SIZES))


def subscriptions(dice: random.Random) -> bytes:
    """A handshake, and subscriptions and cancellations without an end."""
    return HANDSHAKE + frames(dice)


def heartbeats(dice: random.Random) -> bytes:
    """PING with any time to live and any context, PONG to nothing."""
    pings = [command(b"PING", dice.randbytes(2) + dice.randbytes(dice.choice((0, 1, 16, 17, 100)))) for _ in range(20)]
    return HANDSHAKE + b"".join(pings) + command(b"PONG", dice.randbytes(20))


def mutated(dice: random.Random) -> bytes:
    """Real traffic with bytes changed, left out, repeated, or cut."""
    topics = b"".join(frame(b"\x01" + topic) for topic in _TOPICS)
    said = bytearray(HANDSHAKE + topics + command(b"PING", b"\0\x0a" + b"context"))
    for _ in range(dice.choice((1, 1, 2, 8))):
        place, length = dice.randrange(len(said)), dice.randrange(1, 12)
        match dice.randrange(4):
            case 0:
                said[place] = dice.randrange(256)
            case 1:
                del said[place : place + length]
            case 2:
                said[place:place] = said[place : place + length]
            case _:
                said[place:place] = dice.randbytes(length)
        said = said or bytearray(b"\xff")
    return bytes(said[: dice.randrange(1, len(said) + 1)] if dice.random() < 0.3 else said)


def other_protocols(dice: random.Random) -> bytes:
    """HTTP, TLS, SSH, Redis."""
    return dice.choice(_OTHER_PROTOCOLS) + dice.randbytes(dice.choice((0, 200)))


def noise(dice: random.Random) -> bytes:
    """Random bytes, up to 100 kB."""
    return dice.randbytes(dice.choice((1, 64, 2000, 100_000)))


def nothing(dice: random.Random) -> bytes:
    """A connection that never speaks, or stops within the greeting."""
    return greeting()[: dice.choice((0, 1, 11, 63))]


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    one.__name__.replace("_", " "): one
    for one in (
        greetings,
        old_greetings,
        handshakes,
        subscriptions,
        heartbeats,
        mutated,
        other_protocols,
        noise,
        nothing,
    )
}
