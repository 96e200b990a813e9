"""Secrets across the edges of small pages: in no version of a message, notice or file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from bot.entries.model import (
    Answer,
    ChangeKind,
    CommandRun,
    Content,
    Entry,
    ErrorText,
    Excerpt,
    FileChange,
    FileEdit,
    Tool,
    ToolStatus,
)
from bot.entries.story import Header, Story
from bot.live.desk import Desk, Ending, Farewell, Posture
from bot.redaction import Redactor
from bot.rendering.log_file import log_markdown
from bot.settings.model import Verbosity
from tests.fakes.stories import DONE, OPTIONS, STARTED
from tests.live.chat import Chat
from tests.redaction.vendors import KINDS, Carrier, Kind, Specimen, carried, leaked

SMALLEST = 256
SEED = 11
FAREWELL = Farewell(Ending.DIGEST, with_answer=True)
TEXTS: dict[str, Callable[[str], Content]] = {"answer": Answer, "error": ErrorText}
STEPS = 6
WORDS = ("the", "check", "is", "missing", "so", "I", "add", "it", "and", "run", "every", "test")


def _content(place: str, text: str) -> Content:
    """Put a text where an agent would have it."""
    if place in TEXTS:
        return TEXTS[place](text)
    if place == "output":
        run = CommandRun("make check", Excerpt(text, tail=True), 1)
        return Tool(run, ToolStatus.FAILED)
    if place == "command":
        return Tool(CommandRun(text, Excerpt("ok", tail=True), 0), ToolStatus.SUCCEEDED)
    kind, path = (ChangeKind.WRITE, ".env") if place == "file" else (ChangeKind.EDIT, "app.cfg")
    return Tool(FileEdit((FileChange(kind, path, body=Excerpt(text)),)), ToolStatus.SUCCEEDED)


def _stories(carrier: Carrier, specimen: Specimen, chance: Random) -> Iterator[Story]:
    """Tell a specimen after so many words that it lies somewhere on a page; texts grow."""
    filler = " ".join(chance.choice(WORDS) for _ in range(chance.randint(4, 80)))
    before = Entry("x/1", Answer(filler))
    header = Header("Fix login", agent="claude-code", prompt="Fix the login")
    if carrier.place == "title":
        header = replace(header, title=specimen.text, prompt=specimen.text)
        yield Story(header, (before,), STARTED, None)
    elif carrier.place == "answer":
        for end in sorted(chance.sample(range(len(specimen.text)), STEPS)):
            growing = Entry("x/2", Answer(specimen.text[:end]), complete=False)
            yield Story(header, (before, growing), STARTED, None)
    whole = Entry(
        "x/2", _content("answer" if carrier.place == "title" else carrier.place, specimen.text)
    )
    yield Story(header, (before, whole), STARTED, None)
    yield Story(header, (before, whole), STARTED, DONE)


def _shown(carrier: Carrier, specimen: Specimen, chance: Random) -> Iterator[str]:
    """Give every text that a chat sees of it, and the file at the end."""
    options = replace(
        OPTIONS, redact=Redactor([]), limit=SMALLEST, verbosity=chance.choice(list(Verbosity))
    )
    desk = Desk(1, options, Posture.LIVE, FAREWELL)
    chat = Chat()
    for told in _stories(carrier, specimen, chance):
        while chat.step(told, desk) is not None:
            yield from chat.texts.values()
            yield from chat.notices
    yield log_markdown(told, options)


def _leak(kind: Kind, carrier: Carrier, seed: int) -> str | None:
    specimen = carried(kind, carrier, seed)
    for text in _shown(carrier, specimen, Random(f"{kind.name} {carrier.name} {seed}")):
        if run := leaked(specimen, text):
            at = text.find(run)
            return f"{kind.name}, {carrier.name}: {text[max(0, at - 40) : at + 60]}"
    return None


def test_no_page_shows_a_secret() -> None:
    """Of each kind one carrier, told on the smallest pages that a chat may choose."""
    found = [_leak(kind, Random(kind.name).choice(kind.carriers), SEED) for kind in KINDS]
    assert list(filter(None, found)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_page_shows_any_kind(kind: Kind) -> None:
    """However it is carried, nothing of a secret is on a page, on the next or in the file."""
    found = [_leak(kind, carrier, SEED + 1) for carrier in kind.carriers]
    assert list(filter(None, found)) == []
