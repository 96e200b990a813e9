from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.backend.decode import LogDecoder
from bot.entries.model import Answer, Entry
from bot.entries.transcript import Transcript
from bot.rendering.entry import entry_blocks
from bot.rendering.pagination import body
from bot.rendering.rich_text import RichText
from sandbox.kanban.recording import load, names
from tests.fakes.stories import OPTIONS
from tests.rendering import oracle


def entries(name: str) -> list[Entry]:
    """Every entry of a recording's agents, as its live log left them."""
    recording = load(name)
    found: list[Entry] = []
    for outcome in recording.header.executions:
        decoder, transcript = LogDecoder(outcome.id), Transcript(outcome.id)
        for frame in recording.frames:
            if frame.on == "normalized" and frame.execution == outcome.id:
                for event in decoder.decode(bytes(frame.frame).decode()).events:
                    transcript.fold(event)
        found += transcript.snapshot().entries
    return found


def shown(entry: Entry) -> RichText:
    return body(entry_blocks(entry, OPTIONS)).normalised()


@pytest.mark.parametrize("name", names())
def test_telegram_stores_every_recorded_entry_as_it_is(name: str) -> None:
    """What real agents said and did passes TDLib's own code unchanged."""
    for entry in entries(name):
        rich = shown(entry)
        assert oracle.stored(rich) == (rich.text, oracle.spans(rich)), json.dumps(rich.text)


def test_every_beginning_of_real_markdown_renders() -> None:
    """An answer with every kind of Markdown can be shown at each step of its growth."""
    for entry in entries("markdown"):
        source = entry.content.text if isinstance(entry.content, Answer) else ""
        for end in range(0, len(source), 7):
            growing = replace(entry, content=Answer(source[:end]), complete=False)
            rich = shown(growing)
            if rich:
                assert oracle.stored(rich) == (rich.text, oracle.spans(rich))
