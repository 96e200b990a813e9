"""How one chat follows a turn, and what it wants of it: from its settings, mute and choices."""

from __future__ import annotations

from bot.live.chain import Chain
from bot.live.desk import NO_FAREWELL, Ending, Farewell, Posture, farewell
from bot.live.ports import LinkedChat
from bot.live.ticks import in_chunks
from bot.settings.model import Verbosity


class Attitude:
    """A chat as it is now, and what it has of the turn.

    `excluded`: the turn is not of the chat's repositories. `seated`: the view has one of the chat's
    slots, `waiting`: it wants one and has none. `lost`: nothing can be written there.
    """

    def __init__(self, chat: LinkedChat, *, muted: bool) -> None:
        self.chat = chat
        self.muted = muted
        self.excluded = False
        self.seated = False
        self.waiting = False
        self.lost = False
        self.chain = Chain()

    @property
    def posture(self) -> Posture:
        """How this chat follows the turn now."""
        settings = self.chat.settings
        if self.excluded or not settings.notifications_enabled or not settings.stream_mode.streams:
            return Posture.DISABLED
        if self.muted:
            return Posture.MUTED
        return Posture.WAITING if self.waiting else Posture.LIVE

    @property
    def chunked(self) -> bool:
        """Whether new content comes in messages of its own now."""
        return self.posture is Posture.LIVE and in_chunks(self.chat.settings)

    @property
    def wants_slot(self) -> bool:
        """Whether the view would grow if it had a slot."""
        return self.posture in (Posture.LIVE, Posture.WAITING) and not self.lost

    def take_slot(self, seated: bool) -> bool:
        """Have a slot, or none; whether that changes how the view is shown."""
        before = self.posture
        self.seated = seated
        self.waiting = not seated and self.wants_slot
        return self.posture is not before

    @property
    def wants_content(self) -> bool:
        """Whether this view needs the log while the turn runs."""
        return self.posture is Posture.LIVE and not self.lost

    @property
    def wants_details(self) -> bool:
        """Whether it shows the output of what did not fail, too."""
        return self.wants_content and self.chat.settings.verbosity is Verbosity.FULL

    @property
    def farewell(self) -> Farewell:
        """What this chat gets when the turn is over."""
        if self.excluded or self.lost:
            return NO_FAREWELL
        return farewell(self.chat.settings, waiting=self.posture is Posture.WAITING)

    @property
    def wants_digest(self) -> bool:
        """Whether the end is told with all that was done."""
        return self.farewell.ending is Ending.DIGEST

    @property
    def wants_log_at_end(self) -> bool:
        """Whether the log is needed once after the end, even if nobody followed it."""
        link = self.chain.open
        told = self.farewell.ending is not Ending.NOTHING
        return told or (self.muted and link is not None and not link.known)

    @property
    def message_ids(self) -> tuple[int, ...]:
        """Every message of the view, oldest first."""
        return (*self.chain.message_ids, *self.chain.notice_ids)
