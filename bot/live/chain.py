"""What a chat has of one turn: the links that exist and what sealed ones show; frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.entries.model import Entry
from bot.rendering.options import RenderOptions
from bot.rendering.page import Keyboard, Message
from bot.rendering.rich_text import RichText
from bot.rendering.transcript import Cover, redacted

NOWHERE = 0
"""No message has this id."""

NO_TEXT = RichText()

NOTHING_SHOWN: Mapping[str, Cover] = MappingProxyType({})


WHOLE_LINKS = 2
"""Of how many links, the newest, it is remembered what they say."""

GROWING_TEXTS = 4
"""How many sealed beginnings of growing texts are remembered: one an execution is enough."""


class LinkKind(StrEnum):
    """What a link is. Only pages grow by edits; the others are sealed when they are delivered."""

    PAGE = "page"
    CHUNK = "chunk"
    LAST = "last"
    """The chunk with the end line, or that line alone."""
    MUTED = "muted"
    UNMUTED = "unmuted"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Skipped:
    """What a line on a link stands for: so many entries, of which these were left out whole."""

    count: int
    covers: tuple[Cover, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One message of the chain.

    `message` is what Telegram has, None when that is not known (after a restart). A sealed link
    gets no new content. `body` is its text without header and footer, `covers` what that shows,
    with what its line about earlier entries stands for (`skipped`).
    """

    number: int
    message_id: int
    sent_at: datetime
    message: Message | None = None
    sealed: bool = False
    body: RichText = field(default_factory=RichText)
    covers: tuple[Cover, ...] = ()
    skipped: Skipped | None = None
    kind: LinkKind = LinkKind.PAGE
    bare: bool = False

    @property
    def known(self) -> bool:
        """Whether it is known what Telegram has."""
        return self.message is not None

    @property
    def keyboard(self) -> Keyboard | None:
        """The buttons under it; None when they are not known."""
        if self.message is not None:
            return self.message.keyboard
        return () if self.bare else None


@dataclass(frozen=True, slots=True)
class Chain:
    """The messages of one turn in one chat, as delivered.

    Only the last link may be unsealed. `shown` holds what sealed links show, by entry key; `texts`
    the sealed beginnings of texts that were still growing, to find what follows when they are
    rewritten; `late_after` the entry below which a late result stands; `notice_ids` the parts of
    what came after the end.
    """

    links: tuple[Link, ...] = ()
    shown: Mapping[str, Cover] = field(default_factory=lambda: NOTHING_SHOWN)
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    late_after: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    notice_ids: tuple[int, ...] = ()

    @property
    def newest(self) -> Link | None:
        """The newest link."""
        return self.links[-1] if self.links else None

    @property
    def reply_to(self) -> int | None:
        """The message that the next one replies to."""
        newest = self.newest
        return newest.message_id if newest and newest.message_id != NOWHERE else None

    @property
    def open(self) -> Link | None:
        """The link that may still be edited."""
        return self.links[-1] if self.links and not self.links[-1].sealed else None

    @property
    def message_ids(self) -> tuple[int, ...]:
        """Every message that is there, oldest first."""
        ids = (link.message_id for link in self.links)
        return tuple(message_id for message_id in ids if message_id != NOWHERE)

    def link(self, number: int) -> Link | None:
        """The link of this page."""
        return next((link for link in self.links if link.number == number), None)

    @property
    def open_number(self) -> int:
        """The number of the page that is written next: the open link's, or one past the last."""
        if self.open is not None:
            return self.open.number
        return self.links[-1].number + 1 if self.links else 0

    def with_link(self, link: Link) -> Chain:
        """The chain with this link added, or put in the place of the one with its number."""
        others = tuple(old for old in self.links if old.number != link.number)
        keep = len(others) - WHOLE_LINKS + 1
        light = tuple(_light(old) if place < keep else old for place, old in enumerate(others))
        return replace(self, links=(*light, link))

    def with_keyboard(self, number: int, keyboard: Keyboard) -> Chain:
        """The chain with other buttons under this link."""
        link = self.link(number)
        if link is None:
            return self
        message = replace(link.message, keyboard=keyboard) if link.message is not None else None
        changed = replace(link, message=message, bare=not keyboard)
        return replace(
            self, links=tuple(changed if old.number == number else old for old in self.links)
        )

    def lost(self, number: int) -> Chain:
        """The chain whose link of this number is no message any more; what it showed was shown."""
        gone = [
            replace(link, message_id=NOWHERE, message=None, bare=True)
            if link.number == number
            else link
            for link in self.links
        ]
        return replace(self, links=tuple(gone))

    def without(self, number: int) -> Chain:
        """The chain without this link: Telegram no longer has that message."""
        return replace(self, links=tuple(link for link in self.links if link.number != number))

    def bare(self) -> Chain:
        """The chain without what it shows: its messages are there, and nobody writes them again."""
        links = (
            replace(link, message=None, body=NO_TEXT, covers=(), skipped=None)
            for link in self.links
        )
        return Chain(tuple(links), notice_ids=self.notice_ids)

    def left(self) -> Chain:
        """The chain after its link went to another place: what was shown stays behind, sealed."""
        behind = (
            replace(link, message_id=NOWHERE, message=None, sealed=True, bare=True)
            for link in self.links
        )
        return replace(self, links=tuple(behind))

    def sealed(self, texts: Mapping[str, str]) -> Chain:
        """The chain with its open link sealed: what it shows will never be shown again."""
        link = self.open
        if link is None:
            return self
        shown = {**self.shown, **{cover.key: cover for cover in link.covers}}
        return replace(
            self.with_link(replace(link, sealed=True)),
            shown=MappingProxyType(shown),
            texts=MappingProxyType(dict([*self.texts.items(), *texts.items()][-GROWING_TEXTS:])),
        )


def _light(link: Link) -> Link:
    """Forget what a link says that will never be compared again."""
    return Link(
        link.number,
        link.message_id,
        link.sent_at,
        sealed=link.sealed,
        kind=link.kind,
        bare=link.keyboard == (),
    )


def growing_texts(
    entries: Iterable[Entry], covers: Iterable[Cover], options: RenderOptions
) -> Mapping[str, str]:
    """What a page shows of texts that still grow, by entry key: they may be rewritten later."""
    growing = {entry.key: redacted(entry, options) for entry in entries if not entry.complete}
    return {
        cover.key: growing[cover.key][: cover.length]
        for cover in covers
        if cover.key in growing and cover.length
    }
