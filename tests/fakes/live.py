"""A chat, a backend and a store in memory, for tests of live."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from bot.entries.events import LogEvent, Put, Removed, Reopened, Settled
from bot.entries.story import DiffTotal, Execution, ExecutionKind, ExecutionStatus, Workspace
from bot.i18n import Sentence, Translator
from bot.live.ports import (
    BackendError,
    Delivered,
    DeliveryOutcome,
    Health,
    LinkedChat,
    Listener,
    MessageGone,
    Urgency,
)
from bot.live.seen import SHARED, Seen
from bot.rendering.options import RenderOptions
from bot.rendering.page import Keyboard, Message
from bot.rendering.rich_text import RichText
from bot.settings.model import ChatSettings

START = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)


def linked(row: int = 1, chat_id: int = 7, **settings: object) -> LinkedChat:
    """A linked chat with these settings."""
    chosen = ChatSettings.model_validate(settings)
    return LinkedChat(row, chat_id, 0, "private" if chat_id > 0 else "group", chosen, "en")


SECRET = "hunter2"


def masked(text: str, complete: bool) -> str:
    """Mask the secret; of a text that grows hold back what may become one."""
    begun = 0 if complete else max(n for n in range(len(SECRET)) if text.endswith(SECRET[:n]))
    return text[: len(text) - begun].replace(SECRET, "••••")


def english(chat: LinkedChat) -> RenderOptions:
    """A chat's options in English; `SECRET` is all that is masked."""
    return RenderOptions(
        translate=Translator("en"),
        redact=masked,
        limit=chat.settings.stream_max_message_length,
        show_thinking=chat.settings.show_thinking,
    )


@dataclass
class Sent:
    """A message as the fake chat has it."""

    chat_id: int
    message_id: int
    message: Message
    reply_to: int | None
    versions: int = 1
    rewritten: int = 0
    """How often its text was changed."""

    @property
    def text(self) -> str:
        """Its text."""
        return self.message.text.text

    @property
    def labels(self) -> list[str]:
        """Its buttons' labels."""
        return [button.label for row in self.message.keyboard for button in row]


@dataclass(frozen=True)
class Arrived:
    """A call that takes effect, whatever is told of it."""

    told: DeliveryOutcome


class FakeSurface:
    """Keeps what is sent; `outcomes` are answered first, in order, and mostly change nothing.

    With `only_sends` they are kept for sends, with `only_guesses` for edits of what nobody knows to
    be there.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.outcomes: list[DeliveryOutcome | Arrived] = []
        self.sends = 0
        self.tried: list[int] = []
        self.only_sends = False
        self.only_guesses = False
        self._answered: set[int] = set()
        self._ids = count(100)
        self.calls = 0
        self.files: list[tuple[str, Sent]] = []
        self.seen = Seen({SHARED: 99})

    def skip(self, messages: int) -> None:
        """Let others write so many messages."""
        self._ids = count(next(self._ids) + messages)

    def _told(self, *, mine: bool) -> DeliveryOutcome | Arrived | None:
        return self.outcomes.pop(0) if mine and self.outcomes else None

    def restart(self) -> None:
        """Of what the bot has seen only the newest id is known to the next one."""
        self.seen = Seen({SHARED: self.seen.newest(1) or 0})

    async def send(
        self, chat: LinkedChat, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send."""
        self.calls += 1
        self.sends += 1
        told = self._told(mine=not self.only_guesses)
        if told is not None and not isinstance(told, Arrived):
            return told
        self.sent.append(Sent(chat.chat_id, next(self._ids), message, reply_to))
        if told is not None:
            return told.told
        self.seen.hear(chat.chat_id, self.sent[-1].message_id)
        self._answered.add(self.sent[-1].message_id)
        return Delivered(self.sent[-1].message_id)

    async def send_file(
        self, chat: LinkedChat, name: str, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send as a file."""
        outcome = await self.send(chat, message, reply_to=reply_to)
        if isinstance(outcome, Delivered):
            self.files.append((name, self.sent[-1]))
        return outcome

    async def edit(self, chat: LinkedChat, message_id: int, message: Message) -> DeliveryOutcome:
        """Edit."""
        self.calls += 1
        guessed = message_id not in self._answered
        if guessed:
            self.tried.append(message_id)
        told = self._told(mine=not self.only_sends and (guessed or not self.only_guesses))
        if told is not None and not isinstance(told, Arrived):
            return told
        one = next((sent for sent in self.sent if sent.message_id == message_id), None)
        if one is None or one.chat_id != chat.chat_id:
            return MessageGone()
        if one.message.text != message.text:
            one.rewritten += 1
        one.message = message
        one.versions += 1
        self._answered.add(message_id)
        return Delivered(message_id) if told is None else told.told

    async def edit_keyboard(
        self, chat: LinkedChat, message_id: int, keyboard: Keyboard
    ) -> DeliveryOutcome:
        """Edit what stands under a message."""
        one = next((sent for sent in self.sent if sent.message_id == message_id), None)
        text = one.message.text if one is not None else RichText()
        return await self.edit(chat, message_id, Message(text, keyboard))


class OpenGrant:
    """A grant that notes what it was used for."""

    def unused(self) -> None:
        """Nothing was called."""

    def edits(self) -> None:
        """It was an edit."""


class OpenLanes:
    """Lanes without limits, unless they are held; notes the urgency of each grant."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.granted: list[Urgency] = []
        self.reconsidered = 0

    @asynccontextmanager
    async def grant(
        self, chat_id: int, urgency: Callable[[], Urgency], who: Hashable
    ) -> AsyncIterator[OpenGrant]:
        """Grant at once, or when opened."""
        await self.open.wait()
        self.granted.append(urgency())
        yield OpenGrant()

    def reconsider(self, chat_id: int) -> None:
        """Count."""
        self.reconsidered += 1


class FakeBackend:
    """A backend whose logs a test writes; open sockets are counted."""

    name = ""

    def __init__(self) -> None:
        self.total: DiffTotal | None = None
        self.totals_asked = 0
        self.counting: asyncio.Event | None = None
        self.slow: defaultdict[str, asyncio.Event] = defaultdict(_happened)
        """Sessions whose past is told only when their event is set."""
        self.reachable = True
        self.since: datetime | None = None
        self.listener: Listener | None = None
        self.emits: dict[str, Callable[[LogEvent], None]] = {}
        self.done: dict[str, asyncio.Event] = {}
        self.opened: list[str] = []
        self.told: dict[str, list[LogEvent]] = {}
        self.stopped: list[str] = []
        self.refusal: Sentence | None = None
        self.rows: dict[str, Execution] = {}
        self.asked: list[str] = []

    async def watch(self, listener: Listener, since: datetime | None = None) -> None:
        """Hand out the listener, and say that it is there."""
        self.listener = listener
        self.since = since
        if self.reachable:
            listener.connection_changed(self.name, True, None)
        await asyncio.Event().wait()

    async def read_log(self, execution: Execution, emit: Callable[[LogEvent], None]) -> None:
        """Tell again what was told, then read until the test says it is done."""
        self.opened.append(execution.id)
        told = self.told.setdefault(execution.id, [])
        if told:
            for event in (Reopened(), *told, Settled()):
                emit(event)

        def tell(event: LogEvent) -> None:
            if isinstance(event, Put | Removed):
                told.append(event)
            emit(event)

        first = self.emits.setdefault(execution.id, tell)
        try:
            await self.done.setdefault(execution.id, asyncio.Event()).wait()
        finally:
            if first is tell:
                self.emits.pop(execution.id, None)

    def finish(self, execution_id: str) -> None:
        """Let a log be complete."""
        self.done.setdefault(execution_id, asyncio.Event()).set()

    async def history(self, session_id: str, workspace_id: str) -> tuple[Execution, ...]:
        """The rows that the test put there, or a refusal."""
        self.asked.append(session_id)
        await self.slow[session_id].wait()
        if self.refusal is not None:
            raise BackendError(self.refusal)
        return tuple(row for row in self.rows.values() if row.session_id == session_id)

    async def execution(self, execution_id: str, workspace_id: str) -> Execution | None:
        """One of them, or a refusal."""
        if self.refusal is not None:
            raise BackendError(self.refusal)
        return self.rows.get(execution_id)

    async def stop(self, execution_id: str) -> None:
        """Stop, or refuse."""
        if self.refusal is not None:
            raise BackendError(self.refusal)
        self.stopped.append(execution_id)

    async def diff_total(self, workspace_id: str) -> DiffTotal | None:
        """Tell what the test set, when it lets go."""
        self.totals_asked += 1
        if self.counting is not None:
            await self.counting.wait()
        return self.total

    async def repositories(self) -> tuple[tuple[str, str], ...]:
        """One repository, or a refusal."""
        if self.refusal is not None:
            raise BackendError(self.refusal)
        return (("r1", "shop"),)

    def health(self) -> Health:
        """Well."""
        return Health(self.name, reachable=True, version="0.1.44")


def _happened() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


WORKSPACE = Workspace("w", "Fix login", "vk/1a2b", (("r1", "shop"),))


def execution(
    id_: str = "e1",
    kind: ExecutionKind = ExecutionKind.AGENT,
    status: ExecutionStatus = ExecutionStatus.RUNNING,
    **changes: object,
) -> Execution:
    """A row."""
    code = 0 if status is ExecutionStatus.COMPLETED else None
    row = Execution(id_, "s", "w", kind, status, START, exit_code=code, prompt="Do", agent="CODEX")
    return replace(row, **changes)  # type: ignore[arg-type]  # a test changes what it needs
