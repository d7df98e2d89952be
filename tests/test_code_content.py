"""Codes: their names are said, their secrets are neither said nor kept."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edgemm.media import VideoFrame
from runtime.evidence.code_content import MOST_CHARACTERS, kept, said
from runtime.evidence.codes import CodeObserver

WORD = "made-up-word"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (rf"WIFI:T:WPA;S:Cafe\;Bar;P:{WORD};;", "Cafe;Bar"),
        (f"WIFI:T:WPA;P:GUESTS:{WORD};S:Home;;", "Home"),
        (f"wifi:T:WPA;S:Home;P:{WORD};;", "Home"),
        (f"WiFi:s:Home;t:WPA;p:{WORD};;", "Home"),
        (f"WIFI:P:{WORD};H:true;S:Home;T:WPA", "Home"),
        (rf"WIFI:S:a\\b\:c\,d\"e;P:{WORD};;", r'a\b:c,d"e'),
        (f'WIFI:S:"Home; sweet";P:"{WORD}";;', "Home; sweet"),
        (rf"WIFI:T:WPA;P:{WORD}\;S:{WORD};S:Home;;", "Home"),
        ("WIFI:T:nopass;S:Café für alle;;", "Café für alle"),
    ],
)
def test_a_wireless_network_is_said_by_its_name(content: str, name: str) -> None:
    assert said(content) == f"the wireless network {name}"
    assert said(kept(content)) == said(content)
    assert WORD not in said(content) + kept(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"WIFI:T:WPA;P:{WORD};;", "a wireless network without a name"),
        (
            f"otpauth://totp/Shop:ann%40example.com?secret={WORD}",
            "a key for one-time passwords for Shop",
        ),
        (f"OTPAUTH-MIGRATION://offline?data={WORD}", "keys for one-time passwords"),
        (f"LPA:1$carrier.example$1234{WORD}", "an activation code of a mobile network"),
        (f"https://ann:{WORD}@example.com/door", "a link to example.com"),
        (f"https://ann:{WORD}#?[@example.com/door", "a link to example.com"),
        (f"HTTPS://example.com/door?token={WORD}", "a link to example.com"),
        (f"https://example.com/reset/{WORD}-and-more", "a link to example.com"),
        (f"https://[{WORD}", "a link to an address that cannot be read"),
        (f"steam://login/{WORD}", "a link for an app, steam"),
        (f"BEGIN:VCARD\nVERSION:3.0\nN:Lee;Ann;;;\nFN:Ann Lee\nNOTE:{WORD}\nEND:VCARD", "a contact, Ann Lee"),
        (f"BEGIN:VCARD\r\nN;CHARSET=UTF-8:Lee;Ann\r\nTEL:{WORD}\r\nEND:VCARD", "a contact, Ann Lee"),
        (f"MECARD:N:Lee,Ann;TEL:{WORD};;", "a contact, Ann Lee"),
        (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{WORD}", "a private key"),
        (f"Door: password: {WORD}", "Door: password: …"),
    ],
)
def test_other_codes_are_said_without_their_secrets(content: str, words: str) -> None:
    assert said(content) == words
    assert said(kept(content)) == words
    assert WORD not in kept(content)


@pytest.mark.parametrize("content", ["https://example.com/menu", "4006381333931", "Table 7", "Price: 3 euros"])
def test_what_holds_no_secret_is_kept_as_it_is(content: str) -> None:
    assert kept(content) == content


def test_a_long_text_is_shortened_and_that_is_said() -> None:
    words = said("a word " * 100)
    assert len(words) < MOST_CHARACTERS + 50
    assert words.endswith(f"and {699 - MOST_CHARACTERS} more characters")


def test_the_evidence_of_a_code_holds_no_password() -> None:
    code = cv2.QRCodeEncoder.create().encode(f"WIFI:T:WPA;S:Home;P:{WORD};;")
    code = cv2.copyMakeBorder(code, 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=255)
    pixels = cv2.cvtColor(cv2.resize(code, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST), cv2.COLOR_GRAY2BGR)
    *_, (found,) = CodeObserver().gather(VideoFrame(np.asarray(pixels, np.uint8), 0, 0), ())
    assert found.label == "QR code\nthe wireless network Home"
