"""Looks for a message that perhaps arrived, by editing it (docs/telegram.md, 25 and 26)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import structlog

from bot.live.chain import LinkKind
from bot.live.clock import Clock
from bot.live.doubts import Doubts
from bot.live.ports import (
    ChatGone,
    ChatMoved,
    Delivered,
    DeliveryOutcome,
    MessageGone,
    Refused,
    TargetGone,
    ThreadGone,
    TokenRefused,
)
from bot.live.progress import covers_of, stays
from bot.live.reconcile import SendNotice, SendPage, Wanted, WantedPage
from bot.live.record import Record
from bot.live.seen import Seen
from bot.live.stores import Intent
from bot.rendering.page import Message
from bot.rendering.rich_text import RichText
from bot.rendering.transcript import Cover

log = structlog.get_logger(__name__)

UNKNOWN = Message(RichText())
"""In the place of a message whose text nobody knows any more."""

BEYOND = 10
"""How many ids after the newest one that was seen a lost message may have."""

MOST_GUESSES = 30

FIND_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, *[30.0] * 20)
"""Pauses between attempts at one id while Telegram cannot be asked: ten minutes in all."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Edit this message to what `send` would send now: if it is ours, it is the lost one.

    What is never written again is sought by its buttons alone (`keys_only`).
    """

    send: SendPage | SendNotice
    message_id: int

    @property
    def keys_only(self) -> bool:
        """Whether the text must stay as it is."""
        return stays(self.send)


class Verdict(Enum):
    """What an edit says of a guess."""

    FOUND = auto()
    WRONG = auto()
    UNSAID = auto()
    """Nothing was learnt: the same guess is made again."""


def verdict(outcome: DeliveryOutcome) -> Verdict:
    """Judge a guess. A closed topic is only mentioned for a message that is there."""
    if isinstance(outcome, Delivered) or outcome == ThreadGone(closed=True):
        return Verdict.FOUND
    if isinstance(outcome, MessageGone | Refused | TargetGone):
        return Verdict.WRONG
    return Verdict.UNSAID


def guesses(seen: Seen, chat_id: int, after: int | None) -> list[int]:
    """The ids that a message may have that was sent after one was the newest, likely ones first.

    None when nothing was ever seen there: then nothing can be found.
    """
    if after is None:
        return []
    return seen.unheard(chat_id, after, BEYOND)[:MOST_GUESSES]


async def find(
    ids: Sequence[int], attempt: Callable[[int], Awaitable[DeliveryOutcome | None]], clock: Clock
) -> int | None:
    """Try ids one after the other; None when the message did not arrive, or nobody can tell.

    An attempt that returns None ends the search.
    """
    for message_id in ids:
        for pause_s in FIND_PAUSES_S:
            outcome = await attempt(message_id)
            judged = verdict(outcome) if outcome is not None else None
            if judged is Verdict.FOUND:
                return message_id
            if judged is None or isinstance(outcome, ChatGone | ChatMoved | TokenRefused):
                return None
            if judged is Verdict.WRONG:
                break
            await clock.sleep(pause_s)
        else:
            return None
    return None


@dataclass(slots=True)
class Doubt:
    """A view's send that perhaps arrived, after `after` was the newest id in its chat's counter.

    `sent` is what was sent, None if an earlier run of the bot did; `covers` is what it shows then,
    if it is never written again.
    """

    kind: str
    number: int
    intent: int | None
    after: int | None
    sent: SendPage | SendNotice | None = None
    covers: tuple[Cover, ...] | None = None
    left: list[int] | None = None

    @property
    def is_notice(self) -> bool:
        """Whether it came after the end, and is no link."""
        return self.kind not in frozenset(LinkKind)

    def next_guess(self, seen: Seen, chat_id: int) -> int | None:
        """The id to try; None when there is none left: the message did not arrive."""
        if self.left is None:
            self.left = guesses(seen, chat_id, self.after)
        return self.left[0] if self.left else None

    def was_wrong(self) -> None:
        """Forget the guess that was made last."""
        if self.left:
            del self.left[0]

    def sought(self, wanted: Wanted) -> SendPage | SendNotice | None:
        """What the message should say now; what it said when nothing is wanted any more."""
        if self.is_notice:
            parts = wanted.farewells[self.number : self.number + 1]
            return SendNotice(parts[0], None, self.number) if parts else self.sent
        if self.kind != LinkKind.PAGE:
            return self.sent or SendPage(self._sealed(), None)
        page = next((page for page in wanted.pages if page.number == self.number), None)
        return SendPage(page, None) if page is not None else self.sent

    def _sealed(self) -> WantedPage:
        """What an earlier run sent: its text is not known any more, what it shows is."""
        return WantedPage(
            self.number,
            UNKNOWN,
            body=UNKNOWN.text,
            covers=self.covers or (),
            full=True,
            kind=LinkKind(self.kind),
        )


class SoughtPlan(Protocol):
    """Says what is wanted now, for a lost page or a lost `notice`."""

    def __call__(self, *, notice: bool) -> Wanted:
        """Plan as if nothing stood still, so that pages are there to be found."""


class Search:
    """The sends of one view that perhaps arrived; while there is one its chat is held."""

    def __init__(
        self, view_id: int, record: Record, seen: Seen, doubts: Doubts, unsettled: Sequence[Intent]
    ) -> None:
        self._view_id = view_id
        self._record = record
        self._seen = seen
        self._chats = doubts
        self._doubts = [
            Doubt(i.kind, i.number, i.id, i.newest_seen, covers=i.covers) for i in unsettled
        ]

    def __bool__(self) -> bool:
        return bool(self._doubts)

    def hold(self, chat_id: int) -> None:
        """Let other sends of the chat wait as long as one of these is in doubt."""
        if self._doubts:
            self._chats.hold(chat_id, self._view_id)

    def add(self, chat_id: int, doubt: Doubt) -> None:
        """Take a send whose outcome is unknown."""
        self._doubts.append(doubt)
        self.hold(chat_id)

    def end(self, chat_id: int) -> None:
        """Let others send."""
        self._chats.release(chat_id, self._view_id)

    async def next_guess(self, chat_id: int, plan: SoughtPlan, *, ended: bool) -> Guess | None:
        """Where to look next, and for what; settles what did not arrive, or is wanted no more."""
        while self._doubts:
            doubt = self._doubts[0]
            guess = doubt.next_guess(self._seen, chat_id)
            sought = doubt.sought(plan(notice=doubt.is_notice)) if guess is not None else None
            if guess is not None and sought is not None:
                return Guess(sought, guess)
            if guess is not None and not ended:
                return None  # not known yet
            await self._settle(chat_id, None)
        return None

    async def judge(self, chat_id: int, guess: Guess, outcome: DeliveryOutcome) -> bool:
        """Learn from an edit; whether it found the message."""
        judged = verdict(outcome)
        if judged is Verdict.FOUND:
            self._seen.hear(chat_id, guess.message_id)  # "not modified" tells of no message
            await self._settle(chat_id, guess.message_id, guess.send)
        elif judged is Verdict.WRONG:
            self._doubts[0].was_wrong()
        return judged is Verdict.FOUND

    async def abandon(self, chat_id: int) -> None:
        """Look no more: the chat was left."""
        while self._doubts:
            await self._settle(chat_id, None)
        self.end(chat_id)

    async def _settle(
        self, chat_id: int, message_id: int | None, found: SendPage | SendNotice | None = None
    ) -> None:
        doubt = self._doubts.pop(0)
        log.info("send.settled", view=self._view_id, kind=doubt.kind, found=message_id is not None)
        kind, number = found.key if found is not None else (doubt.kind, doubt.number)
        covers = covers_of(found) if found is not None else None
        await self._record.settle(doubt.intent, kind, number, message_id, covers)
        if not self._doubts:
            self.end(chat_id)
