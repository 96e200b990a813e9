"""Stream modes in words."""

from __future__ import annotations

from bot.i18n import Translator
from bot.settings.model import ChatSettings, StreamMode


def caption(mode: StreamMode, settings: ChatSettings, _: Translator) -> str:
    """Say in one line what a mode does with these settings, as the buttons do."""
    match mode:
        case StreamMode.OFF:
            return _("Off – no live updates")
        case StreamMode.SUMMARY:
            return _("Summary only – end-of-task summary")
        case StreamMode.REALTIME:
            return _("Real-time – live streaming (edits message)")
        case StreamMode.CHUNKED:
            return _("Chunked – new message every {seconds}s", seconds=settings.chunk_interval_s)


def current(settings: ChatSettings, _: Translator) -> str:
    """Say what the mode does that is set."""
    return caption(settings.stream_mode, settings, _)
