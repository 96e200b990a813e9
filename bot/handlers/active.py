"""/active: every running turn of this chat, with buttons; Show points at its newest link."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.handlers.callbacks import ShowView
from bot.handlers.keyboards import active_turns
from bot.handlers.modes import current
from bot.handlers.needs import READS
from bot.handlers.ports import Roster
from bot.handlers.say import moment, rewrite, say, toast
from bot.handlers.taps import Taps
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.live.turns import ActiveTurn
from bot.rendering.rich_text import RichText, bold, code, join, plain

MOST_ROWS = 10
"""More turns than anybody watches at once; the rest is counted."""


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="active")
    router.message.register(active, Command("active"), flags=READS)
    router.callback_query.register(show, ShowView.filter(), flags=READS)
    return router


async def active(message: Message, chat: ChatRecord, roster: Roster, _: Translator) -> None:
    """List what runs."""
    await say_list(message, chat, roster.active(chat.id), _)


async def say_list(
    message: Message, chat: ChatRecord, turns: Sequence[ActiveTurn], _: Translator
) -> None:
    """Answer with these turns and their buttons."""
    if not turns:
        await say(message, "😴 " + _("Nothing is running."))
        return
    shown = turns[:MOST_ROWS]
    keyboard = active_turns(shown, chat.settings, _)
    await say(message, list_of(turns, chat, _), keyboard=keyboard)


async def rewrite_list(
    callback: CallbackQuery, chat: ChatRecord, roster: Roster, _: Translator
) -> None:
    """Write the list under the tapped button anew; a view under it looks after itself."""
    message = callback.message
    if not isinstance(message, Message):
        return
    if roster.turn_of_message(chat.id, message.message_id) is not None:
        return
    turns = roster.active(chat.id)
    if turns:
        keyboard = active_turns(turns[:MOST_ROWS], chat.settings, _)
        await rewrite(message, list_of(turns, chat, _), keyboard=keyboard)


def list_of(turns: Sequence[ActiveTurn], chat: ChatRecord, _: Translator) -> RichText:
    """Write the list: a paragraph a turn, numbered when there are several."""
    numbered = len(turns) > 1
    paragraphs: list[RichText] = [
        _paragraph(turn, f"{number}. " if numbered else "", chat, _)
        for number, turn in enumerate(turns[:MOST_ROWS], start=1)
    ]
    rest = len(turns) - MOST_ROWS
    if rest > 0:
        paragraphs.append(plain(_.plural("… and {n} more", "… and {n} more", rest)))
    return join(paragraphs, "\n\n")


def _paragraph(turn: ActiveTurn, number: str, chat: ChatRecord, _: Translator) -> RichText:
    identity = [
        *([plain(turn.agent)] if turn.agent else []),
        *([code(turn.branch)] if turn.branch else []),
    ]
    state = "🔇 " + _("Muted") if turn.muted else current(chat.settings, _)
    if turn.waiting:
        state = "⏳ " + _("waiting for a free slot")
    sent = _.plural("{n} message sent", "{n} messages sent", turn.messages_sent)
    since = join([_("since"), " ", moment(turn.started_at, "t")])
    lines = [
        join([number, bold(turn.title)]),
        join(identity, " · "),
        join([since, state, sent], " · "),
    ]
    return join([line for line in lines if line], "\n")


async def show(
    callback: CallbackQuery,
    callback_data: ShowView,
    chat: ChatRecord,
    taps: Taps,
    _: Translator,
) -> None:
    """Send a short message that replies to the newest link, so that a tap jumps there."""
    turn = await taps.turn(callback, callback_data.view_id, chat, _)
    if turn is None or not isinstance(callback.message, Message):
        return
    await toast(callback)
    if turn.newest_message_id is not None:
        await say(callback.message, join(["👆 ", turn.title]), reply_to=turn.newest_message_id)
