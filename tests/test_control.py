"""The control socket: requests are answered, whatever else arrives is refused, and there is one daemon at a time."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from edgemm.cli import main
from edgemm.errors import EdgemmError, HostError
from runtime.control import control_server
from runtime.control.control_client import request
from runtime.control.control_server import MAX_CONNECTIONS, ControlServer
from runtime.control.lines import MAX_LINE_BYTES
from runtime.control.place import claimed, is_claimed, socket_path


def heard(message: dict[str, object]) -> dict[str, object]:
    if "command" not in message:
        raise ValueError("unknown command")
    return {"heard": message["command"]}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    with claimed(tmp_path / "s.sock") as path:
        running = ControlServer(heard, path)
        running.start()
        yield path
        running.stop()


def connected(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(20)
    connection.connect(str(path))
    return connection


def reply_to(path: Path, data: bytes) -> dict[str, object]:
    with connected(path) as connection:
        with suppress(OSError):  # it need not take all of it
            connection.sendall(data)
        with connection.makefile("rb") as stream:
            reply = json.loads(stream.readline())
    assert isinstance(reply, dict)
    return reply


def test_a_request_is_answered_by_the_handler(server: Path) -> None:
    assert request({"command": "status"}, server) == {"heard": "status"}
    with pytest.raises(EdgemmError, match="unknown command"):
        request({}, server)


def test_several_requests_go_over_one_connection(server: Path) -> None:
    with connected(server) as connection, connection.makefile("rw") as stream:
        stream.write('{"command": 1}\n[]\n{"command": 2}\n')
        stream.flush()
        assert [json.loads(stream.readline()).get("heard") for _ in range(3)] == [1, None, 2]


@pytest.mark.parametrize(
    "line",
    [b"[]", b"1", b"null", b'"x"', b"\xff", b"{", b"", b"[" * 5000, b'{"a":' * 5000, b"9" * 5000, b"\0", b"{} {}"],
)
def test_what_is_no_request_gets_an_error_as_its_reply(server: Path, line: bytes) -> None:
    assert "error" in reply_to(server, line + b"\n")
    assert request({"command": "status"}, server) == {"heard": "status"}


def test_a_line_without_end_is_refused_long_before_it_fills_the_memory(server: Path) -> None:
    with connected(server) as connection:
        sent = 0
        with pytest.raises(OSError):
            while sent < 50 * 2**20:
                sent += connection.send(b"x" * 2**16)
    assert sent < 50 * MAX_LINE_BYTES


def test_a_connection_that_says_nothing_is_closed(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_server, "LINE_TIMEOUT_S", 0.2)
    with connected(server) as connection, connection.makefile("rb") as stream:
        assert "within" in json.loads(stream.readline())["error"]
        assert stream.readline() == b""


def test_a_connection_that_drips_is_closed(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_server, "LINE_TIMEOUT_S", 0.5)
    with connected(server) as connection, pytest.raises(OSError):
        for _ in range(1000):
            connection.sendall(b" ")
            time.sleep(0.02)


def test_idle_connections_cost_no_threads_without_limit_and_end(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    idle = [connected(server) for _ in range(3 * MAX_CONNECTIONS)]
    assert "connections" in str(reply_to(server, b'{"command": 1}\n')["error"])
    assert threading.active_count() <= before + MAX_CONNECTIONS
    for connection in idle:
        connection.close()
    while threading.active_count() > before:
        time.sleep(0.01)
    assert request({"command": "status"}, server) == {"heard": "status"}


def test_whoever_leaves_before_the_answer_does_no_harm(server: Path) -> None:
    for _ in range(2 * MAX_CONNECTIONS):
        with connected(server) as connection:
            connection.sendall(b'{"command": 1}\n' * 100)
    while True:
        try:
            assert request({"command": "status"}, server) == {"heard": "status"}
            return
        except EdgemmError as error:  # the last of them are still being served
            assert "connections" in str(error)


def test_the_socket_and_the_lock_are_for_this_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with claimed(tmp_path / "new" / "s.sock") as path:
            running = ControlServer(heard, path)
            running.start()
            modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
            assert (modes, stat.S_IMODE(path.parent.stat().st_mode)) == ({0o600}, 0o700)
            running.stop()
    finally:
        os.umask(before)


def test_a_second_daemon_is_refused_and_leaves_the_first_its_socket(server: Path) -> None:
    with pytest.raises(HostError, match="another edgemm daemon"), claimed(server):
        pass
    assert request({"command": "status"}, server) == {"heard": "status"}


def test_a_daemon_that_does_not_answer_keeps_its_place(tmp_path: Path) -> None:
    """Its socket's queue is full or its thread hangs: that is no reason to take the socket from it."""
    with claimed(tmp_path / "s.sock") as path:
        path.touch()
        with pytest.raises(HostError, match="another edgemm daemon"), claimed(path):
            pass
        assert path.exists()


def test_what_a_killed_daemon_has_left_is_no_obstacle(tmp_path: Path) -> None:
    script = (
        "import os, sys, pathlib; from runtime.control.place import claimed\n"
        "from runtime.control.control_server import ControlServer\n"
        "with claimed(pathlib.Path(sys.argv[1])) as path:\n"
        "    ControlServer(lambda message: message, path).start(); os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "s.sock"
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -9
    assert path.is_socket() and not is_claimed(path)
    with pytest.raises(HostError, match="no edgemm daemon is running"):
        request({"command": "status"}, path)
    with claimed(path):
        running = ControlServer(heard, path)
        running.start()
        assert request({"command": "status"}, path) == {"heard": "status"}
        running.stop()
    assert not path.exists()


def test_without_a_daemon_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"no edgemm daemon is running.*edgemm run"):
        request({"command": "stop"}, tmp_path / "none.sock")


def test_a_daemon_that_is_still_starting_is_not_called_none(tmp_path: Path) -> None:
    with claimed(tmp_path / "s.sock") as path, pytest.raises(HostError, match="still starting"):
        request({"command": "stop"}, path)


def answering(path: Path, answer: Callable[[socket.socket], None]) -> None:
    """A daemon that answers its first request like that."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with listener, connection:
            connection.recv(1000)
            with suppress(OSError):  # who asked has left
                answer(connection)

    threading.Thread(target=serve, daemon=True).start()


def drip(connection: socket.socket) -> None:
    for _ in range(500):
        connection.sendall(b" ")
        time.sleep(0.02)


@pytest.mark.parametrize("answer", [drip, lambda connection: time.sleep(3)], ids=["drips", "says nothing"])
def test_a_slow_daemon_is_not_called_none(tmp_path: Path, answer: Callable[[socket.socket], None]) -> None:
    answering(tmp_path / "s.sock", answer)
    with pytest.raises(HostError, match="does not answer"):
        request({"command": "stop"}, tmp_path / "s.sock", timeout_s=0.3)


@pytest.mark.parametrize("reply", [b"[]\n", b"1\n", b"\xff\n", b"", b"[" * 5000 + b"\n", b"x" * 200_000, b'"did"\n'])
def test_an_answer_that_makes_no_sense_is_called_that(tmp_path: Path, reply: bytes) -> None:
    answering(tmp_path / "s.sock", lambda connection: connection.sendall(reply))
    with pytest.raises(HostError, match="makes no sense"):
        request({"command": "stop"}, tmp_path / "s.sock")


def test_a_refusal_reaches_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: object) -> None:
    monkeypatch.setattr("runtime.commands.stop.request", lambda message: request(message, tmp_path / "s.sock"))
    answering(tmp_path / "s.sock", lambda connection: connection.sendall(b'{"error": "not now"}\n'))
    assert main(["stop"]) == 1


def test_a_long_runtime_folder_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ("x" * 100) / ("y" * 100)
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    with claimed() as path:
        assert path == folder / "edgemm.sock"
        running = ControlServer(heard, path)
        running.start()
        assert request({"command": "status"}) == {"heard": "status"}
        running.stop()
    assert not path.exists()


@pytest.mark.parametrize("given", ["", "relative", "/nowhere/at/all", "/dev/null", "/" + "x" * 300, "/proc"])
def test_a_runtime_folder_that_is_none_is_not_used(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", given)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    if given == "/proc":  # a folder of ours as root, in which nothing can be made
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert socket_path() == tmp_path / f"edgemm-{os.getuid()}" / "edgemm.sock"
    with claimed() as path:
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_that_somebody_else_has_laid_for_us_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "theirs").mkdir()
    (tmp_path / f"edgemm-{os.getuid()}").symlink_to(tmp_path / "theirs")
    with pytest.raises(HostError, match="somebody else"), claimed():
        pass


def test_where_no_socket_can_be_made_the_remedy_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HostError, match="XDG_RUNTIME_DIR"), claimed(tmp_path / "file" / "s.sock"):
        pass
