"""Carries out one step of a view: what is about to leave is stored, then sent, then what came."""

from __future__ import annotations

from dataclasses import replace

from bot.live.ports import Delivered, DeliveryOutcome, LinkedChat, NotSent, PerhapsDelivered
from bot.live.probe import Doubt, Guess, Search
from bot.live.progress import covers_of
from bot.live.reconcile import EditKeys, EditPage, SendNotice, SendPage, Step
from bot.live.record import Record
from bot.live.setbacks import Form, Setbacks, shaped
from bot.live.wiring import Wiring
from bot.rendering.page import Message


class Calls:
    """One view's calls to Telegram; `gone_target` is a message that can no longer be replied to."""

    def __init__(self, wiring: Wiring, record: Record, search: Search, setbacks: Setbacks) -> None:
        self._wiring = wiring
        self._record = record
        self._search = search
        self._setbacks = setbacks
        self.gone_target: int | None = None

    async def perform(self, chat: LinkedChat, step: Step) -> DeliveryOutcome:
        """Make the call of a step."""
        surface = self._wiring.surface
        match step:
            case EditPage():
                message = shaped(step.message, self._setbacks.form_of(step.key))
                return await surface.edit(chat, step.message_id, message)
            case EditKeys(message_id=message_id, keyboard=keyboard):
                return await surface.edit_keyboard(chat, message_id, keyboard)
            case SendPage() | SendNotice():
                return await self._send(chat, step)

    async def guess(self, chat: LinkedChat, guess: Guess) -> DeliveryOutcome:
        """Look whether a message is the lost one."""
        surface, message = self._wiring.surface, guess.send.message
        if guess.keys_only:
            return await surface.edit_keyboard(chat, guess.message_id, message.keyboard)
        message = shaped(message, self._setbacks.form_of(guess.send.key))
        return await surface.edit(chat, guess.message_id, message)

    async def _send(self, chat: LinkedChat, step: SendPage | SendNotice) -> DeliveryOutcome:
        surface, (kind, number) = self._wiring.surface, step.key
        newest = self._wiring.seen.newest(chat.chat_id)
        covers = covers_of(step)
        intent = await self._record.intend(kind, number, newest, covers)
        if self._record.gone:
            return NotSent("forgotten")
        form = self._setbacks.form_of(step.key)
        target = step.reply_to if step.reply_to != self.gone_target else None
        if form is Form.FILE:
            name, message = f"{kind}-{number + 1}.md", _for_file(step)
            outcome = await surface.send_file(chat, name, message, reply_to=target)
        else:
            outcome = await surface.send(chat, shaped(step.message, form), reply_to=target)
        if isinstance(outcome, PerhapsDelivered):
            self._search.add(chat.chat_id, Doubt(kind, number, intent, newest, step))
        else:
            message_id = outcome.message_id if isinstance(outcome, Delivered) else None
            await self._record.settle(intent, kind, number, message_id, covers)
        return outcome


def _for_file(step: SendPage | SendNotice) -> Message:
    """What a file says: a page's body, since a foot and buttons could not be changed there."""
    body = step.page.body if isinstance(step, SendPage) else None
    return replace(step.message, text=body or step.message.text, keyboard=())
