"""The fault matrix: every trouble at every step, and what the chat shows in the end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.telegram import Message, Params, Reply, Telegram, TelegramServer
from tests.end_to_end.chains import NOTICE
from tests.end_to_end.world import LATENCY_S, Chat
from tests.units.chrome import strip
from tests.units.compare import compare
from tests.units.turn import turns
from tests.virtual.loop import run_virtual
from tests.virtual.scripts import Script
from tests.virtual.troubles import TROUBLES, Place, Scene, Step, Trouble, step_of
from tests.virtual.world import VirtualWorld

SCRIPT = Script("Three links", 60.0, entries=15, pieces=2, words=10)
SETTINGS = {"stream_max_message_length": 900, "rollover_min": 120}
"""Pages that are soon full, and none that is too old after a pause."""

FREE_S = 70.0
PATIENCE_S = 1800.0
AFTERWARDS_S = 120.0
"""How long a chat is watched after its end, so that nothing comes twice."""

BRANCH = re.compile(r"vk/\w{4}-")
LEFT_FOOT = re.compile(r"(?:\n\n(?:🚀 Task started…|⏳ In progress…[^\n]*|✅ Done[^\n]*))+$")
NOT_THERE = "—"
WHOLE = "✓"
NEW_LINK = "✓ in a new message"
NO_NOTICE = "✓ but the deleted notice"
IN_GENERAL = "✓ in General"
IN_SUPERGROUP = "✓ in the supergroup"
UNLINKED = "unlinked"


class _Ambushed(Telegram):
    """A pretend Telegram in which one trouble waits for its step."""

    scene: Scene
    trouble: Trouble | None = None
    step = Step.EDIT
    struck = 0

    def call(self, method: str, params: Params) -> Reply:
        """Answer a call; the first that is the step for which trouble waits meets it."""
        trouble = self.trouble
        if trouble is None or not self._is_met(trouble, method, params):
            return super().call(method, params)
        self.trouble, self.struck = None, self.struck + 1
        late = trouble.after is not None and not self.step.edits
        if trouble.before is not None and not late:
            trouble.before(self.scene, params)
        reply = super().call(method, params)
        if trouble.after is not None and late:
            trouble.after(self.scene, self.calls[-1].message_id or 0)
        return reply

    def _is_met(self, trouble: Trouble, method: str, params: Params) -> bool:
        if params.number("chat_id") != self.scene.chat or step_of(method, params) is not self.step:
            return False
        # Only from the second link on there is a reply target.
        targeted = "target" in trouble.name and self.step.edits
        return params.text("text").startswith("↪ ") if targeted else True


@dataclass(frozen=True, slots=True)
class Shown:
    """What a chat shows of a turn in the end."""

    texts: tuple[str, ...]
    notices: int
    problems: tuple[str, ...]
    last_place: tuple[int, int] = (0, 0)

    @property
    def whole(self) -> bool:
        """Whether everything is there, once and in order, and the end with it."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Cell:
    """One trouble at one step."""

    trouble: Trouble
    step: Step

    @property
    def possible(self) -> bool:
        """Whether the step has what the trouble takes away: a first message replies to nothing."""
        return "target" not in self.trouble.name or self.step is not Step.FIRST_SEND

    def __str__(self) -> str:
        return f"{self.trouble.name}, {self.step}"


@dataclass(slots=True)
class Happened:
    """What came of a cell."""

    result: str = NOT_THERE
    struck: int = 0
    faults: list[bool] = field(default_factory=list)
    """For each fault that the pretend Telegram struck by itself: whether the first was the step."""
    inside_rest: int = 0
    flooded: int = 0
    refused: list[str] = field(default_factory=list)


CELLS = tuple(Cell(trouble, step) for trouble in TROUBLES for step in Step)


def happens(cell: Cell, folder: Path, undisturbed: Shown) -> Happened:
    """Let a turn run with one trouble and return what came of it."""
    return run_virtual(_run(cell, folder, undisturbed)) if cell.possible else Happened()


def shown_undisturbed(place: Place, folder: Path) -> Shown:
    """Let the same turn run without any trouble."""
    return run_virtual(_undisturbed(place, folder))


async def _undisturbed(place: Place, folder: Path) -> Shown:
    async with _MatrixWorld(folder) as world:
        scene = await world.set_up(place)
        await world.play(scene)
        return world.shown(scene)


async def _run(cell: Cell, folder: Path, clean: Shown) -> Happened:
    async with _MatrixWorld(folder) as world:
        scene = await world.set_up(cell.trouble.place)
        world.ambushed.scene, world.ambushed.step = scene, cell.step
        world.ambushed.trouble = cell.trouble
        await world.play(scene)
        telegram = world.telegram
        return Happened(
            _result(scene, clean, world.shown(scene), unlinked=await world.is_unlinked(scene)),
            world.ambushed.struck,
            [_is_step(call.method, call.params, cell.step) for _, call in telegram.faults.struck],
            len(telegram.inside_rest()),
            len(telegram.flooded()),
            [call.description for call in telegram.refused()],
        )


def _is_step(method: str, params: dict[str, object], step: Step) -> bool:
    return step_of(method, Params.of(params)) is step


def _result(scene: Scene, clean: Shown, shown: Shown, *, unlinked: bool) -> str:
    """Put the end in a word; what is wrong begins with ✗."""
    if unlinked:
        return UNLINKED
    if not shown.whole:
        return f"✗ {'; '.join(shown.problems)}"
    if shown.last_place[0] == scene.moved_to:
        return IN_SUPERGROUP
    if shown.last_place[1] != scene.topic:
        return IN_GENERAL
    if shown.notices == 0:
        return NO_NOTICE
    if shown.texts != clean.texts:
        return f"✗ other texts: {shown.texts} for {clean.texts}"
    return NEW_LINK if scene.taken_away else WHOLE


def _tellings(links: Sequence[Message]) -> Iterator[tuple[str, ...]]:
    """Read a chain in each way it may be meant.

    Where the bot cannot write any more, a footer stays for good; and what was still open there may
    have been shown again, as after a message was deleted.
    """
    texts = [BRANCH.sub("vk/…", link.text) for link in links]
    here = [(link.chat_id, link.topic) == (links[-1].chat_id, links[-1].topic) for link in links]
    behind = [
        LEFT_FOOT.sub("", text) for text, is_here in zip(texts, here, strict=True) if not is_here
    ]
    rest = [text for text, is_here in zip(texts, here, strict=True) if is_here]
    yield (*behind, *rest)
    if behind:
        yield (*behind[:-1], *rest)


class _MatrixWorld(VirtualWorld):
    """A world whose Telegram can be ambushed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.ambushed = _Ambushed(self.clock.timestamp)
        self.telegram = self.ambushed
        self.telegram_server = TelegramServer(self.telegram, latency_s=LATENCY_S)

    async def set_up(self, place: Place) -> Scene:
        """Link a chat of the kind, with small pages."""
        chat, topic = await self._linked(place)
        await self.change_settings(chat, topic, **SETTINGS)
        await asyncio.sleep(FREE_S)
        return Scene(self.telegram, chat.id, chat.user, topic)

    async def _linked(self, place: Place) -> tuple[Chat, int]:
        match place:
            case Place.PRIVATE:
                return await self.link_private(), 0
            case Place.SUPERGROUP:
                return await self.link_group(), 0
            case Place.GROUP:
                return await self.link_basic_group(), 0
            case Place.TOPIC:
                return await self.link_topic()

    async def play(self, scene: Scene) -> None:
        """Let the turn run to its end, as long as anything may still come."""
        self.recording = SCRIPT.recording()
        self.kanban.play(self.recording)
        with suppress(TimeoutError):
            await self.telegram.wait_for(lambda: self.shown(scene).whole, PATIENCE_S)
        await asyncio.sleep(AFTERWARDS_S)

    def shown(self, scene: Scene) -> Shown:
        """Tell what is shown: what a person deleted counts no longer, a deleted topic does."""
        places = [scene.chat] if scene.moved_to is None else [scene.chat, scene.moved_to]
        messages = [
            message
            for chat in places
            for message in self.telegram.world.messages(chat)
            if message.from_bot
            and not (chat == scene.chat and message.message_id in scene.taken_away)
        ]
        links = [m for m in messages if m.text.startswith(("🤖 Task:", "↪ "))]
        links.sort(key=lambda message: message.sent_at)
        notices = [m for m in messages if NOTICE.match(m.text)]
        excused = any(
            NOTICE.match(self.telegram.message(scene.chat, m).text) for m in scene.taken_away
        )
        last = max([*links, *notices], key=lambda m: m.sent_at, default=None)
        place = (0, 0) if last is None else (last.chat_id, last.topic)
        tellings = [(self._problems(texts), texts) for texts in _tellings(links)]
        problems, texts = min(tellings, key=lambda telling: len(telling[0]))
        if len(notices) != (0 if excused else 1):
            problems.append(f"{len(notices)} notices")
        return Shown(texts, len(notices), tuple(problems), place)

    def _problems(self, texts: Sequence[str]) -> list[str]:
        (turn,) = turns(self.recording)
        found = [str(problem) for problem in compare(turn.units, texts)]
        return found if strip(texts).end == turn.end else [*found, "no end line"]

    async def is_unlinked(self, scene: Scene) -> bool:
        """Whether the bot has forgotten the chat."""
        return not await self.built.database.chats.within(scene.moved_to or scene.chat)
