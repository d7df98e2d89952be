"""What was set by voice survives a restart, and a damaged file does not stop one."""

from __future__ import annotations

import errno
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from edgemm.errors import StorageError
from runtime.life.watchdog import notify, period_s
from runtime.settings.kept_state import FILE_NAME, RATE_RANGE, VOLUME_RANGE, KeptState, load_state, save_state
from runtime.stages.levels import RANGE


def test_volume_and_rate_come_back(tmp_path: Path) -> None:
    save_state(tmp_path / "state", KeptState(rate=1.5))
    assert load_state(tmp_path / "state") == KeptState(None, 1.5)


@pytest.mark.parametrize(
    "damage",
    [
        "", "[]", "{", '{"rate": "fast"}', "null", "1", "[" * 5000, '{"rate": ' * 2000, '"\\ud800"',
        *(f'{{"rate": {value}, "volume": {value}}}' for value in (
            "9" * 400, "9" * 4400, "1e999", "Infinity", "-Infinity", "NaN", "-1", "0", "100", "true", "[]", "{}", '"1"',
        )),
    ],
)  # fmt: skip
def test_what_was_not_set_by_voice_is_as_if_nothing_were(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE_NAME).write_text(damage)
    assert load_state(tmp_path) == KeptState()


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).symlink_to("/dev/zero")
    assert load_state(tmp_path) == KeptState()


def test_a_value_that_is_well_survives_one_that_is_not(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"volume": -1, "rate": 1.5, "more": 3}')
    assert load_state(tmp_path) == KeptState(None, 1.5)


def test_what_can_be_kept_is_what_can_be_set_by_voice() -> None:
    assert RANGE == {"volume": VOLUME_RANGE, "rate": RATE_RANGE}


def test_the_old_state_stays_until_the_new_one_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_state(tmp_path, KeptState(volume=0.5))
    on_disk: list[KeptState] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: on_disk.append(load_state(tmp_path)))
    save_state(tmp_path, KeptState(volume=2.0))
    assert on_disk == [KeptState(volume=0.5)], "written before it was safe, or never made safe"
    assert load_state(tmp_path) == KeptState(volume=2.0)

    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match="No space left"):
        save_state(tmp_path, KeptState(volume=3.0))
    assert load_state(tmp_path) == KeptState(volume=2.0)


def test_without_a_folder_nothing_is_kept_and_nothing_fails() -> None:
    assert load_state(None) == KeptState()


def test_the_service_manager_hears_that_we_are_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not notify("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "10000000")
        assert notify("READY=1")
        assert manager.recv(64) == b"READY=1"
    assert period_s() == 5.0


@pytest.mark.parametrize("asked", ["", "0", "-5", "soon", "1e6", "9" * 500])
def test_a_service_manager_that_asks_for_no_sensible_sign_of_life_gets_none(
    asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", asked)
    assert period_s() is None


def test_a_sign_of_life_asked_of_another_process_is_not_ours_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "10000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert period_s() == 5.0
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert period_s() is None


def test_the_allocator_takes_our_settings_where_there_is_glibc() -> None:
    script = "from runtime.life.allocator import frugal; print(frugal())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == str(platform.libc_ver()[0] == "glibc")
