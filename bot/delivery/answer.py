"""One thing a handler says, on its way to Telegram: in its turn, once, and again if that helps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.methods import EditMessageText, SendDocument, SendMessage, TelegramMethod
from aiogram.types import Chat, InlineKeyboardMarkup, Message

from bot.delivery.lanes import Lanes
from bot.delivery.outcomes import FAILURES, is_not_modified, outcome_of
from bot.live.clock import Clock
from bot.live.doubts import Doubts
from bot.live.ports import (
    Delivered,
    DeliveryOutcome,
    NotSent,
    PerhapsDelivered,
    Resting,
    Urgency,
)
from bot.live.probe import find, guesses
from bot.live.seen import Seen
from bot.live.setbacks import RETRY_S

SENDS = (SendMessage, SendDocument)

TRIES = 3
"""How often an answer to a person is tried; then the handler is told."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an answer needs beside its call."""

    lanes: Lanes
    seen: Seen
    doubts: Doubts
    clock: Clock


@dataclass(slots=True)
class Answer:
    """One call of a handler on its way to Telegram.

    A text that perhaps arrived is looked for, and sent again when it did not arrive. Of a file
    nobody can find out: the handler is told, and the person may ask again.
    """

    around: Surroundings
    bot: Bot
    call: Callable[[TelegramMethod[Any]], Awaitable[object]]
    method: TelegramMethod[Any]
    chat_id: int
    who: Hashable
    newest: int | None = None
    found: list[Message] = field(default_factory=list)

    async def deliver(self) -> object:
        """Make the call until it succeeds, at most TRIES times; returns what it returned."""
        for failures in range(TRIES):
            try:
                return await self._once()
            except FAILURES as error:
                outcome = outcome_of(error, is_edit=not isinstance(self.method, SENDS))
                if not self._may_help(outcome):
                    raise
                last = error
            if not isinstance(outcome, Resting):
                await self.around.clock.sleep(RETRY_S[failures])
            if isinstance(outcome, PerhapsDelivered) and await self._look() is not None:
                return self.found[0]
        raise last

    def _may_help(self, outcome: DeliveryOutcome) -> bool:
        """Whether it makes sense to go on."""
        if isinstance(outcome, PerhapsDelivered):
            return isinstance(self.method, SendMessage)
        return isinstance(outcome, Resting | NotSent)

    async def _once(self) -> object:
        around = self.around
        while True:
            if isinstance(self.method, SENDS):
                await around.doubts.free(self.chat_id, self.who, around.clock)
            async with around.lanes.grant(self.chat_id, _answers, "answers") as grant:
                if isinstance(self.method, SENDS) and around.doubts.held(self.chat_id, self.who):
                    grant.unused()
                    continue
                if not isinstance(self.method, SENDS):
                    grant.edits()
                self.newest = around.seen.newest(self.chat_id)
                try:
                    return await self.call(self.method)
                except FAILURES as error:
                    self._note(error)
                    raise

    def _note(self, error: Exception) -> None:
        """Let the lane rest, or other sends of the chat wait, before anybody gets a grant."""
        outcome = outcome_of(error, is_edit=not isinstance(self.method, SENDS))
        if isinstance(outcome, Resting):
            self.around.lanes.rest(self.chat_id, outcome.retry_after_s)
        elif isinstance(outcome, PerhapsDelivered) and self._may_help(outcome):
            self.around.doubts.hold(self.chat_id, self.who)

    # --- looking for what perhaps arrived ---------------------------------------------------------

    async def _look(self) -> int | None:
        around = self.around
        ids = guesses(around.seen, self.chat_id, self.newest)
        there = await find(ids, self._try, around.clock)
        around.doubts.release(self.chat_id, self.who)
        return there

    async def _try(self, message_id: int) -> DeliveryOutcome:
        """Edit a message to what it says already if it is the one."""
        around = self.around
        edit = self._edit(message_id)
        async with around.lanes.grant(self.chat_id, _probes, self.who) as grant:
            grant.edits()
            try:
                edited = await self.call(edit)
            except FAILURES as error:
                if not is_not_modified(error):
                    outcome = outcome_of(error, is_edit=True)
                    if isinstance(outcome, Resting):
                        around.lanes.rest(self.chat_id, outcome.retry_after_s)
                    return outcome
                edited = self._unchanged(message_id)
        self.found = [edited] if isinstance(edited, Message) else [self._unchanged(message_id)]
        return Delivered(message_id)

    def _edit(self, message_id: int) -> EditMessageText:
        keys = getattr(self.method, "reply_markup", None)
        return EditMessageText(
            chat_id=self.chat_id,
            message_id=message_id,
            text=getattr(self.method, "text", None),
            entities=getattr(self.method, "entities", None),
            parse_mode=getattr(self.method, "parse_mode", None),
            link_preview_options=getattr(self.method, "link_preview_options", None),
            reply_markup=keys if isinstance(keys, InlineKeyboardMarkup) else None,
        )

    def _unchanged(self, message_id: int) -> Message:
        """The message, of which Telegram only said that it is as wanted."""
        kind = "private" if self.chat_id > 0 else "group"
        text = getattr(self.method, "text", None)
        message = Message(
            message_id=message_id,
            date=self.around.clock.wall(),
            chat=Chat(id=self.chat_id, type=kind),
            text=text,
        )
        return message.as_(self.bot)


def _answers() -> Urgency:
    return Urgency.ANSWER


def _probes() -> Urgency:
    return Urgency.PROBE
