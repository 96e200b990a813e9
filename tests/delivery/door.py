"""A gated bot with a real client, and the pretend Telegram behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.delivery.gate import Gate
from bot.delivery.hearing import HearsAnswers
from bot.delivery.lane import Grant
from bot.delivery.lanes import Lanes
from bot.live.doubts import Doubts
from bot.live.ports import Urgency
from bot.live.seen import Seen
from sandbox.telegram import Limits, Respond, Telegram, TelegramServer
from tests.delivery.client import NoSendLog, make_bot
from tests.fakes.clock import FakeClock, settle
from tests.fakes.listener import DEADLINE_S, eventually

ADA, BOB = 7, 8
RETRY_S = 6
PACE_S = 10
"""Long enough for a slowed lane to let what waits go."""
FLOOD = Respond(429, f"Too Many Requests: retry after {RETRY_S}", retry_after=RETRY_S)
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Mute", callback_data="m")]]
)
T = TypeVar("T")


class AskedLanes(Lanes):
    """Lanes that note who asked for a grant, and of which class."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock, NoSendLog(), chance=lambda: 0.0)
        self.asked: list[tuple[int, Urgency]] = []

    @asynccontextmanager
    async def grant(
        self, chat_id: int, urgency: Callable[[], Urgency], who: Hashable
    ) -> AsyncIterator[Grant]:
        """Note the wish, then wait as any other."""
        self.asked.append((chat_id, urgency()))
        async with super().grant(chat_id, urgency, who) as grant:
            yield grant


@dataclass(slots=True)
class Door:
    """A gated bot, the lanes it asks, and the Telegram behind it."""

    telegram: Telegram
    bot: Bot
    lanes: AskedLanes
    clock: FakeClock
    seen: Seen
    doubts: Doubts
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def start(self, call: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin a call that may have to wait."""
        task = asyncio.create_task(call)
        self.tasks.append(task)
        return task

    def tried(self, method: str = "sendMessage", chat: int = ADA) -> int:
        """How often a method was called in a chat."""
        return sum((call.method, call.chat_id) == (method, chat) for call in self.telegram.calls)

    async def refused(self, times: int) -> None:
        """Wait until Telegram refused so many calls and the lane rests."""
        await eventually(
            lambda: (
                sum(call.status == 429 for call in self.telegram.calls) == times
                and self.lanes.state(ADA).resting_until is not None
            )
        )

    async def struck(self, times: int) -> None:
        """Wait until so many faults have struck, and the chat is held."""
        await eventually(
            lambda: (
                len(self.telegram.faults.struck) == times and self.doubts.held(ADA, "somebody else")
            )
        )

    async def quiet(self) -> None:
        """Give whatever may leave the time to arrive: a free call goes there and back."""
        await settle()
        await self.bot.get_me()

    async def passed(self, call: asyncio.Task[T]) -> T:
        """Let time pass until a call is over."""
        async with asyncio.timeout(DEADLINE_S):
            while not call.done():
                await self.clock.advance(1)
                await self.quiet()
        return call.result()

    def texts(self, chat: int = ADA) -> list[str]:
        """What the bot said in a chat."""
        return [message.text for message in self.telegram.bot_messages(chat)]


@asynccontextmanager
async def opened() -> AsyncIterator[Door]:
    """Open the door; what was begun and did not end is cancelled."""
    clock = FakeClock()
    telegram = Telegram(limits=Limits.off())
    for user, name in ((ADA, "Ada"), (BOB, "Bob")):
        telegram.add_user(user, name)
        telegram.say(user, user, "/start")
    lanes = AskedLanes(clock)
    async with TelegramServer(telegram) as server, make_bot(server.url) as bot:
        seen, doubts = Seen(), Doubts()
        bot.session.middleware(Gate(lanes, seen, doubts, clock))
        bot.session.middleware(HearsAnswers(seen))
        door = Door(telegram, bot, lanes, clock, seen, doubts)
        running = asyncio.create_task(lanes.run())
        yield door
        for task in (running, *door.tasks):
            task.cancel()
            with suppress(asyncio.CancelledError, AiogramError):
                await task
