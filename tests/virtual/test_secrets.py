"""Secrets in everything an agent does, in chats of every mode: no message, file or log has one."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
import structlog

from bot import log
from bot.redaction import Redactor
from sandbox.kanban import Recording
from tests.end_to_end.world import Chat
from tests.redaction.vendors import KINDS, Carrier, Kind, Specimen, carried, leaked
from tests.redaction.vendors_told import PLACES, frames, laid_across, script_frames
from tests.virtual.loop import run_virtual
from tests.virtual.world import VirtualWorld

SMALL = {"stream_max_message_length": 256, "chunk_chars": 200, "chunk_interval_s": 5}
CHATS: Mapping[str, Mapping[str, object]] = {
    "realtime": {"stream_mode": "realtime", "verbosity": "full", **SMALL},
    "truncated": {"stream_mode": "realtime", "overflow": "truncate", **SMALL},
    "chunked": {"stream_mode": "chunked", "verbosity": "full", **SMALL},
    "summary": {"stream_mode": "summary"},
    "off": {"stream_mode": "off"},
}
FREE_S = 70.0
SETTLED_S = 90.0
TURNS = 12
"""All kinds are told in so many turns."""

_CUT = [kind for kind in KINDS if kind.lead or "private key" in kind.name.lower()]
"""Kinds that are known by their beginning; of the others a half is nobody's."""

Told = Sequence[tuple[str, Kind, Specimen]]


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


_PUBLIC = frozenset("abcdefghijklmnopqrstuvwxyz_.-")


@dataclass(frozen=True, slots=True)
class Seen:
    """A text that left the bot, and where it was seen."""

    where: str
    text: str


def test_a_turn_full_of_secrets(tmp_path: Path) -> None:
    """A few secrets of every place, and one in the title: nobody reads one anywhere."""
    told = _told(Random("quick").sample(KINDS, 10), seed=3)
    leaks = _leaks(told, run_virtual(_play(told, told[0][2].text, tmp_path)))
    assert not leaks, leaks


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(TURNS))
def test_turns_of_all_secrets(tmp_path: Path, turn: int) -> None:
    """Every kind is told in several places, in chats of every mode, and shows in none."""
    told = _told(KINDS[turn::TURNS], seed=turn)
    titles = (specimen.text for place, _, specimen in told if place == "title")
    title = next(titles, told[0][2].text)
    leaks = _leaks(told, run_virtual(_play(told, title, tmp_path)))
    assert not leaks, leaks


@pytest.mark.slow
def test_long_outputs(tmp_path: Path) -> None:
    """What is kept of an output that is too long shows no half of a secret."""
    chance = Random("long")
    told = [("output", kind, laid_across(carried(kind, _output(kind), 5), chance)) for kind in _CUT]
    leaks = _leaks(told, run_virtual(_play(told, "Look at the logs", tmp_path)))
    assert not leaks, leaks


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_script_that_fails(tmp_path: Path, seed: int) -> None:
    """What a setup script printed before it failed shows no secret."""
    kinds = Random(seed).sample(KINDS, 3)
    told = [("output", kind, carried(kind, _output(kind), seed)) for kind in kinds]
    recording = Recording.of_frames(
        script_frames(one for *_, one in told),
        run_reason="setupscript",
        status="failed",
        exit_code=1,
        prompt="make setup",
    )
    leaks = _leaks(told, run_virtual(_watch(recording, "Set it up", tmp_path)))
    assert not leaks, leaks


def _output(kind: Kind) -> Carrier:
    return next(carrier for carrier in kind.carriers if carrier.place == "output")


def _told(kinds: Sequence[Kind], seed: int) -> list[tuple[str, Kind, Specimen]]:
    """Choose a carrier for each kind, and for its text besides some place of a tool call."""
    chance = Random(seed)
    told = []
    for kind in kinds:
        carrier = chance.choice(kind.carriers)
        specimen = carried(kind, carrier, seed)
        told.append((carrier.place, kind, specimen))
        if "\n" not in specimen.text:
            told.append((chance.choice(PLACES), kind, specimen))
    return told


def _play(told: Told, title: str, folder: Path) -> Coroutine[None, None, list[Seen]]:
    """Let an agent tell all of it."""
    said = [(place if place != "title" else "answer", specimen) for place, _, specimen in told]
    recording = Recording.of_frames(frames(said, Random(len(told))), prompt=title)
    return _watch(recording, title, folder)


async def _watch(recording: Recording, title: str, folder: Path) -> list[Seen]:
    """Play it, and collect what left the bot."""
    lines = io.StringIO()
    async with VirtualWorld(folder) as world:
        log.configure("DEBUG", "json", Redactor(world.config.secrets()), lines)
        chats = [await _linked(world, settings) for settings in CHATS.values()]
        await asyncio.sleep(FREE_S)
        play = world.kanban.play(recording, title=title)
        await play.done
        await asyncio.sleep(SETTLED_S)
        await world.say(chats[0], "/log")
        await world.say(chats[0], "/status")
        return [*_seen(world), *(Seen("the log", line) for line in lines.getvalue().splitlines())]


async def _linked(world: VirtualWorld, settings: Mapping[str, Any]) -> Chat:
    chat = await world.link_private()
    await world.change_settings(chat, **settings)
    return chat


def _seen(world: VirtualWorld) -> Iterator[Seen]:
    """Give everything that was ever sent: each call as it was made, and the files."""
    for call in world.telegram.calls:
        for name, value in call.params.items():
            yield Seen(f"{call.method} {name}", str(value))
    for chat in {call.chat_id for call in world.telegram.calls if call.chat_id is not None}:
        for message in world.telegram.bot_messages(chat):
            for version in message.versions:
                yield Seen("a message", version.text + json.dumps(version.entities))
            if message.document:
                yield Seen("a file", message.document.content.decode())


def _leaks(told: Told, seen: Sequence[Seen]) -> str:
    assert any(one.where == "a file" for one in seen)
    everything = Specimen("", tuple({s for *_, one in told for s in one.secrets}))
    found: dict[str, str] = {}
    for one in seen:
        text = one.text
        while (run := leaked(everything, text)) and _is_public(run, everything.secrets):
            text = text.replace(run, "")
        if run:
            at = one.text.find(run)
            kinds = [
                (place, kind.name)
                for place, kind, specimen in told
                if any(run in secret for secret in specimen.secrets)
            ]
            found.setdefault(str(kinds), f"{one.where}: {one.text[max(0, at - 50) : at + 60]}")
    return "\n".join(f"{kinds} {text}" for kinds, text in found.items())


def _is_public(run: str, secrets: Sequence[str]) -> bool:
    """Whether this is the name by which a vendor's tokens begin: what is random comes behind it."""
    begun = [secret for secret in secrets if secret.startswith(run)]
    return all(one in _PUBLIC for one in run) and any(not one.islower() for one in begun)
