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


@dataclass(frozen=True, slots=True)
class EditPage:
    """Edit the open link."""

    page: WantedPage
    message_id: int


@dataclass(frozen=True, slots=True)
class SendNotice:
    """Send the completion notice, replying to the newest link."""

    message: Message
    reply_to: int | None


Step = SendPage | EditPage | SendNotice


def next_step(wanted: Wanted, chain: Chain) -> Step | None:
    """Name the one next step from what is delivered towards what is wanted; None: they agree.

    Pages come in order, each before the next; the notice comes after all of them.
    """
    newest = chain.newest
    for page in wanted.pages:
        link = next((link for link in chain.links if link.number == page.number), None)
        if link is None:
            return SendPage(page, reply_to=newest.message_id if newest else None)
        if link.message != page.message:
            return EditPage(page, link.message_id)
    if wanted.notice is not None and chain.notice_id is None:
        return SendNotice(wanted.notice, reply_to=newest.message_id if newest else None)
    return None
