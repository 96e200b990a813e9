"""Hearing: every message that Telegram tells of has an id that is known from then on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, TelegramObject, Update

from bot.delivery.hearing import HearsAnswers, HearsUpdates
from bot.live.seen import Seen
from sandbox.telegram import Limits, Telegram, TelegramServer
from tests.delivery.client import make_bot

ADA, GROUP = 7, -1000000000600
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Mute", callback_data="m")]]
)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Telegram, Bot, Seen]]:
    """A bot that hears what its calls are answered."""
    telegram = Telegram(limits=Limits.off())
    telegram.add_user(ADA, "Ada")
    telegram.add_group(GROUP, "Team", {ADA: "creator"})
    telegram.add_bot_to_group(GROUP, by=ADA)
    telegram.say(ADA, ADA, "/start")
    async with TelegramServer(telegram) as server, make_bot(server.url) as bot:
        seen = Seen()
        bot.session.middleware(HearsAnswers(seen))
        yield telegram, bot, seen


async def hear_updates(telegram: Telegram, bot: Bot, seen: Seen) -> list[Any]:
    """Let the bot take its updates; returns what was handed on."""
    handed: list[Any] = []

    async def handler(event: TelegramObject, data: dict[str, Any]) -> str:
        handed.append(event)
        return "handled"

    for update in await bot.get_updates():
        assert await HearsUpdates(seen)(handler, update, {}) == "handled"
    return handed


async def test_a_sent_message_is_heard() -> None:
    """The answer to a send tells its id, in the counter of its chat."""
    async with listening() as (_, bot, seen):
        private = await bot.send_message(ADA, "text")
        group = await bot.send_message(GROUP, "text")

        assert seen.newest(ADA) == private.message_id
        assert seen.newest(GROUP) == group.message_id


async def test_what_is_no_message_says_nothing() -> None:
    """Other answers pass, and so do refusals."""
    async with listening() as (_, bot, seen):
        assert (await bot.get_me()).is_bot
        with pytest.raises(TelegramBadRequest):
            await bot.send_message(404, "nobody")

        assert seen.newest(ADA) is None


async def test_what_people_write_is_heard() -> None:
    """A message, an edited one and a tap tell the ids of what they are about; all are handed on."""
    async with listening() as (telegram, bot, seen):
        said = telegram.say(ADA, ADA, "hello")
        updates = await hear_updates(telegram, bot, seen)

        assert seen.newest(ADA) == said.message_id
        assert all(isinstance(update, Update) for update in updates)


async def test_a_tap_tells_of_the_message_it_is_on() -> None:
    """A bot that has just started learns ids from taps on old messages."""
    async with listening() as (telegram, bot, _):
        message = await bot.send_message(ADA, "text", reply_markup=KEYBOARD)
        await bot.get_updates(offset=-1)
        telegram.tap(ADA, ADA, message.message_id, "Mute")
        fresh = Seen()
        await hear_updates(telegram, bot, fresh)

        assert fresh.newest(ADA) == message.message_id
