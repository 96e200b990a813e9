"""Chats that are far behind: what was let go unseen is counted, everything else shown once."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.entries.events import Finished, Put, Reopened, Settled
from bot.entries.model import Answer, CommandRun, Dropped, Excerpt, Tool, ToolStatus
from bot.entries.shedding import TEXT_HELD_CHARS
from bot.entries.story import Story
from bot.entries.transcript import Transcript
from bot.live.chain import WHOLE_LINKS
from bot.live.modes.parts import CATCH_UP_LINKS
from bot.settings.model import Verbosity
from tests.fakes.clock import settle
from tests.fakes.live import linked
from tests.fakes.stories import DONE, answer, story
from tests.live.chat import Chat, desk, words
from tests.live.stage import stage

FEW_WORDS, HELD_CHARS = 40, 6_000
"""A transcript that holds ten short links rather than the real sixteen long ones."""

PART_CHARS = 8_000
OUTAGE_S = 300.0
MINUTE_S = 60.0


def seen(transcript: Transcript, *, over: bool = False) -> Story:
    return story(*transcript.snapshot().entries, outcome=DONE if over else None)


def counted(chat: Chat) -> int:
    """How many entries the lines about earlier ones stand for."""
    every = "\n".join(chat.texts.values())
    return sum(int(n) for n in re.findall(r"… (\d+) earlier entr", every))


def spoken(number: int) -> Answer:
    return Answer(words(number * FEW_WORDS, FEW_WORDS))


def assert_shown_or_counted(chat: Chat, entries: int) -> None:
    """Every word at most once, in order; entries with a word missing are those counted."""
    shown = [int(word[1:]) for word in chat.words()]
    assert shown == sorted(set(shown))
    missing = {
        n
        for n in range(entries)
        if not set(range(n * FEW_WORDS, (n + 1) * FEW_WORDS)) <= set(shown)
    }
    assert counted(chat) == len(missing)


GRANTS = st.lists(st.tuples(st.integers(1, 25), st.integers(0, 4)), min_size=1, max_size=8)


@settings(max_examples=60)
@given(GRANTS, st.booleans())
def test_every_entry_is_shown_once_or_counted(bursts: list[tuple[int, int]], again: bool) -> None:
    """However much comes between two grants, nothing is lost unsaid and nothing shown twice."""
    transcript, chat, told = Transcript("x", limit_chars=HELD_CHARS), Chat(), 0
    for entries, grants in bursts:
        for _ in range(entries):
            transcript.fold(Put(told, spoken(told)))
            told += 1
        for _ in range(grants):
            chat.step(seen(transcript), desk())
    if again:
        transcript.fold(Reopened())
        for number in range(told):
            transcript.fold(Put(number, spoken(number)))
        transcript.fold(Settled())
    transcript.fold(Finished())
    chat.catch_up(seen(transcript, over=True), desk())
    assert_shown_or_counted(chat, told)
    assert chat.texts[max(chat.texts)].endswith("✅ Done · 12 s")


def test_an_open_link_whose_text_is_gone_is_completed_as_it_is() -> None:
    """What the chat shows stays; the line about what was missed begins the next link."""
    transcript, chat = Transcript("x", limit_chars=HELD_CHARS), Chat()
    transcript.fold(Put(0, spoken(0)))
    chat.catch_up(seen(transcript), desk())
    for number in range(1, 90):
        transcript.fold(Put(number, spoken(number)))
    chat.catch_up(seen(transcript), desk())
    assert "w0 " in chat.texts[0]
    assert "earlier" not in chat.texts[0]
    assert re.search(r"^… \d+ earlier entries, /log$", chat.texts[1], re.MULTILINE)
    assert len(chat.texts) <= 1 + CATCH_UP_LINKS + 1
    assert_shown_or_counted(chat, 90)


def test_the_line_about_what_was_missed_stands_while_its_link_grows() -> None:
    """A link that begins with it keeps it, and its count, when more is added."""
    transcript, chat = Transcript("x", limit_chars=600), Chat()
    for number in range(4):
        transcript.fold(Put(number, spoken(number)))
    chat.catch_up(seen(transcript), desk(limit=2000))
    before = counted(chat)
    assert before > 0
    transcript.fold(Put(4, Answer("and more")))
    chat.catch_up(seen(transcript), desk(limit=2000))
    assert counted(chat) == before
    assert "and more" in chat.texts[max(chat.texts)]


def test_a_chain_remembers_what_its_newest_links_say() -> None:
    """What older ones say is never compared again, and not held."""
    chat = Chat()
    chat.catch_up(story(answer(0, words(0, 400))), desk())
    known = [link.known for link in chat.chain.links]
    assert len(known) > WHOLE_LINKS
    assert known == [False] * (len(known) - WHOLE_LINKS) + [True] * WHOLE_LINKS


async def test_a_megabyte_and_an_outage_of_five_minutes() -> None:
    """At most five links follow, with a line about the rest; what is held stays small."""
    async with stage() as s:
        await s.begin()
        s.say(0, "first words")
        await s.clock.advance(1)
        s.lanes.open.clear()
        for number in range(1, 131):
            s.say(number, f"w{number} " + "so " * (PART_CHARS // 3))
            if number % 26 == 0:
                await s.clock.advance(MINUTE_S)
        (active,) = s.followers.active(1)
        assert (active.running, active.messages_sent) == (True, 1)
        transcript = next(iter(s.followers._running.values())).followers["e1"].transcript
        held = [e for e in transcript.snapshot().entries if not isinstance(e.content, Dropped)]
        assert len(held) * PART_CHARS <= TEXT_HELD_CHARS
        s.lanes.open.set()
        await s.clock.advance(MINUTE_S)
        assert len(s.chat()) <= 1 + CATCH_UP_LINKS
        (line,) = re.findall(r"… (\d+) earlier", "\n".join(sent.text for sent in s.chat()))
        shown = re.findall(r"\bw(\d+)\b", "\n".join(sent.text for sent in s.chat()))
        assert shown == [str(n) for n in range(131 - len(shown), 131)]
        assert int(line) in (130 - len(shown), 131 - len(shown))
        assert "first words" in s.chat()[0].text


async def test_the_log_of_a_turn_that_is_over_is_read_anew() -> None:
    """Nothing of it is held, and whoever asks gets everything, outputs too."""
    run = Tool(CommandRun("make", Excerpt("fine")), ToolStatus.SUCCEEDED)
    async with stage() as s:
        await s.begin()
        for number in range(12):
            s.say(number, f"w{number} " + "so " * (PART_CHARS // 3))
        s.backend.emits["e1"](Put(12, run))
        await s.clock.advance(1)
        (active,) = s.followers.active(1)
        await s.end()
        await s.clock.advance(MINUTE_S)
        (turn,) = s.followers._ended
        assert turn.followers["e1"].transcript.snapshot().entries == ()
        told = await s.followers.story(active.view_id)
        assert told is not None
        assert len(told.entries) == 13
        assert told.entries[-1].content == run
        assert not any(isinstance(entry.content, Dropped) for entry in told.entries)


async def test_outputs_are_held_where_somebody_shows_them() -> None:
    """A chat that wants everything from now on makes the log be read again, once."""
    run = Tool(CommandRun("make", Excerpt("fine")), ToolStatus.SUCCEEDED)
    chat = linked()
    async with stage(chat) as s:
        await s.begin()
        s.backend.emits["e1"](Put(0, run))
        await s.clock.advance(1)
        follower = next(iter(s.followers._running.values())).followers["e1"]
        assert follower.entries()[0].content == Tool(CommandRun("make"), ToolStatus.SUCCEEDED)
        full = replace(
            chat, settings=chat.settings.model_copy(update={"verbosity": Verbosity.FULL})
        )
        for _ in range(2):
            s.followers.chat_changed(full)
            await settle()
        await s.clock.advance(1)
        assert follower.entries()[0].content == run
        assert s.backend.opened == ["e1", "e1"]
