"""Addresses of cameras: whatever a password holds, it is sent and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgemm.addresses import address_of, without_secrets
from edgemm.errors import ConfigError
from runtime.settings.config_layers import print_config, resolve_config

HOST = "192.168.1.20:554"
PASSWORDS = [
    "plain",
    "made#up?word",
    "made[up",
    "made]up",
    "p@made",
    "a/made",
    "made:up",
    "made%up",
    "ma de",
    "%23made",
]


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https", "ftp", "RTSP"])
@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_is_told_apart_from_the_host_and_not_shown(scheme: str, password: str) -> None:
    address = address_of(f"{scheme}://admin:{password}@{HOST}/stream")
    assert address is not None
    assert (address.host, address.path) == (HOST, "/stream")
    assert address.user_and_password == ("admin", password.replace("%23", "#"))
    assert address.shown == f"{scheme.lower()}://{HOST}/"
    assert not set("#?[]@/ ") & set(address.encoded.removeprefix(f"{scheme.lower()}://").partition("@")[0])


@pytest.mark.parametrize(
    "text",
    [
        f"rtsp://{HOST}/live?token=made-up",
        f"http://{HOST}/cgi?user=admin&pwd=made-up",
        f"http://{HOST}?api_key=made-up",
        f"http://{HOST}#made-up",
        f"rtsp://{HOST}/user=admin_password=made-up_channel=1",
        f"rtsp://made-up@{HOST}/stream",
        f"rtsp://admin:p@x/made-up@{HOST}/stream",
        f"rtsp://admin:1234/made-up@{HOST}/stream",
        f"rtsp:/admin:made-up@{HOST}/stream",
        f"admin:made-up@{HOST}/stream",
        "rtsp://admin:made-up",
        "rtsp://admin:made-up@",
        "rtsp://admin:made-up@[::1",
        "rtspsrc location=cam user-id=admin user-pw=made-up ! fdsink",
        'rtspsrc location=cam user-pw="the made-up one" ! fdsink',
        "rtspsrc location=cam user-pw='the made-up one' ! fdsink",
        "curl -H 'Authorization: Bearer made-up' http://cam/",
        "curl -u admin:made-up http://cam/",
        "curl --user 'admin:made-up' http://cam/",
        "wget --password=made-up http://cam/",
    ],
)
def test_no_form_of_address_shows_its_secret(text: str) -> None:
    assert "made-up" not in without_secrets(text)
    assert "made-up" not in without_secrets(f"found '{text}' and gave up")


@pytest.mark.parametrize(
    "text", ["film.mp4", "/dev/video0", "/home/a@b/film.mp4", "the camera is gone: no cable", "run -unit x"]
)
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


def test_an_at_sign_in_a_path_is_not_the_end_of_a_password() -> None:
    address = address_of("http://camera.local:8080/@garden/video")
    assert address is not None
    assert (address.user_info, address.host, address.path) == (None, "camera.local:8080", "/@garden/video")


def test_the_printed_configuration_holds_no_password(tmp_path: Path) -> None:
    file = tmp_path / "camera.yaml"
    file.write_text("camera: {source: 'rtsp://admin:made#up?word@127.0.0.1:9/stream', command: 'x --password=made-up'}")
    printed = print_config(resolve_config(str(file)))
    assert "rtsp://127.0.0.1:9/" in printed
    assert "made" not in printed


def test_an_error_in_the_configuration_holds_no_password(tmp_path: Path) -> None:
    file = tmp_path / "camera.yaml"
    file.write_text("camera: 'rtsp://admin:made#up@127.0.0.1:9/stream'\n")
    with pytest.raises(ConfigError) as caught:
        resolve_config(str(file))
    assert "made" not in str(caught.value)
