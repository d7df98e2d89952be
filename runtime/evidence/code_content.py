"""What a code holds, as it may be said and kept: names, but no passwords, keys or tokens.

Whoever stands near hears what is said, and the event log holds the evidence.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from edgemm.addresses import address_of, without_secrets

MOST_CHARACTERS = 200
"""A longer text is cut, and its cutting told."""

_FIELD = re.compile(r'(?P<key>[A-Za-z]+):(?P<value>"(?:\\.|[^"\\])*"(?=;|$)|(?:\\.|[^\\;])*)(?:;|$)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OPAQUE = {
    "lpa": "an activation code of a mobile network",
    "mt": "a set-up code of a smart-home device",
    "x-hm": "a set-up code of a smart-home device",
    "dpp": "a set-up code of a device",
    "fido": "a code to sign in with",
    "otpauth-migration": "keys for one-time passwords",
    "hc1": "a health certificate",
}
"""Schemes whose content is all secret or nobody's to hear."""
_MAY_BE_TOKEN = re.compile(r"[?#]|[^/]{16,}")
"""In a path: a query, or a long name that may be anything."""
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def said(content: str) -> str:
    """The words for a code's content, or for what was kept of it. A long text is shortened."""
    text = content.strip()
    return _shortened(_named(text) or (" ".join(text) if text.isdigit() else without_secrets(text)))


def kept(content: str) -> str:
    """The content for the record: itself where it can hold no secret, else what is said of it."""
    text = content.strip()
    address = address_of(text)
    if address is not None and address.scheme in ("http", "https"):
        plain = address.user_info is None and not address.shown.endswith("…") and not _MAY_BE_TOKEN.search(address.path)
        return text if plain else address.shown
    return _named(text) or without_secrets(text)


def _named(text: str) -> str | None:
    """What it is and its name; None for a plain text."""
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if scheme in ("http", "https"):
        return f"a link to {_host(text)}"
    if scheme == "wifi":
        name = _fields(rest).get("S", "")
        return f"the wireless network {name}" if name else "a wireless network without a name"
    if scheme == "otpauth":
        name = unquote(text.partition("?")[0].rpartition("/")[2]).partition(":")[0]  # behind it the user's own
        return f"a key for one-time passwords for {name}" if name else "a key for one-time passwords"
    if scheme in _OPAQUE and colon:
        return _OPAQUE[scheme]
    contact = _contact(text, scheme, rest)
    if contact is not None:
        return f"a contact, {contact}" if contact else "a contact without a name"
    if _PRIVATE_KEY.search(text):
        return "a private key"
    return f"a link for an app, {scheme}" if address_of(text) is not None else None


def _contact(text: str, scheme: str, rest: str) -> str | None:
    """The name in a contact's card; None when `text` is none."""
    if scheme == "mecard":
        family, _, given = _fields(rest).get("N", "").partition(",")
        return f"{given.strip()} {family.strip()}".strip()
    if not re.match(r"BEGIN:VCARD", text, re.IGNORECASE):
        return None
    full = re.search(r"^FN(?:;[^:\n]*)?:(.*)$", text, re.IGNORECASE | re.MULTILINE)
    parts = re.search(r"^N(?:;[^:\n]*)?:(.*)$", text, re.IGNORECASE | re.MULTILINE)
    name = full[1] if full else " ".join(reversed(parts[1].strip().split(";")[:2])) if parts else ""
    return _ESCAPED.sub(r"\1", name).strip()


def _fields(text: str) -> dict[str, str]:
    """`T:WPA;S:name;P:word;;` by its letters. A backslash takes the meaning from what follows it; quotes may stand
    around a value. The first of two fields counts."""
    fields: dict[str, str] = {}
    for field in _FIELD.finditer(text):
        value = field["value"].strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        fields.setdefault(field["key"].upper(), _ESCAPED.sub(r"\1", value))
    return fields


def _host(text: str) -> str:
    address = address_of(text)
    host = None if address is None else urlsplit(address.shown).hostname
    return host if host and host != "…" else "an address that cannot be read"


def _shortened(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS].rstrip()} … and {len(text) - MOST_CHARACTERS} more characters"
