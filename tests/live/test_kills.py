"""A bot that dies between any two of its steps: the next one brings everything there once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.entries.events import Put
from bot.entries.model import Answer, CommandRun, Script, ScriptKind, Tool, ToolStatus
from bot.entries.story import Execution, ExecutionKind
from bot.live.ports import DeliveryOutcome, LinkedChat
from bot.live.stores import NewView, StoredView
from bot.rendering.page import Message
from bot.rendering.transcript import Cover
from tests.fakes.clock import FakeClock, settle
from tests.fakes.live import SECRET, START, FakeSurface, execution, linked
from tests.fakes.scripted import ScriptedBackend
from tests.fakes.stores import MemoryViews
from tests.live.stage import COMPLETED, stage

GROWS = linked(stream_max_message_length=600)
CHUNKS = linked(stream_mode="chunked", chunk_interval_s=5, chunk_chars=300)
MODES = pytest.mark.parametrize("chat", [GROWS, CHUNKS], ids=["realtime", "chunked"])
WORDS = [f"w{number}." for number in range(160)]
SAID = [f"{word} {SECRET}" if place in (5, 90) else word for place, word in enumerate(WORDS)]
"""What the agent says: the words, and a secret here and there."""
STEP_S = 1.0
LAST_S = 30.0
FAR = 10_000


class Fate:
    """Lets a bot live for so many moments, and stands still in the one after."""

    def __init__(self, moments: int) -> None:
        self.left = moments
        self.dead = asyncio.Event()
        self.last = ""

    async def moment(self, name: str) -> None:
        """One more moment; the last one never ends."""
        self.left -= 1
        if self.left < 0:
            if not self.dead.is_set():
                self.last = name
            self.dead.set()
            await asyncio.Event().wait()


class MortalSurface(FakeSurface):
    """A chat whose bot may die before a call, and after one."""

    def __init__(self) -> None:
        super().__init__()
        self.fate = Fate(FAR)

    async def send(
        self, chat: LinkedChat, message: Message, *, reply_to: int | None
    ) -> DeliveryOutcome:
        """Send; the bot may die before or after."""
        await self.fate.moment("send")
        outcome = await super().send(chat, message, reply_to=reply_to)
        await self.fate.moment("sent")
        return outcome

    async def edit(self, chat: LinkedChat, message_id: int, message: Message) -> DeliveryOutcome:
        """Edit; the bot may die before or after."""
        await self.fate.moment("edit")
        outcome = await super().edit(chat, message_id, message)
        await self.fate.moment("edited")
        return outcome


class MortalViews(MemoryViews):
    """A store whose bot may die before and after each write."""

    def __init__(self) -> None:
        super().__init__()
        self.fate = Fate(FAR)

    async def begin(self, view: NewView) -> StoredView:
        """Create or return."""
        await self.fate.moment("begin")
        stored = await super().begin(view)
        await self.fate.moment("begun")
        return stored

    async def intend(
        self,
        view_id: int,
        kind: str,
        number: int,
        newest_seen: int | None = None,
        covers: Sequence[Cover] | None = None,
    ) -> int:
        """Remember."""
        await self.fate.moment(f"intend {kind}")
        return await super().intend(view_id, kind, number, newest_seen, covers)

    async def settle(
        self,
        intent_id: int,
        view_id: int,
        kind: str,
        number: int,
        message_id: int | None,
        covers: Sequence[Cover] | None = None,
    ) -> None:
        """Store what came of a send that was answered."""
        await super().settle(intent_id, view_id, kind, number, message_id, covers)
        await self.fate.moment(f"settled {kind}")

    async def seal(self, view_id: int, number: int, covers: Sequence[Cover]) -> None:
        """Seal."""
        await self.fate.moment("seal")
        await super().seal(view_id, number, covers)
        await self.fate.moment("sealed")

    async def end(self, view_id: int, outcome: str, title: str) -> None:
        """End."""
        await self.fate.moment("end")
        await super().end(view_id, outcome, title)
        await self.fate.moment("ended")


def _script(backend: ScriptedBackend) -> list[Callable[[], None]]:
    """What happens, step by step: setup, an agent that fills pages, clean-up."""

    def at(seconds: float, row: Execution) -> Execution:
        return replace(row, started_at=START + timedelta(seconds=seconds))

    def over(row: Execution, seconds: float) -> Execution:
        end = START + timedelta(seconds=seconds)
        return replace(row, status=COMPLETED, exit_code=0, completed_at=end)

    def script(row: Execution, status: ToolStatus) -> Put:
        assert row.script is not None
        return Put(0, Script(row.script, status, 0 if status is ToolStatus.SUCCEEDED else None))

    setup = execution("s1", ExecutionKind.SETUP, script=ScriptKind.SETUP)
    agent = at(2, execution("e1"))
    cleanup = at(12, execution("c1", ExecutionKind.CLEANUP, script=ScriptKind.CLEANUP))

    def words(count: int) -> Put:
        return Put(1, Answer(" ".join(SAID[:count])))

    def end_agent() -> None:
        backend.row(over(agent, 12))
        backend.row(cleanup)
        backend.log("c1", script(cleanup, ToolStatus.RUNNING))
        backend.close("e1")

    def end_cleanup() -> None:
        backend.row(over(cleanup, 14))
        backend.log("c1", script(cleanup, ToolStatus.SUCCEEDED))
        backend.close("c1")

    def end_setup() -> None:
        backend.row(over(setup, 2))
        backend.log("s1", script(setup, ToolStatus.SUCCEEDED))
        backend.close("s1")
        backend.row(agent)

    command = CommandRun("make first")
    return [
        lambda: backend.row(setup),
        lambda: backend.log("s1", script(setup, ToolStatus.RUNNING)),
        end_setup,
        lambda: backend.log("e1", Put(0, Tool(command, ToolStatus.RUNNING))),
        lambda: backend.log("e1", words(40)),
        lambda: backend.log("e1", words(100)),
        lambda: backend.log("e1", words(160)),
        lambda: backend.log("e1", Put(2, Tool(CommandRun("make second"), ToolStatus.SUCCEEDED))),
        lambda: backend.log("e1", Put(0, Tool(command, ToolStatus.SUCCEEDED))),
        lambda: backend.log("e1", Put(3, Answer("The end."))),
        end_agent,
        end_cleanup,
    ]


async def _play(chat: LinkedChat, moments: int) -> tuple[MortalSurface, MortalViews, str]:
    """Let a bot die after so many moments and another finish; returns what it died in."""
    clock, backend = FakeClock(), ScriptedBackend()
    surface, store = MortalSurface(), MortalViews()
    surface.fate = store.fate = fate = Fate(moments)
    steps = _script(backend)
    given = {"clock": clock, "backend": backend, "surface": surface, "store": store}
    async with stage(chat, **given) as first:  # type: ignore[arg-type]  # each by its name
        while steps and not fate.dead.is_set():
            steps.pop(0)()
            await first.clock.advance(STEP_S)
        if not fate.dead.is_set():
            await first.clock.advance(LAST_S)
    backend.listener = None
    surface.fate = store.fate = Fate(FAR)
    async with stage(chat, **given) as second:  # type: ignore[arg-type]  # each by its name
        backend.found()
        await settle()
        while steps:
            steps.pop(0)()
            await second.clock.advance(STEP_S)
        await second.clock.advance(LAST_S)
    return surface, store, fate.last


def _assert_whole(surface: MortalSurface, store: MortalViews) -> None:
    texts = [sent.text for sent in surface.sent]
    links = [text for text in texts if not text.startswith("✅ Task completed")]
    shown = "\n".join(links)
    assert [shown.count(word) for word in WORDS] == [1] * len(WORDS)
    assert (SECRET in shown, shown.count("••••")) == (False, 2)
    places = [shown.index(word) for word in WORDS]
    assert places == sorted(places)
    for once in (
        "🤖 Task:",
        "make second",
        "The end.",
        "Setup script ✓",
        "Cleanup script ✓",
    ):
        assert shown.count(once) == 1, once
    ends = shown.count("✅ Done")
    assert (shown.count("make first"), shown.count("make first ✓")) == (2, 1)
    order = [shown.index(text) for text in ("make second", "make first ✓", "The end.")]
    assert order == sorted(order)
    assert len(texts) == len(links) + 1
    assert [sent.labels for sent in surface.sent if sent.labels] == []
    (view,) = store.views.values()
    assert view.ended
    if view.messages[0].kind == "chunk":
        assert not any(sent.rewritten for sent in surface.sent if sent.text in links)
        assert ends <= 1  # with nothing left to say, the notice is the end
    else:
        assert ends == 1
        assert all(text.startswith(("🤖 Task:", "↪ ")) for text in links)


@MODES
async def test_a_bot_that_lives_shows_everything_once(chat: LinkedChat) -> None:
    """What is compared with below: nobody dies."""
    surface, store, died_in = await _play(chat, FAR)

    assert died_in == ""
    _assert_whole(surface, store)


@MODES
@pytest.mark.parametrize("moments", range(0, 60, 7))
async def test_a_bot_that_dies(chat: LinkedChat, moments: int) -> None:
    """Wherever the first bot dies, the second goes on in its messages, to the end."""
    surface, store, _ = await _play(chat, moments)

    _assert_whole(surface, store)


GROWING = {"edit", "edited", "seal", "sealed", "intend page", "settled page"}
SENDING = {"send", "sent", "begin", "begun", "end", "ended", "intend notice", "settled notice"}
IN_CHUNKS = {"edit", "edited"} | {
    f"{what} {kind}" for what in ("intend", "settled") for kind in ("chunk", "last")
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chat", "kinds"), [(GROWS, GROWING), (CHUNKS, IN_CHUNKS)], ids=["realtime", "chunked"]
)
async def test_a_bot_that_dies_in_any_moment(chat: LinkedChat, kinds: set[str]) -> None:
    """The same for every moment there is, of every kind."""
    seen: set[str] = set()
    for moments in range(FAR):
        surface, store, died_in = await _play(chat, moments)
        if not died_in:
            break
        seen.add(died_in)
        try:
            _assert_whole(surface, store)
        except AssertionError as wrong:
            raise AssertionError(f"after moment {moments}, {died_in}") from wrong
    assert seen == kinds | SENDING
