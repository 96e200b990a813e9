"""What every tap on a turn's button checks first."""

from __future__ import annotations

from aiogram.types import CallbackQuery

from bot.handlers.ports import Roster
from bot.handlers.say import toast
from bot.handlers.suspects import Suspects
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.live.turns import ActiveTurn


class Taps:
    """Finds what a button is about. Callback data can be forged: other chats' turns are none."""

    def __init__(self, roster: Roster, suspects: Suspects) -> None:
        self._roster = roster
        self._suspects = suspects

    async def turn(
        self, callback: CallbackQuery, view_id: int, chat: ChatRecord, _: Translator
    ) -> ActiveTurn | None:
        """Find the running turn a button is about; without one the tap is answered here."""
        turn = self._roster.turn(view_id)
        if turn is not None and turn.chat != chat.id:
            self._suspects.note(callback, "foreign button")
            await toast(callback, _("This button is not for this chat"))
            return None
        if turn is None or not turn.running:
            await toast(callback, _("This turn is over."))
            return None
        return turn
