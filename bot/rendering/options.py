"""What a chat chose about how its text looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.i18n import Translator
from bot.settings.model import Verbosity

__all__ = ["RenderOptions", "Verbosity"]

MAX_CHARS = 4096
"""Code points of one message (Bot API; telegram counts code points, not UTF-16 units)."""

MIN_CHARS = 256

_TITLE_CHARS = 120
_FOOTER_CHARS = 128
"""Room for the last line, the blank lines around it and the mark before a later link's title."""


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
    def title_chars(self) -> int:
        """Most characters of a title; less on short messages, so that content has the most room."""
        return min(_TITLE_CHARS, self.limit // 6)

    @property
    def block_chars(self) -> int:
        """Most characters of a block that cannot be split: it must fit on a page of its own."""
        return self.limit - _FOOTER_CHARS - self.title_chars
