"""What a chat chose about how its text looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.i18n import Translator

MAX_CHARS = 4096
"""Code points of one message (Bot API; telegram counts code points, not UTF-16 units)."""

MIN_CHARS = 256

_HEADER_CHARS = 400
_LEAST_BLOCK_CHARS = 120


class Verbosity(StrEnum):
    """How much of tools is shown."""

    COMPACT = "compact"
    NORMAL = "normal"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """One chat's choices.

    `redact(text, complete)` masks secrets; with `complete` False it holds back an end that may
    still become one.
    """

    translate: Translator
    redact: Callable[[str, bool], str]
    limit: int = MAX_CHARS
    verbosity: Verbosity = Verbosity.NORMAL
    show_thinking: bool = True

    @property
    def block_chars(self) -> int:
        """Most characters of a block that cannot be split: it must fit below a header."""
        return max(_LEAST_BLOCK_CHARS, self.limit - _HEADER_CHARS)
