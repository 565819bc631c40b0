"""An RTSP camera on loopback that can misbehave: H.264 over RTP, interleaved in the RTSP connection
(RFC 2326 10.12, RFC 6184)."""

from __future__ import annotations

import base64
import socketserver
import struct
import threading
import time
from contextlib import contextmanager

import av
from support.pictures import picture

FPS = 25
_CLOCK_HZ = 90_000
_MTU = 1400
_PAYLOAD_TYPE = 96
_FU_A = 28


def nal_units(count=50, size_wh=(64, 48)):
    """Frames as lists of H.264 NAL units, a key frame every ten."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size_wh
    encoder.pix_fmt, encoder.framerate = "yuv420p", FPS
    encoder.time_base = 1 / encoder.framerate
    encoder.gop_size, encoder.max_b_frames = 10, 0
    encoder.options = {"tune": "zerolatency", "preset": "ultrafast", "crf": "10"}
    frames = []
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(picture(number, *size_wh), format="bgr24")
        frame.pts = number
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return [_split(frame) for frame in frames]


def _split(annex_b):
    parts = annex_b.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


class RtspCamera:
    """`mode`: stream, hang (silence on an open connection), gone (connections are closed)."""

    def __init__(self):
        self.mode = "stream"
        self.over = False
        self.connections = 0
        self.frames = nal_units()

    def sdp(self):
        """The description, with the parameter sets of the key frame."""
        sets = [unit for unit in self.frames[0] if unit[0] & 31 in (7, 8)]
        sprop = ",".join(base64.b64encode(unit).decode() for unit in sets)
        return (
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
            f"m=video 0 RTP/AVP {_PAYLOAD_TYPE}\r\na=rtpmap:{_PAYLOAD_TYPE} H264/{_CLOCK_HZ}\r\n"
            f"a=fmtp:{_PAYLOAD_TYPE} packetization-mode=1;sprop-parameter-sets={sprop}\r\na=control:track1\r\n"
        )

    def stream(self, send):
        """Frames at their pace for ever; `send` takes an RTP packet."""
        sequence = number = 0
        while self.mode != "gone" and not self.over:
            if self.mode == "stream":
                for packet in rtp_packets(self.frames[number % len(self.frames)], number, sequence):
                    send(packet)
                    sequence += 1
                number += 1
            time.sleep(1 / FPS)


def rtp_packets(units, number, sequence):
    """RTP packets of one frame; units that are too long for one are fragmented."""
    bodies = [body for unit in units for body in _fragments(unit)]
    for i, body in enumerate(bodies):
        marker = 0x80 if i == len(bodies) - 1 else 0
        stamp = number * _CLOCK_HZ // FPS
        yield struct.pack(">BBHII", 0x80, marker | _PAYLOAD_TYPE, (sequence + i) & 0xFFFF, stamp, 1) + body


def _fragments(unit):
    if len(unit) <= _MTU:
        return [unit]
    pieces = [unit[i : i + _MTU] for i in range(1, len(unit), _MTU)]
    indicator = unit[0] & 0xE0 | _FU_A
    flags = [0x80, *[0] * (len(pieces) - 2), 0x40]
    return [bytes((indicator, flag | unit[0] & 31)) + piece for flag, piece in zip(flags, pieces, strict=True)]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        camera = self.server.camera
        camera.connections += 1
        try:
            while camera.mode != "gone" and (request := self._request()):
                self._answer(camera, *request)
        except OSError:  # the reader hung up
            pass

    def _request(self):
        lines = []
        while (line := self.rfile.readline().decode().strip()) or not lines:
            if not line and not lines:
                return None
            lines.append(line)
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        return lines[0].split()[0], headers

    def _answer(self, camera, method, headers):
        body, more = "", ""
        if method == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = camera.sdp()
            more = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        elif method == "PLAY":
            more = "Session: 1\r\n"
        self.wfile.write(f"RTSP/1.0 200 OK\r\nCSeq: {headers['CSeq']}\r\n{more}\r\n{body}".encode())
        if method == "PLAY":
            camera.stream(lambda packet: self.wfile.write(b"$\0" + struct.pack(">H", len(packet)) + packet))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextmanager
def serving_rtsp():
    """A camera with its `url`."""
    camera = RtspCamera()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.camera = camera
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        camera.url = f"rtsp://127.0.0.1:{server.server_address[1]}/live"
        try:
            yield camera
        finally:
            camera.over = True
            server.shutdown()
            thread.join()
