"""How one chat follows a turn, and what it wants of it: from its settings, mute and choices."""

from __future__ import annotations

from bot.live.chain import Chain
from bot.live.desk import Posture
from bot.live.ports import LinkedChat
from bot.settings.model import ChatSettings, StreamMode, Verbosity


def shows_views(settings: ChatSettings) -> bool:
    """Whether the mode has a live view."""
    return settings.stream_mode in (StreamMode.REALTIME, StreamMode.CHUNKED)


class Attitude:
    """A chat as it is now, and what it has of the turn.

    `excluded`: the turn is not of the chat's repositories. `lost`: nothing can be written there.
    """

    def __init__(self, chat: LinkedChat, *, muted: bool) -> None:
        self.chat = chat
        self.muted = muted
        self.excluded = False
        self.lost = False
        self.chain = Chain()

    @property
    def posture(self) -> Posture:
        """How this chat follows the turn now."""
        settings = self.chat.settings
        if self.excluded or not settings.notifications_enabled or not shows_views(settings):
            return Posture.DISABLED
        return Posture.MUTED if self.muted else Posture.LIVE

    @property
    def wants_content(self) -> bool:
        """Whether this view needs the log while the turn runs."""
        return self.posture is Posture.LIVE and not self.lost

    @property
    def wants_details(self) -> bool:
        """Whether it shows the output of what did not fail, too."""
        return self.wants_content and self.chat.settings.verbosity is Verbosity.FULL

    @property
    def wants_notice(self) -> bool:
        """Whether this chat gets the completion notice."""
        settings = self.chat.settings
        asked = settings.notifications_enabled and settings.notify_on_task_done
        return asked and not self.excluded and not self.lost

    @property
    def wants_log_at_end(self) -> bool:
        """Whether the log is needed once after the end, even if nobody followed it."""
        link = self.chain.open
        return self.wants_notice or (self.muted and link is not None and not link.known)

    @property
    def message_ids(self) -> tuple[int, ...]:
        """Every message of the view, oldest first."""
        notice = () if self.chain.notice_id is None else (self.chain.notice_id,)
        return (*self.chain.message_ids, *notice)
