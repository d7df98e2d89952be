"""Cameras over HTTP: their passwords, single pictures, and what must not be printed."""

from __future__ import annotations

import base64
import contextlib
import http.server
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from edgemm.media import VideoFrame
from runtime.items import SourceState
from runtime.sources.network_camera import NetworkCamera
from runtime.sources.retry import RetryingSource

USER, PASSWORD = "admin", "ma#de?[u@p/1"
JPEG = cv2.imencode(".jpg", np.full((48, 64, 3), 200, np.uint8))[1].tobytes()


class _Handler(http.server.BaseHTTPRequestHandler):
    """/snapshot.jpg is one picture; /drip.jpg never ends; /short.mjpeg a stream that ends; /broken.jpg no picture."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != expected:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = JPEG
        kind = "image/jpeg"
        if self.path.startswith("/short"):
            kind = "multipart/x-mixed-replace; boundary=frame"
            part = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(JPEG)}\r\n\r\n".encode()
            body = (part + JPEG + b"\r\n") * 40
        if self.path.startswith("/broken"):
            body = b"no picture"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)
        if self.path.startswith("/drip"):
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(b"\0")
                    time.sleep(0.02)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def address(asked: list[str]) -> Iterator[str]:
    """`http://user:password@host:port` of a camera that wants its password."""
    handler = type("Handler", (_Handler,), {"asked": asked})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://{USER}:{PASSWORD}@127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_address_of_single_pictures_is_asked_again_and_again(address: str, asked: list[str]) -> None:
    camera = NetworkCamera(f"{address}/snapshot.jpg?channel=1")
    camera.open()
    frames = [camera.read() for _ in range(3)]
    camera.close()
    assert [frame.frame_id for frame in frames] == [1, 2, 3]
    assert frames[0].capture_time_ns < frames[1].capture_time_ns < frames[2].capture_time_ns
    assert abs(int(frames[2].pixels.mean()) - 200) < 5
    assert asked.count("/snapshot.jpg?channel=1") >= 4


def test_an_address_of_broken_pictures_is_a_lost_camera(address: str) -> None:
    camera = RetryingSource(NetworkCamera(f"{address}/broken.jpg"), "camera")
    told = [item for item in (camera.read() for _ in range(2)) if item is not None]
    assert [item.state for item in told if isinstance(item, SourceState)] == ["missing"]


def test_a_picture_that_never_comes_to_its_end_is_a_lost_camera(address: str) -> None:
    camera = RetryingSource(NetworkCamera(f"{address}/drip.jpg", timeout_s=0.2), "camera")
    told = [item for item in (camera.read() for _ in range(2)) if item is not None]
    assert [item.state for item in told if isinstance(item, SourceState)] == ["missing"]


def test_a_stream_that_wants_a_password_of_odd_characters_gets_it(address: str) -> None:
    camera = NetworkCamera(f"{address}/short.mjpeg")
    camera.open()
    assert [isinstance(camera.read(), VideoFrame) for _ in range(2)] == [True, True]
    camera.close()


SCHEMES = ("rtsp", "http", "https", "ftp", "rtmp", "nonsense")
RESTS = ("admin:made#up?word@127.0.0.1:9/stream", "admin:made[up@127.0.0.1:9", "made:up@", "")


def test_a_camera_that_does_not_answer_is_missing_and_nothing_tells_its_password() -> None:
    program = (
        "import sys; from runtime.sources.network_camera import NetworkCamera as N;"
        "from runtime.sources.retry import RetryingSource as R;"
        "[print(R(N(address, 0.3), 'camera').read()) for address in sys.argv[1:]]"
    )
    addresses = [f"{scheme}://{rest}" for scheme in SCHEMES for rest in RESTS]
    done = subprocess.run([sys.executable, "-c", program, *addresses], capture_output=True, text=True, check=True)
    assert done.stdout.count("state='missing'") == len(addresses)
    assert "made" not in done.stdout + done.stderr
