"""An address that gives one picture a request, as many cameras have beside their stream: asked again and again."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.request
from urllib.error import HTTPError

from edgemm.addresses import Address
from edgemm.errors import InputError
from edgemm.media import Pixels
from edgemm.pictures.picture_files import decode_picture

PERIOD_S = 0.2
"""Between two pictures: often enough to see what comes closer, and no burden for a small camera."""
LARGEST_BYTES = 32 * 1024 * 1024


def gives_pictures(address: Address, timeout_s: float) -> bool:
    """Whether the answer is a picture (`image/jpeg`) and no stream. Whatever goes wrong, FFmpeg may fare better."""
    try:
        with _ask(address, timeout_s) as answer:
            return str(answer.headers.get_content_type()).startswith("image/")
    except (OSError, ValueError, http.client.HTTPException):
        return False


class Snapshots:
    """Read like OpenCV's VideoCapture."""

    def __init__(self, address: Address, timeout_s: float) -> None:
        self._address, self._timeout_s = address, timeout_s
        self._due_s = 0.0

    def read(self) -> tuple[bool, Pixels | None]:
        """The picture of now, at most every `PERIOD_S`; `(False, None)` when none comes."""
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._due_s = time.monotonic() + PERIOD_S
        try:
            with _ask(self._address, self._timeout_s) as answer:
                data = _read(answer, 2 * self._timeout_s)
            return True, decode_picture(data, f"from {self._address.shown}")
        except (OSError, ValueError, http.client.HTTPException, InputError):
            return False, None

    def release(self) -> None:
        """Nothing is held between two pictures."""


def _read(answer: http.client.HTTPResponse, within_s: float) -> bytes:
    """The body, up to `LARGEST_BYTES`. Raises TimeoutError also where it goes on and on, a few bytes at a time."""
    deadline_s = time.monotonic() + within_s
    data = bytearray()
    while len(data) < LARGEST_BYTES and (piece := answer.read1(LARGEST_BYTES - len(data))):
        data += piece
        if time.monotonic() > deadline_s:
            raise TimeoutError
    return bytes(data)


def _ask(address: Address, timeout_s: float) -> http.client.HTTPResponse:
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if address.user_and_password is not None:
        passwords.add_password(None, address.without_user, *address.user_and_password)
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # as FFmpeg: cameras sign for themselves
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=trusting),
        urllib.request.HTTPBasicAuthHandler(passwords),
        urllib.request.HTTPDigestAuthHandler(passwords),
    )
    try:
        answer: http.client.HTTPResponse = opener.open(address.without_user, timeout=timeout_s)
    except HTTPError as error:
        error.close()
        raise
    return answer
