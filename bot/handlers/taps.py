"""What every tap on a turn's button checks first."""

from __future__ import annotations

from aiogram.types import CallbackQuery

from bot.handlers.ports import Roster
from bot.handlers.say import toast
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.live.turns import ActiveTurn


async def turn_of_tap(
    callback: CallbackQuery, view_id: int, chat: ChatRecord, roster: Roster, _: Translator
) -> ActiveTurn | None:
    """Find the running turn a button is about; without one the tap is answered here.

    Callback data can be forged: a turn that another chat sees is nobody's business here.
    """
    turn = roster.turn(view_id)
    if turn is not None and turn.chat != chat.id:
        await toast(callback, _("This button is not for this chat"))
        return None
    if turn is None or not turn.running:
        await toast(callback, _("This turn is over."))
        return None
    return turn
