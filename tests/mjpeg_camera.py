"""A network camera on loopback that can be switched off and on."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable

import cv2
import numpy as np

Picture = Callable[[int], np.ndarray]
"""Frame number → pixels (row, column, bgr)."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, picture: Picture, period_s: float) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.stopping = threading.Event()
        self.picture = picture
        self.period_s = period_s


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        number = 0
        try:
            while not self.server.stopping.is_set():
                data = cv2.imencode(".jpg", self.server.picture(number))[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                self.wfile.write(head.encode() + data + b"\r\n")
                number += 1
                time.sleep(self.server.period_s)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class MjpegCamera:
    """Motion JPEG over HTTP."""

    def __init__(self, picture: Picture, period_s: float = 0.02) -> None:
        self._picture, self._period_s = picture, period_s
        self._port = 0
        self.switch_on()

    @property
    def url(self) -> str:
        return f"http://user:secret@127.0.0.1:{self._port}/"

    def switch_on(self) -> None:
        self._server = _Server(self._port, self._picture, self._period_s)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def switch_off(self) -> None:
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()
