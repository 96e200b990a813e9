"""Compares the pages that are wanted with those that are delivered and names one next step."""

from __future__ import annotations

from dataclasses import dataclass

from bot.live.chain import Chain, Skipped
from bot.rendering.page import Message
from bot.rendering.rich_text import RichText
from bot.rendering.transcript import Cover


@dataclass(frozen=True, slots=True)
class WantedPage:
    """A page as it should be now; `full` pages are sealed once they are delivered."""

    number: int
    message: Message
    body: RichText
    covers: tuple[Cover, ...] = ()
    full: bool = False
    skipped: Skipped | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything a chat should have of a turn beyond what is sealed; `notice` comes last.

    With `more` these pages come first, and what follows is planned when they are delivered.
    """

    pages: tuple[WantedPage, ...] = ()
    notice: Message | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class SendPage:
    """Send a new link, replying to `reply_to`."""

    page: WantedPage
    reply_to: int | None

    @property
    def message(self) -> Message:
        """What is sent."""
        return self.page.message

    @property
    def key(self) -> tuple[str, int]:
        """What it is, whatever it says."""
        return "page", self.page.number


@dataclass(frozen=True, slots=True)
class EditPage:
    """Edit the open link."""

    page: WantedPage
    message_id: int

    @property
    def message(self) -> Message:
        """What the link will say."""
        return self.page.message

    @property
    def key(self) -> tuple[str, int]:
        """What it is, whatever it says."""
        return "page", self.page.number


@dataclass(frozen=True, slots=True)
class SendNotice:
    """Send the completion notice, replying to the newest link."""

    message: Message
    reply_to: int | None

    @property
    def key(self) -> tuple[str, int]:
        """What it is, whatever it says."""
        return "notice", 0


Step = SendPage | EditPage | SendNotice


def next_step(wanted: Wanted, chain: Chain) -> Step | None:
    """Name the one next step from what is delivered towards what is wanted; None: they agree.

    Pages come in order, each before the next; the notice comes after all of them.
    """
    for page in wanted.pages:
        link = chain.link(page.number)
        if link is None:
            return SendPage(page, chain.reply_to)
        if link.message != page.message:
            return EditPage(page, link.message_id)
    if wanted.notice is not None and chain.notice_id is None:
        return SendNotice(wanted.notice, chain.reply_to)
    return None
