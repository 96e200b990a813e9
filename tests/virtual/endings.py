"""The ways a turn can end, played in four chats at once, and what each chat was told in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.kanban import Play, Recording
from sandbox.telegram import Message
from tests.end_to_end.chains import NOTICE
from tests.units.chrome import strip
from tests.virtual.loop import run_virtual
from tests.virtual.scripts import Frame
from tests.virtual.tellings import Telling, tellings
from tests.virtual.world import VirtualWorld

MODES = ("realtime", "chunked", "summary", "off")
FREE_S = 70.0
SETTLED_S = 60.0
MIDDLE_S = 12.0
NOTHING = "nothing"

Disturb = Callable[[VirtualWorld, Play], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Case:
    """One way to end: what is played, what happens to it, and what must come of it.

    `end` is the end line, with the line below it; `notice` the first line of what follows, empty
    where nothing follows.
    """

    name: str
    played: str | Recording
    end: str
    notice: str
    disturb: Disturb | None = None

    def __str__(self) -> str:
        return self.name


def _says(*texts: str) -> list[Frame]:
    return [(2.0, _answer(number, text)) for number, text in enumerate(texts)]


def _answer(number: int, text: str) -> dict[str, object]:
    content = {"entry_type": {"type": "assistant_message"}, "content": text}
    value = {"type": "NORMALIZED_ENTRY", "content": content}
    return {"JsonPatch": [{"op": "add", "path": f"/entries/{number}", "value": value}]}


def _made(status: str, exit_code: int | None) -> Recording:
    return Recording.of_frames(
        _says("I look at it.", "It is as it should be."),
        prompt="Look at the login.",
        status=status,
        exit_code=exit_code,
    )


async def _reset(world: VirtualWorld, play: Play) -> None:
    """Throw the turn away while it runs: the server kills it, and says that it is dropped."""
    await asyncio.sleep(MIDDLE_S)
    (row,) = play.rows()
    execution = world.kanban.execution(row["id"])
    execution.truth = execution.truth | {"dropped": True}
    await play.stop(row["id"])


async def _killed(_: VirtualWorld, play: Play) -> None:
    await asyncio.sleep(MIDDLE_S)
    (row,) = play.rows()
    await play.stop(row["id"])


_DONE, _FAILED, _STOPPED = "✅ Task completed", "❌ Task failed", "⏹ Task stopped"

CASES = (
    Case("done", "basic", "✅ Done", _DONE),
    Case("failed", _made("failed", 1), "❌ Failed (exit 1)", _FAILED),
    Case("stopped by itself", "stopped", "⏹ Stopped", _STOPPED),
    Case("killed", "many", "⏹ Stopped", _STOPPED, _killed),
    Case("reset", "many", "↩ Reset", "", _reset),
    Case("interrupted", _made("failed", None), "⚠️ Interrupted", _FAILED),
    Case("missing agent", "missing", "❌ Could not start", _FAILED),
    Case("crash at once", "crash", "❌ Failed (exit 1)", _FAILED),
    Case("setup failed", "setupfails", "❌ Failed (exit 3)", _FAILED),
    Case("cleanup failed", "cleanupfails", "✅ Done, ⚠️ cleanup failed (exit 1)", _DONE),
    Case("a dev server goes on", "devserver", "✅ Done", _DONE),
    Case("nothing changed", _made("completed", 0), "✅ Done", _DONE),
)


def expected(case: Case) -> tuple[str, ...]:
    """Say what must be told of a case in each mode."""
    notice = f"🔔 notice `{case.notice}`" if case.notice else ""
    view = f"view `{case.end}`"
    digest = notice.replace("notice", "digest", 1)
    viewed = " → ".join(filter(None, (view, notice)))
    return viewed, viewed, digest or NOTHING, notice or NOTHING


def happens(case: Case, folder: Path) -> tuple[str, ...]:
    """Play a case in a chat of each mode and return what each was told."""
    return run_virtual(_run(case, folder))


async def _run(case: Case, folder: Path) -> tuple[str, ...]:
    async with VirtualWorld(folder) as world:
        chats = {}
        for mode in MODES:
            chats[mode] = await world.link_private()
            await world.change_settings(chats[mode], stream_mode=mode)
        await asyncio.sleep(FREE_S)
        since = world.clock.timestamp()
        play = world.kanban.play(case.played)
        if case.disturb is not None:
            await case.disturb(world, play)
        await play.done
        await asyncio.sleep(SETTLED_S)
        world.assert_clean()
        return tuple(
            _told(tellings(world, chat, since), digest=mode == "summary")
            for mode, chat in chats.items()
        )


def _told(found: list[Telling], *, digest: bool) -> str:
    """Put what a chat was told in words; chats that were told of several turns say so."""
    words = []
    for told in found:
        words += [_view(told.view)] if told.view else []
        words += [_after(message, digest=digest) for message in told.after]
    return " → ".join(words) or NOTHING


def _view(messages: tuple[Message, ...]) -> str:
    assert all(message.silent and not message.reply_markup for message in messages)
    chrome = strip([message.text for message in messages])
    return f"view `{', '.join(filter(None, (chrome.end, chrome.warning)))}`"


def _after(message: Message, *, digest: bool) -> str:
    named = NOTICE.match(message.text)
    assert named is not None, message.text
    kind = "digest" if digest else "notice"
    return f"{'' if message.silent else '🔔 '}{kind} `{named[1]}`"
