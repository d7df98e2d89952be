"""The control socket: a request reaches the daemon, a second daemon is refused, a dead one's socket is no obstacle."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from edgemm.errors import HostError
from runtime.control.control_socket import ControlServer, request


def test_a_request_is_answered_by_the_handler(tmp_path: Path) -> None:
    server = ControlServer(lambda message: {"heard": message["command"]}, tmp_path / "s.sock")
    server.start()
    try:
        assert request({"command": "status"}, tmp_path / "s.sock") == {"heard": "status"}
        assert "KeyError" in request({}, tmp_path / "s.sock")["error"]
    finally:
        server.stop()


def test_a_second_daemon_is_refused_and_a_leftover_socket_is_not(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    first = ControlServer(lambda message: message, path)
    first.start()
    with pytest.raises(HostError, match="another edgemm daemon"):
        ControlServer(lambda message: message, path).start()
    assert first._socket is not None
    first._socket.shutdown(socket.SHUT_RDWR)  # as when the process is killed: nobody listens, the file stays
    again = ControlServer(lambda message: message, path)
    again.start()
    again.stop()


def test_without_a_daemon_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="edgemm run"):
        request({"command": "stop"}, tmp_path / "none.sock")
