"""An MJPEG camera behind HTTP on loopback that can misbehave; as a script, a good one on the port it is given."""

from __future__ import annotations

import random
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
from support.pictures import picture

PERIOD_S = 0.02


class NetworkCamera:
    """`mode`: stream; repeat (one picture for ever); hang (silence on an open connection); gone
    (connections are closed); garbage (noise where pictures should be); refuse (an error page); dead
    (connections that are open or are opened now stay silent for ever, as those of a camera without power)."""

    def __init__(self, period_s=PERIOD_S):
        self.mode = "stream"
        self.over = False
        self.period_s = period_s
        self.jpegs = [cv2.imencode(".jpg", picture(number))[1].tobytes() for number in range(30)]
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                camera.serve(self)

            def log_message(self, *args):
                pass

        self.handler = Handler

    def serve(self, handler):
        try:
            if self.mode == "refuse":
                handler.send_error(503)
            elif self.mode != "gone":
                self._stream(handler)
        except OSError:  # the reader hung up
            pass

    def _stream(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        handler.end_headers()
        number, dead = 0, False
        while self.mode not in ("gone", "refuse") and not self.over:
            dead = dead or self.mode == "dead"
            if self.mode != "hang" and not dead:
                handler.wfile.write(self._part(number))
            number += self.mode == "stream"
            time.sleep(self.period_s)

    def _part(self, number):
        jpeg = self.jpegs[number % len(self.jpegs)]
        if self.mode == "garbage":
            jpeg = jpeg[:2] + random.Random(number).randbytes(len(jpeg))
        return b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(jpeg), jpeg)


class _Server(ThreadingHTTPServer):
    daemon_threads = True


@contextmanager
def serving(handler):
    """The address of a web server on loopback."""
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving_camera(**about):
    """A camera with its `url`."""
    camera = NetworkCamera(**about)
    with serving(camera.handler) as address:
        camera.url = f"{address}/video"
        try:
            yield camera
        finally:
            camera.over = True


if __name__ == "__main__":
    _Server(("127.0.0.1", int(sys.argv[1])), NetworkCamera().handler).serve_forever()
