"""Network addresses and the secrets in them: a password before the host, a token behind it.

People write addresses as their camera's manual does, with passwords that hold `#`, `?`, `[` or `@` and should have been
percent-encoded. They are meant to work, and no part of a password may be shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^\n]*@)?[^\s'\"]*")
"""Up to the last @ of the line: a password may hold blanks and quotes."""
_WITHOUT_SCHEME = re.compile(r"[^\s:@'\"]+:[^\s@]+@[^\s'\"]+")
"""`user:password@host`, and an address whose `//` was mistyped."""
_VALUE = r"(?:\"[^\"]*\"|'[^']*'|[^\s&;,'\"]+)"
_NAMED_SECRET = re.compile(
    rf"(?P<name>\b[\w-]*(?:passw(?:or)?[dt]|passphrase|pwd|user-pw|token|secret|api[-_]?key)\s*[=:]\s*){_VALUE}"
    rf"|(?P<option>(?<!\S)(?:-u|--user|--pass(?:w(?:or)?d)?)[\s=]\s*){_VALUE}"
    r"|(?P<header>\bauthorization\s*[=:]\s*)[^\n'\"]+",
    re.IGNORECASE,
)
_HOST_END = re.compile(r"[/?#]")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\s:@\[\]]+)(?::\d{1,5})?", re.ASCII)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Address:
    """`scheme://user:password@host/path`, taken apart. `user_info` is as it was written, `path` has its query."""

    scheme: str
    user_info: str | None
    host: str
    """With its port."""
    path: str
    """From the slash on; may be empty."""
    shown: str
    """What may be told: scheme and host. A path may be a password too (`/user=admin_password=…`)."""

    @property
    def encoded(self) -> str:
        """The address as libraries expect it: what its user info holds cannot be taken for the end of the host."""
        if self.user_info is None:
            return f"{self.scheme}://{self.host}{self.path}"
        user, colon, password = self.user_info.partition(":")
        return f"{self.scheme}://{_escaped(user)}{colon}{_escaped(password)}@{self.host}{self.path}"

    @property
    def without_user(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}"

    @property
    def user_and_password(self) -> tuple[str, str] | None:
        """Both decoded; None when there are none."""
        if self.user_info is None:
            return None
        user, _, password = self.user_info.partition(":")
        return unquote(user), unquote(password)


def address_of(text: str) -> Address | None:
    """The parts of an address; None when `text` is none. Never raises: what is malformed fails when it is opened."""
    matched = _ADDRESS.fullmatch(text.strip())
    if matched is None:
        return None
    scheme, rest = matched["scheme"].lower(), matched["rest"]
    user_info, host, path = _taken_apart(rest)
    last = _split_host(rest.rpartition("@")[2])[0]
    # With a second @ nobody can tell whether the first ends a password or the second stands in a path.
    shown = f"{scheme}://{host}/" if host == last and _HOST.fullmatch(host) else f"{scheme}://…"
    return Address(scheme, user_info, host, path, shown)


def without_secrets(text: str) -> str:
    """`text` with every address in it shortened to what may be told, and what is named a password or token left out."""

    def shown(matched: re.Match[str]) -> str:
        address = address_of(matched[0])
        return address.shown if address is not None else "…"

    text = _WITHOUT_SCHEME.sub("…", _IN_TEXT.sub(shown, text))
    return _NAMED_SECRET.sub(lambda found: f"{found['name'] or found['option'] or found['header']}…", text)


def _taken_apart(rest: str) -> tuple[str | None, str, str]:
    """User info, host with port, path. Before the first slash as in RFC 3986, unless that leaves no possible host."""
    authority, path = _split_host(rest)
    if "@" in authority:
        user_info, _, host = authority.rpartition("@")
        if _HOST.fullmatch(host) and (path.startswith("/") or "@" not in path):
            return user_info, host, path
    elif "@" not in path or (path.startswith("/") and _HOST.fullmatch(authority)):
        return None, authority, path
    user_info, _, behind = rest.rpartition("@")
    return (user_info, *_split_host(behind))


def _split_host(text: str) -> tuple[str, str]:
    end = _HOST_END.search(text)
    return (text, "") if end is None else (text[: end.start()], text[end.start() :])


def _escaped(part: str) -> str:
    """Percent-encoded; what already is stays."""
    return quote(_BROKEN_ESCAPE.sub("%25", part), safe="%")
