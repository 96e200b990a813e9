"""Compares the pages that are wanted with those that are delivered and names one next step."""

from __future__ import annotations

from dataclasses import dataclass

from bot.live.chain import NOWHERE, Chain, LinkKind, Skipped
from bot.rendering.page import Keyboard, Message
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
    kind: LinkKind = LinkKind.PAGE


@dataclass(frozen=True, slots=True)
class WantedKeys:
    """The buttons that a link should have, whose text stays as it is."""

    number: int
    keyboard: Keyboard = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything a chat should have of a turn beyond what is sealed.

    First the buttons under one link (`keys`), then pages, then what follows the end (`farewells`).
    With `more` these come first, and what follows is planned when they are delivered.
    """

    pages: tuple[WantedPage, ...] = ()
    farewells: tuple[Message, ...] = ()
    more: bool = False
    keys: WantedKeys | None = None


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
        return self.page.kind, self.page.number


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
        return self.page.kind, self.page.number


@dataclass(frozen=True, slots=True)
class EditKeys:
    """Change the buttons under a link, not its text."""

    number: int
    message_id: int
    keyboard: Keyboard

    @property
    def key(self) -> tuple[str, int]:
        """What it is, whatever it says."""
        return "keys", self.number


@dataclass(frozen=True, slots=True)
class SendNotice:
    """Send a part of what follows the end: the first replies to the newest link, others to it."""

    message: Message
    reply_to: int | None
    number: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """What it is, whatever it says."""
        return "notice", self.number


Step = SendPage | EditPage | EditKeys | SendNotice


def next_step(wanted: Wanted, chain: Chain) -> Step | None:
    """Name the one next step from what is delivered towards what is wanted; None: they agree.

    Pages come in order, each before the next; what follows the end comes after all of them.
    """
    return (
        _next_keys(wanted.keys, chain) or _next_page(wanted, chain) or _next_notice(wanted, chain)
    )


def _next_keys(keys: WantedKeys | None, chain: Chain) -> Step | None:
    link = chain.link(keys.number) if keys is not None else None
    if keys is None or link is None or link.keyboard == keys.keyboard:
        return None
    if link.message_id == NOWHERE:
        return None  # it was left in another place, or somebody deleted it
    return EditKeys(link.number, link.message_id, keys.keyboard)


def _next_page(wanted: Wanted, chain: Chain) -> Step | None:
    for page in wanted.pages:
        link = chain.link(page.number)
        if link is None:
            return SendPage(page, chain.reply_to)
        if link.message is not None and link.message.text == page.message.text:
            if link.keyboard != page.message.keyboard:
                return EditKeys(page.number, link.message_id, page.message.keyboard)
        elif link.message != page.message:
            return EditPage(page, link.message_id)
    return None


def _next_notice(wanted: Wanted, chain: Chain) -> Step | None:
    sent = chain.notice_ids
    if len(sent) >= len(wanted.farewells):
        return None
    target = sent[-1] if sent else chain.reply_to
    return SendNotice(wanted.farewells[len(sent)], target, len(sent))
