"""Mute, Unmute and Stop: by the buttons of views and lists, and by commands."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.handlers.active import rewrite_list, say_list
from bot.handlers.callbacks import (
    ConfirmStop,
    MuteView,
    StopView,
    UnmuteView,
    UnmuteWorkspace,
    short,
)
from bot.handlers.keyboards import muted_workspaces, stop_question
from bot.handlers.needs import ACTS, UNCOUNTED
from bot.handlers.ports import Followers, Roster
from bot.handlers.say import rewrite, say, toast
from bot.handlers.second_tap import SecondTap
from bot.handlers.taps import Taps
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.live.turns import ActiveTurn
from bot.rendering.rich_text import bold, join

MOST_MUTED = 20
"""Rows of the list of muted workspaces."""


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="view")
    router.message.register(stop, Command("stop"), flags=ACTS | UNCOUNTED)
    router.message.register(mute, Command("mute"), flags=ACTS | UNCOUNTED)
    router.message.register(unmute, Command("unmute"), flags=ACTS)
    router.callback_query.register(stop_tap, StopView.filter(), flags=ACTS | UNCOUNTED)
    router.callback_query.register(stop_confirmed, ConfirmStop.filter(), flags=ACTS | UNCOUNTED)
    router.callback_query.register(mute_tap, MuteView.filter(), flags=ACTS | UNCOUNTED)
    router.callback_query.register(unmute_tap, UnmuteView.filter(), flags=ACTS | UNCOUNTED)
    router.callback_query.register(unmute_workspace, UnmuteWorkspace.filter(), flags=ACTS)
    return router


# --- commands -------------------------------------------------------------------------------------


async def stop(message: Message, chat: ChatRecord, roster: Roster, _: Translator) -> None:
    """Ask whether to stop the turn that is meant; several: list them."""
    turns = meant(message, chat, roster)
    if len(turns) != 1:
        await say_list(message, chat, turns, _)
    elif not turns[0].running:
        await say(message, _("This turn is over."))
    else:
        question = join(["⏹ ", _("Stop this turn?"), "\n", bold(turns[0].title)])
        await say(message, question, keyboard=stop_question(turns[0].view_id, _))


async def mute(
    message: Message, chat: ChatRecord, roster: Roster, followers: Followers, _: Translator
) -> None:
    """Mute the turn that is meant; several: list them."""
    turns = meant(message, chat, roster)
    if len(turns) != 1:
        await say_list(message, chat, turns, _)
        return
    await followers.mute(chat.id, turns[0].workspace_id)
    await say(message, join(["🔇 ", _("Muted here until /unmute"), "\n", bold(turns[0].title)]))


async def unmute(
    message: Message, chat: ChatRecord, roster: Roster, followers: Followers, _: Translator
) -> None:
    """Unmute the turn that is meant; several: list them; none: list the muted workspaces."""
    turns = meant(message, chat, roster)
    if len(turns) > 1:
        await say_list(message, chat, turns, _)
    elif turns:
        await followers.unmute(chat.id, turns[0].workspace_id)
        await say(message, join(["🔊 ", _("Shown again"), "\n", bold(turns[0].title)]))
    elif muted := roster.muted(chat.id)[:MOST_MUTED]:
        await say(message, _("Nothing is running. Muted:"), keyboard=muted_workspaces(muted, _))
    else:
        await say(message, _("Nothing is running and nothing is muted."))


def meant(message: Message, chat: ChatRecord, roster: Roster) -> tuple[ActiveTurn, ...]:
    """Name the turns a command may mean: the one whose message it replies to, else all that run."""
    if message.reply_to_message is not None:
        turn = roster.turn_of_message(chat.id, message.reply_to_message.message_id)
        if turn is not None:
            return (turn,)
    return roster.active(chat.id)


# --- taps -----------------------------------------------------------------------------------------


async def mute_tap(
    callback: CallbackQuery,
    callback_data: MuteView,
    chat: ChatRecord,
    roster: Roster,
    taps: Taps,
    followers: Followers,
    _: Translator,
) -> None:
    """Mute at once; the view itself shows it, and a list is written anew."""
    turn = await taps.turn(callback, callback_data.view_id, chat, _)
    if turn is not None:
        await toast(callback, _("Muted"))
        await followers.mute(chat.id, turn.workspace_id)
        await rewrite_list(callback, chat, roster, _)


async def unmute_tap(
    callback: CallbackQuery,
    callback_data: UnmuteView,
    chat: ChatRecord,
    roster: Roster,
    taps: Taps,
    followers: Followers,
    _: Translator,
) -> None:
    """Unmute at once; the view itself shows it, and a list is written anew."""
    turn = await taps.turn(callback, callback_data.view_id, chat, _)
    if turn is not None:
        await toast(callback, _("Shown again"))
        await followers.unmute(chat.id, turn.workspace_id)
        await rewrite_list(callback, chat, roster, _)


async def unmute_workspace(
    callback: CallbackQuery,
    callback_data: UnmuteWorkspace,
    chat: ChatRecord,
    roster: Roster,
    followers: Followers,
    _: Translator,
) -> None:
    """Unmute a workspace from the list and take it off the list."""
    muted = roster.muted(chat.id)
    found = next((w for w, _title in muted if short(w) == callback_data.workspace), None)
    await toast(callback, _("Shown again"))
    if found is not None:
        await followers.unmute(chat.id, found)
    left = [row for row in muted if row[0] != found][:MOST_MUTED]
    if isinstance(callback.message, Message):
        words = _("Muted:") if left else _("Nothing is muted.")
        await rewrite(callback.message, words, keyboard=muted_workspaces(left, _) if left else None)


async def stop_tap(
    callback: CallbackQuery,
    callback_data: StopView,
    chat: ChatRecord,
    taps: Taps,
    followers: Followers,
    second_tap: SecondTap,
    _: Translator,
) -> None:
    """Stop by the second tap of the same person."""
    turn = await taps.turn(callback, callback_data.view_id, chat, _)
    if turn is None:
        return
    if not second_tap.confirms((callback.from_user.id, turn.view_id)):
        await toast(callback, _("Tap again within 5 s to stop"))
        return
    await toast(callback, _("Stopping…"))
    problem = await followers.stop(turn.view_id)
    if problem is not None and isinstance(callback.message, Message):
        await say(callback.message, "⚠️ " + _.say(problem))


async def stop_confirmed(
    callback: CallbackQuery,
    callback_data: ConfirmStop,
    chat: ChatRecord,
    taps: Taps,
    followers: Followers,
    _: Translator,
) -> None:
    """Stop at once, and let the question say what came of it."""
    turn = await taps.turn(callback, callback_data.view_id, chat, _)
    if turn is None:
        return
    await toast(callback, _("Stopping…"))
    problem = await followers.stop(turn.view_id)
    if isinstance(callback.message, Message):
        words = "⚠️ " + _.say(problem) if problem else "⏹ " + _("Stopped")
        await rewrite(callback.message, join([words, "\n", bold(turn.title)]))
