"""What Telegram would store of our texts, as TDLib itself says."""

from __future__ import annotations

from bot.rendering.rich_text import RichText
from sandbox.telegram.tdlib import Span, settle


def stored(rich: RichText) -> tuple[str, list[Span]]:
    """Return text and entities as TDLib has them after normalising (it does not trim here)."""
    return settle(rich.text, rich.utf16())


def spans(rich: RichText) -> list[Span]:
    """Return our entities in the same form."""
    return [(str(w["type"]), int(w["offset"]), int(w["length"])) for w in rich.utf16()]
