"""What was set by voice survives a restart, and a damaged file does not stop one."""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.life.watchdog import notify, period_s
from runtime.settings.kept_state import FILE_NAME, KeptState, load_state, save_state


def test_volume_and_rate_come_back(tmp_path: Path) -> None:
    save_state(tmp_path / "state", KeptState(rate=1.5))
    assert load_state(tmp_path / "state") == KeptState(None, 1.5)


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"rate": "fast"}', "null"])
def test_a_damaged_state_is_an_empty_one(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE_NAME).write_text(damage)
    assert load_state(tmp_path) == KeptState()


def test_the_service_manager_hears_that_we_are_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not notify("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "10000000")
        assert notify("READY=1")
        assert manager.recv(64) == b"READY=1"
    assert period_s() == 5.0


def test_the_allocator_takes_our_settings_where_there_is_glibc() -> None:
    script = "from runtime.life.allocator import frugal; print(frugal())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == str(platform.libc_ver()[0] == "glibc")
