"""The bot, a chat server and a backend in one process, on virtual time."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from yarl import URL

from bot import app
from bot.config import Config
from bot.linking.codes import Linking
from bot.live.ending import Ending
from sandbox.kanban import KanbanServer
from sandbox.telegram import Limits, Telegram, TelegramServer
from tests.end_to_end.world import LATENCY_S, READY_S, SUPERGROUPS, Chat, World, until
from tests.virtual.loop import VirtualClock, VirtualLoop
from tests.virtual.network import Network


class BotTask:
    """The bot as a task of this process: everything is built by its own composition root."""

    def __init__(self, config: Config, clock: VirtualClock) -> None:
        self.app: app.App | None = None
        self.ending = Ending()
        self._config = config
        self._clock = clock
        self._task = asyncio.create_task(self._run(), name="the bot")

    @property
    def built(self) -> app.App:
        """What runs."""
        assert self.app is not None
        return self.app

    @property
    def running(self) -> bool:
        """Whether it has not ended; raises what it ended with."""
        if self._task.done():
            self._task.result()
        return not self._task.done()

    async def stop(self) -> None:
        """Tell the bot to end, as SIGTERM does, and wait for that."""
        self.ending.ask()
        await self._task

    async def kill(self) -> None:
        """End the bot without any of its farewells."""
        self._task.cancel()
        await asyncio.wait({self._task})
        if self.app is not None:
            await self.app.in_hand.give_up()

    async def _run(self) -> None:
        async with AsyncExitStack() as stack:
            self.app = await app.build(self._config, stack, self.ending, self._clock)
            await app._first_contact(self.app)
            await app._serve(self.app, self.ending)


class VirtualWorld(World):
    """The world of the end-to-end tests without processes and sockets; minutes take milliseconds.

    What was built is reached by `built`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        limits: Limits | None = None,
        max_gap_s: float | None = None,
        latency_s: float = LATENCY_S,
    ) -> None:
        super().__init__(folder)
        self.clock = VirtualClock()
        self.telegram = Telegram(self.clock.timestamp, limits=limits)
        self.telegram_server = TelegramServer(self.telegram, latency_s=latency_s)
        self.kanban = KanbanServer(max_gap_s=max_gap_s, clock=self.clock.timestamp)
        self._bot_task: BotTask | None = None

    async def __aenter__(self) -> Self:
        return await super().__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self._bot_task is not None and self._bot_task.running:
                await self._bot_task.stop()
        finally:
            gc.unfreeze()
            await super().__aexit__(None, None, None)

    @property
    def built(self) -> app.App:
        """The objects of the bot that runs now."""
        assert self._bot_task is not None
        return self._bot_task.built

    @property
    def config(self) -> Config:
        """What points the bot at this world."""
        return Config.load(self.env, None)

    async def start_bot(self, *, backend_ready: bool = True) -> None:
        """Start the bot and wait until it asks Telegram for updates (and watches the backend)."""
        before = len(self.telegram.calls)
        task = self._bot_task = BotTask(self.config, self.clock)

        def asks() -> bool:
            return any(call.method == "getUpdates" for call in self.telegram.calls[before:])

        await until(lambda: asks() or not task.running, READY_S, "the bot asks for updates")
        assert task.running, "the bot has ended"
        if backend_ready:
            await until(lambda: self.watching, READY_S, "the bot watches the backend")

    async def restart_bot(self, *, kill: bool = False) -> None:
        """End the bot, politely or not, and start it again on the same database."""
        assert self._bot_task is not None
        await (self.kill_bot() if kill else self._bot_task.stop())
        await self.start_bot()

    async def kill_bot(self) -> None:
        """End the bot without any of its farewells, for good."""
        assert self._bot_task is not None
        await self._bot_task.kill()
        self._bot_task = None

    @asynccontextmanager
    async def without_telegram(self) -> AsyncIterator[None]:
        """Let nobody reach Telegram for the length of the block."""
        network, port = self._network(), URL(self.telegram_server.url).port or 0
        network.take_away(port)
        try:
            yield
        finally:
            network.give_back(port)

    def _network(self) -> Network:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        return loop.network

    async def code(self) -> str:
        """Make a link code in the bot's database."""
        linking = Linking(self.built.database.codes, self.clock.wall)
        return (await linking.issue()).code

    async def link_basic_group(self) -> Chat:
        """Let a new person link a group that is no supergroup yet."""
        user = self.new_user()
        self.telegram.add_group(-user, "Team", {user: "creator"})
        self.telegram.add_bot_to_group(-user, by=user)
        return await self._link(Chat(-user, user, group=True))

    async def link_topic(self) -> tuple[Chat, int]:
        """Let a new person link a topic of a forum of their own."""
        user = self.new_user()
        chat = Chat(SUPERGROUPS - user, user, group=True)
        self.telegram.add_forum(chat.id, "Forum", {user: "creator"})
        self.telegram.add_bot_to_group(chat.id, by=user)
        topic = self.telegram.add_topic(chat.id, "Work")
        await self.telegram.wait_for(lambda: self.telegram.bot_messages(chat.id), READY_S)
        before = len(self.telegram.bot_messages(chat.id))
        self.telegram.say(chat.id, user, f"/link {await self.code()}", topic=topic)
        await self.telegram.wait_for(
            lambda: len(self.telegram.bot_messages(chat.id)) > before, READY_S
        )
        return chat, topic

    async def _link(self, chat: Chat) -> Chat:
        """Link a chat; in a group, after the bot has said how."""
        if chat.group:
            await self.telegram.wait_for(lambda: self.telegram.bot_messages(chat.id), READY_S)
        return await super()._link(chat)

    async def change_settings(self, chat: Chat, topic: int = 0, **changes: object) -> None:
        """Change what a linked chat has set, as its settings card does."""
        built = self.built
        record = await built.database.chats.find(chat.id, topic)
        assert record is not None
        await built.database.chats.change_settings(record.id, lambda now: now.changed(changes))
        app._act_on(record.id, built.database, built.catalogs, built.followers, built.tasks)
