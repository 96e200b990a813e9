"""Stream modes in words."""

from __future__ import annotations

from bot.i18n import Translator
from bot.settings.model import StreamMode

OFFERED = (StreamMode.REALTIME, StreamMode.OFF)
"""The modes a person can choose."""


def caption(mode: StreamMode, _: Translator) -> str:
    """Say in one line what a mode does, as the buttons do."""
    if mode is StreamMode.OFF:
        return _("Off – no live updates")
    return _("Real-time – live streaming (edits message)")
