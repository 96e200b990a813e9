"""Where a backend is: a configured URL, or what its port file says at the moment of asking."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from yarl import URL

from bot.backend.errors import NotReachable
from bot.i18n import sentence

NOT_VALID = sentence("vibe-kanban is not reachable: its address is not valid.")
NO_PORT_FILE = sentence(
    "vibe-kanban is not reachable: it has left no port file, so it seems not to run."
)
UNREADABLE_PORT_FILE = sentence("vibe-kanban is not reachable: its port file is not readable.")

TEMPORARY = "/tmp"  # noqa: S108 - read only: what the server takes where TMPDIR is not set

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A base URL without its credentials, and these apart; never shown to anybody."""

    base: URL
    authorization: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that each request needs."""
        return {"Authorization": self.authorization} if self.authorization else {}

    def at(self, path: str) -> URL:
        """Return the URL of an absolute path under the base, whose own prefix stays."""
        return self.base.with_path(self.base.path.rstrip("/") + path)


def parse_address(url: str) -> Address:
    """Split a configured URL. Raises NotReachable for what is no http(s) URL."""
    try:
        parsed = URL(url)
    except ValueError as error:
        raise NotReachable(NOT_VALID) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise NotReachable(NOT_VALID)
    authorization = None
    if parsed.user is not None:
        authorization = aiohttp.encode_basic_auth(parsed.user, parsed.password or "", "utf-8")
    return Address(parsed.with_user(None).with_query(None).with_fragment(None), authorization)


def port_file() -> Path:
    """Return where a vibe-kanban server on this machine writes its port (docs/vibe-kanban.md, 5).

    Python's own `gettempdir` would write a file there, and fail on a full disk.
    """
    return Path(os.environ.get("TMPDIR") or TEMPORARY) / "vibe-kanban" / "vibe-kanban.port"


def parse_port_file(text: str) -> int | None:
    """Read either format: a bare number, or an object with `main_port`."""
    text = _ANSI.sub("", text).strip()
    try:
        value = json.loads(text)
    except ValueError:
        return None
    port = value.get("main_port") if isinstance(value, dict) else value
    return port if type(port) is int and 0 < port < 65_536 else None


def from_port_file(path: Path) -> Callable[[], str]:
    """Return a callable that reads the port file anew each time. It raises NotReachable."""

    def url() -> str:
        try:
            port = parse_port_file(path.read_text(encoding="utf-8", errors="replace"))
        except OSError as error:
            raise NotReachable(NO_PORT_FILE) from error
        if port is None:
            raise NotReachable(UNREADABLE_PORT_FILE)
        return f"http://127.0.0.1:{port}"

    return url
