"""Peers of the publishing socket that are no library: they say what no library would."""

import socket

from support.publishers import host_and_port

# ZMTP 3.0 (rfc.zeromq.org/spec/23): signature, version, mechanism NULL, client.
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)


def command(name, body=b""):
    """A command frame."""
    said = bytes([len(name)]) + name + body
    return bytes([4, len(said)]) + said


def said_property(name, value):
    """A name and its value, in the metadata of the handshake."""
    return bytes([len(name)]) + name + len(value).to_bytes(4, "big") + value


READY = command(b"READY", said_property(b"Socket-Type", b"SUB"))


class Stranger:
    """A peer on a plain socket that speaks ZMTP 3.0 as far as the handshake."""

    def __init__(self, address):
        self.socket = socket.create_connection(host_and_port(address), timeout=20)
        self.socket.sendall(GREETING + READY)
        heard = b""
        while b"XPUB" not in heard:
            heard += self.socket.recv(1)

    def say(self, body):
        """A message frame."""
        self.socket.sendall(bytes([0, len(body)]) + body)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
