"""Which addresses Telegram takes for a link."""

from __future__ import annotations

import re

_WEB = re.compile(
    r"https?://(?:[^/@\s]*@)?(?:[\w-]+\.)+(?P<top>[^\W\d_]{2,}|xn--[\w-]+)\.?(?::\d+)?(?:[/?#]|$)",
    re.IGNORECASE,
)
_PRIVATE = frozenset({"local", "localhost", "localdomain", "internal", "lan", "home", "test"})


def is_public(url: str) -> bool:
    """Whether the address names a public host; Telegram refuses others (`entity URL invalid`)."""
    match = _WEB.match(url)
    return match is not None and match["top"].lower() not in _PRIVATE
