"""The pretend world around the real process: a chat server, a backend, the bot, and its chats."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from sandbox.kanban import KanbanServer
from sandbox.kanban.server import steady_time
from sandbox.telegram import Answer, Call, Message, Telegram, TelegramServer
from tests.end_to_end.process import BotProcess

LATENCY_S = 0.12
API_TOKEN = "api-" + "token" * 6
SLOWER = 3.0
"""How much slower than promised a test may see things: the machine is not the product's.

The promises themselves are judged by `make bench`, on a machine that does nothing else.
"""
READY_S = 60.0
ANSWER_S = 20.0
LOOK_AGAIN_S = 0.02
SETTLED_S = 1.0
WRITES = frozenset({"sendMessage", "editMessageText", "editMessageReplyMarkup", "sendDocument"})
SUPERGROUPS = -1_002_000_000_000


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and the person who acts in it."""

    id: int
    user: int
    group: bool


class World:
    """Both servers and one bot between them, as an asynchronous context manager.

    `max_gap_s` shortens the recordings' silences. `kanban` is the backend, where it is no ordinary
    one; `others` are the URLs of backends beside it by name, and it is `home` then. The bot's
    database lies in `folder`, so that `restart_bot` goes on with it. On the way out of a failing
    test the bot's log is printed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_gap_s: float | None = 1.0,
        latency_s: float = LATENCY_S,
        kanban: KanbanServer | None = None,
        others: Mapping[str, str] | None = None,
    ) -> None:
        self.telegram = Telegram(steady_time)
        self.telegram_server = TelegramServer(self.telegram, latency_s=latency_s)
        self.kanban = kanban or KanbanServer(max_gap_s=max_gap_s)
        self._others = others or {}
        self._folder = folder
        self._bot: BotProcess | None = None
        self._bots: list[BotProcess] = []
        self._people = 0

    async def __aenter__(self) -> Self:
        await self.telegram_server.__aenter__()
        await self.kanban.__aenter__()
        try:
            await self.start_bot()
        except BaseException as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self._bot is not None:
                await self._bot.stop()
        finally:
            if error is not None and self._bot is not None:
                print(f"--- the bot's log ---\n{self._bot.tail()}")  # noqa: T201 - for the report
            await self.kanban.__aexit__(None, None, None)
            await self.telegram_server.__aexit__(None, None, None)
        if error is None:
            self.assert_no_token()

    @property
    def bot(self) -> BotProcess:
        """The process that runs now."""
        assert self._bot is not None
        return self._bot

    @property
    def database(self) -> Path:
        """Where the bot keeps what it must not forget."""
        return self._folder / "bot.db"

    @property
    def env(self) -> dict[str, str]:
        """The variables that point the bot at this world."""
        return {
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "TELEGRAM_API_URL": self.telegram_server.url,
            "VIBE_KANBAN_URL": self._backends(),
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "API_TOKEN": API_TOKEN,
            "LOG_LEVEL": "DEBUG",
        }

    def _backends(self) -> str:
        """Return where the backends are, in the form of the variable."""
        if not self._others:
            return self.kanban.url_with_login
        named = {"home": self.kanban.url_with_login, **self._others}
        return ",".join(f"{name}={url}" for name, url in named.items())

    # --- the bot ----------------------------------------------------------------------------------

    async def start_bot(self, *, backend_ready: bool = True) -> None:
        """Start the bot and wait until it asks Telegram for updates (and watches the backend)."""
        before = len(self.telegram.calls)
        bot = self._bot = await BotProcess.start(self.env, "--polling")
        self._bots.append(bot)

        def asks() -> bool:
            return any(call.method == "getUpdates" for call in self.telegram.calls[before:])

        await until(lambda: asks() or not bot.running, READY_S, "the bot asks for updates")
        assert bot.running, "the bot has ended"
        if backend_ready:
            await until(lambda: self.watching, READY_S, "the bot watches the backend")

    async def restart_bot(self, *, kill: bool = False) -> None:
        """End the bot, politely or not, and start it again on the same database."""
        await (self.bot.kill() if kill else self.bot.stop())
        await self.start_bot()

    @property
    def watching(self) -> bool:
        """Whether the bot's stream of workspaces is open."""
        return self.kanban.open_sockets["workspaces"] > 0

    def cpu_seconds(self) -> float:
        """Return the processor time that the bot used so far."""
        return self.bot.cpu_seconds()

    def rss_bytes(self) -> int:
        """Return the bot's resident memory."""
        return self.bot.rss_bytes()

    # --- chats ------------------------------------------------------------------------------------

    async def link_private(self) -> Chat:
        """Let a new person link their chat with the bot."""
        user = self.new_user()
        return await self._link(Chat(user, user, group=False))

    async def link_group(self) -> Chat:
        """Let a new person link a supergroup of their own, for all repositories."""
        user = self.new_user()
        group = SUPERGROUPS - user
        self.telegram.add_group(group, "Team", {user: "creator"})
        self.telegram.add_bot_to_group(group, by=user)
        await self.telegram.wait_for(lambda: self.telegram.bot_messages(group), ANSWER_S)
        return await self._link(Chat(group, user, group=True))

    def new_user(self) -> int:
        """Add a person, and return their id."""
        self._people += 1
        user = 1000 + self._people
        self.telegram.add_user(user, f"Person {self._people}")
        return user

    async def code(self) -> str:
        """Ask the command line for a link code."""
        asked = await BotProcess.start(self.env, "link", "--json")
        assert await asked.finish(READY_S) == 0, asked.tail()
        return str(json.loads(asked.log[-1])["code"])

    async def _link(self, chat: Chat) -> Chat:
        answer = await self.say(chat, f"/link {await self.code()}")
        assert "inked" in answer.text, answer.text
        return chat

    async def say(self, chat: Chat, text: str) -> Message:
        """Let the person say something and return the bot's next message in that chat."""
        before = len(self.telegram.bot_messages(chat.id))
        self.telegram.say(chat.id, chat.user, text)
        await self.telegram.wait_for(
            lambda: len(self.telegram.bot_messages(chat.id)) > before, ANSWER_S
        )
        return self.telegram.bot_messages(chat.id)[before]

    async def tap(self, chat: Chat, message: Message, label: str) -> Answer:
        """Let the person tap a button and return the bot's answer to the tap."""
        tap = self.telegram.tap(chat.id, chat.user, message.message_id, label)
        answer = await self.telegram.wait_for(lambda: self.telegram.callback(tap).answer, ANSWER_S)
        assert answer is not None
        return answer

    async def all_updates_handled(self) -> None:
        """Wait until the bot has taken every update, and had time to act on them."""
        await self.telegram.wait_for(lambda: not self.telegram.updates.waiting(), ANSWER_S)
        await pass_time(SETTLED_S)

    def calls_to(self, chat: Chat, since: float, until_at: float) -> int:
        """Count the bot's calls that wrote to a chat in a span of time."""
        return sum(
            call.chat_id == chat.id and call.method in WRITES and since <= call.at < until_at
            for call in self.telegram.calls
        )

    # --- what must never happen -------------------------------------------------------------------

    def assert_clean(self) -> None:
        """No call was refused, none came too fast, none changed nothing."""
        bad: list[Call] = [*self.telegram.refused(), *self.telegram.flooded()]
        assert bad == [], f"{len(self.telegram.not_modified())} changed nothing: {bad}"

    def assert_no_token(self) -> None:
        """No token is in anything that a bot logged, or that it said in any version."""
        password = urlsplit(self.kanban.url_with_login).password
        secrets = [self.telegram.token, API_TOKEN, *([password] if password else [])]
        told = [line for bot in self._bots for line in bot.log]
        told += [
            v.text
            for chat in self.telegram.world.chats
            for m in self.telegram.bot_messages(chat)
            for v in m.versions
        ]
        assert [line for line in told if any(secret in line for secret in secrets)] == []

    def assert_clean_but_for_probes(self) -> None:
        """None came too fast; what was refused asked for a message that might have been there."""
        asked = ("message to edit not found", "message can't be edited", "is not modified")
        bad = [
            call
            for call in self.telegram.refused()
            if call.method != "editMessageText"
            or not any(text in call.description for text in asked)
        ]
        assert [*bad, *self.telegram.flooded()] == []


async def pass_time(seconds: float) -> None:
    """Let real time pass, where time itself is the subject or nothing announces an end."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)


async def until(fact: Callable[[], bool], timeout_s: float, what: str) -> None:
    """Wait for a fact of a server that announces nothing; looks again at short intervals."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while not fact():
        assert loop.time() < deadline, f"not within {timeout_s:g} s: {what}"
        await pass_time(LOOK_AGAIN_S)
