"""The bot, a chat server and a backend in one process, on virtual time."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from bot import app
from bot.config import Config
from bot.linking.codes import Linking
from bot.live.ending import Ending
from sandbox.kanban import KanbanServer
from sandbox.telegram import Limits, Telegram, TelegramServer
from tests.end_to_end.world import LATENCY_S, READY_S, World, until
from tests.virtual.loop import VirtualClock


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
        await (self._bot_task.kill() if kill else self._bot_task.stop())
        await self.start_bot()

    async def code(self) -> str:
        """Make a link code in the bot's database."""
        linking = Linking(self.built.database.codes, self.clock.wall)
        return (await linking.issue()).code
