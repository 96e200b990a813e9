"""What is held of a log, and what is let go."""

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entries.alignment import known
from bot.entries.events import Finished, LogEvent, Put, Removed, Reopened, Settled
from bot.entries.model import (
    Answer,
    ChangeKind,
    CommandRun,
    CommitReminder,
    Content,
    Dropped,
    Excerpt,
    FileChange,
    FileEdit,
    Script,
    ScriptKind,
    Thinking,
    Tool,
    ToolStatus,
    ToolUse,
)
from bot.entries.salient import digest, kind_of, length_of
from bot.entries.shedding import (
    ANSWERS_KEPT,
    OPENING_CHARS,
    TEXT_HELD_CHARS,
    tool_of,
    weight,
    without_details,
)
from bot.entries.transcript import Transcript
from bot.rendering.digest import answer

DONE, FAILED = ToolStatus.SUCCEEDED, ToolStatus.FAILED
MIB = 1024 * 1024


def text(number: int, chars: int = 10_000) -> str:
    return f"{number} " + "x" * (chars - len(str(number)) - 1)


def told(*events: LogEvent) -> Transcript:
    transcript = Transcript("x")
    for event in events:
        transcript.fold(event)
    return transcript


def contents(transcript: Transcript) -> list[Content]:
    return [entry.content for entry in transcript.snapshot().entries]


def held(transcript: Transcript) -> int:
    return sum(weight(c) for c in contents(transcript) if not isinstance(c, Dropped))


def test_the_oldest_is_let_go_and_keeps_its_place() -> None:
    """Within the limit everything is held; above it the oldest loses its text, not its key."""
    story = told(*(Put(n, Thinking(text(n))) for n in range(6)))
    assert not any(isinstance(c, Dropped) for c in contents(story))
    story.fold(Put(6, Thinking(text(6))))
    first, *others = contents(story)
    assert first == Dropped("thinking", digest(Thinking(text(0))), 10_000)
    assert others == [Thinking(text(n)) for n in range(1, 7)]
    assert [entry.key for entry in story.snapshot().entries] == [f"x/{n}" for n in range(7)]
    assert story.snapshot().entries[0].complete


def test_the_newest_is_never_let_go() -> None:
    """A text that is larger than the limit is held as long as nothing follows it."""
    long = Answer("x" * (TEXT_HELD_CHARS + 5))
    story = told(Put(0, Thinking("so")), Put(1, long))
    assert isinstance(contents(story)[0], Dropped)
    assert contents(story)[1] == long


def test_a_late_result_is_new_again() -> None:
    """A tool whose result comes late has as much time to be shown as what came last."""
    running = Tool(CommandRun("make"), ToolStatus.RUNNING)
    failed = Tool(CommandRun("make", Excerpt("no rule")), FAILED)
    story = told(Put(0, running), *(Put(n, Thinking(text(n))) for n in range(1, 8)))
    assert isinstance(contents(story)[0], Dropped)
    assert story.fold(Put(0, failed))
    story.fold(Put(8, Thinking(text(8))))
    assert contents(story)[0] == failed


def test_a_text_that_only_comes_again_changes_nothing() -> None:
    """A repeat of what was let go is no news, and is not held again."""
    story = told(*(Put(n, Thinking(text(n))) for n in range(8)))
    before = contents(story)
    assert not story.fold(Put(0, Thinking(text(0))))
    assert contents(story) == before


def test_what_was_denied_stays_denied() -> None:
    """Also of a tool whose text was let go."""
    denied = Tool(CommandRun("rm -r /"), ToolStatus.DENIED, "no")
    story = told(Put(0, denied), *(Put(n, Thinking(text(n))) for n in range(1, 8)))
    assert not story.fold(Put(0, Tool(CommandRun("rm -r /"), FAILED)))
    tool = tool_of(contents(story)[0])
    assert tool is not None
    assert tool.status is ToolStatus.DENIED


def test_facts_can_be_counted_from_what_is_left() -> None:
    """A tool keeps its files with their lines, and how it ended."""
    change = FileChange(ChangeKind.EDIT, "a.py", body=Excerpt("+x"), additions=1, deletions=0)
    edit = Tool(FileEdit((change,)), DONE)
    failed = Tool(CommandRun("make", Excerpt("boo")), FAILED)
    story = told(Put(0, edit), Put(1, failed), *(Put(n, Thinking(text(n))) for n in range(2, 9)))
    left = [tool_of(content) for content in contents(story)[:2]]
    assert left[0] is not None
    assert left[0].action == FileEdit((FileChange(ChangeKind.EDIT, "a.py", None, None, 1, 0),))
    assert left[1] == Tool(CommandRun(""), FAILED)


REMINDER, BLANK = CommitReminder(), Answer(" \n")


@pytest.mark.parametrize(
    ("events", "quoted"),
    [
        ((Put(3, REMINDER), Put(4, Answer(text(4)))), "2 "),
        ((Put(3, Answer(text(3))), Put(4, REMINDER), Put(5, REMINDER)), "3 "),
        ((Put(3, Answer(text(3))), Removed(3)), "2 "),
        ((Put(3, BLANK),), "2 "),
        ((Put(3, Answer(text(3))), Put(3, BLANK)), "2 "),
        ((Put(3, REMINDER), Removed(3), Put(4, Answer(text(4)))), "4 "),
        ((Put(4, Answer(text(4))), Put(1, Answer(text(1, 9_000)))), "4 "),
    ],
)
def test_the_answer_that_counts_keeps_its_opening(
    events: tuple[LogEvent, ...], quoted: str
) -> None:
    """What a notice quotes is there after it was let go, whatever was said and withdrawn."""
    answers = [Put(n, Answer(text(n))) for n in range(3)]
    after = [Put(n, Thinking(text(n))) for n in range(6, 14)]
    story = told(*answers, *events, *after)
    said = answer(story.snapshot().entries)
    assert said is not None
    assert said[:2] == quoted
    assert len(said) == OPENING_CHARS


def test_a_reminder_before_any_answer_is_none() -> None:
    """A turn may begin with one: what is said then is the answer all the same."""
    after = [Put(n, Thinking(text(n))) for n in range(6, 14)]
    story = told(Put(0, REMINDER), Put(1, Answer(text(1))), *after)
    said = answer(story.snapshot().entries)
    assert said is not None
    assert said[:2] == "1 "


def test_few_openings_are_kept() -> None:
    """However many answers there are, only the newest keep theirs."""
    after = [Put(n, Thinking(text(n))) for n in range(30, 38)]
    story = told(*(Put(n, Answer(text(n))) for n in range(20)), *after)
    openings = [c.opening[:3] for c in contents(story) if isinstance(c, Dropped) and c.opening]
    assert openings == ["16 ", "17 ", "18 ", "19 "][-ANSWERS_KEPT:]


def test_keys_survive_a_second_reading_of_a_long_log() -> None:
    """What was let go in both readings is recognised by its digest."""
    log = [Put(n, Thinking(text(n))) for n in range(20)]
    story = told(*log)
    before = story.snapshot().entries
    again: list[LogEvent] = [Put(n + 1, Thinking(text(n))) for n in range(20)]
    for event in (Reopened(), *again, Settled()):
        story.fold(event)
    assert story.snapshot().entries == before


def test_what_was_partly_shown_before_a_restart_is_recognised() -> None:
    """The beginning of a text that a page showed leads to its key, though the text is let go."""
    shown = known("x/7", 7, Thinking(text(0)[:4_000]))
    story = Transcript("x")
    story.seed([shown])
    for n in range(20):
        story.fold(Put(n, Thinking(text(n))))
    story.fold(Settled())
    first = story.snapshot().entries[0]
    assert first.key == "x/7"
    assert isinstance(first.content, Dropped)
    assert digest(first.content, shown.length) == shown.digest
    assert digest(first.content, 17) == b""


@pytest.mark.parametrize(
    ("content", "light"),
    [
        (
            Tool(CommandRun("make", Excerpt("ok"), 0), DONE),
            Tool(CommandRun("make", None, 0), DONE),
        ),
        (Tool(ToolUse("t", "a", Excerpt("ok")), DONE), Tool(ToolUse("t", "a"), DONE)),
        (
            Script(ScriptKind.SETUP, DONE, 0, 1.0, Excerpt("ok")),
            Script(ScriptKind.SETUP, DONE, 0, 1.0),
        ),
    ],
)
def test_outputs_of_what_went_well_can_be_let_go(content: Content, light: Content) -> None:
    """Without details they go, and the content is the same one by its digest."""
    assert without_details(content) == light
    assert digest(content) == digest(light)


@pytest.mark.parametrize(
    "content",
    [
        Answer("so"),
        Tool(CommandRun("make", Excerpt("no")), FAILED),
        Script(ScriptKind.SETUP, FAILED, 3, 1.0, Excerpt("no")),
    ],
)
def test_the_rest_is_no_detail(content: Content) -> None:
    """Texts, and outputs of what failed, are shown at every verbosity but the least."""
    assert without_details(content) is content


SIZES = st.lists(st.integers(1, 30_000), max_size=12)


@given(SIZES, st.lists(st.integers(0, 11), max_size=6))
def test_never_more_than_the_limit_is_held(sizes: list[int], again: list[int]) -> None:
    """However entries grow, what is held stays within the limit, and none disappears."""
    story = Transcript("x")
    places = itertools.chain(enumerate(sizes), ((n, 20_000) for n in again if n < len(sizes)))
    for position, size in places:
        story.fold(Put(position, Thinking(text(position, max(3, size)))))
        assert held(story) <= TEXT_HELD_CHARS
    assert len(contents(story)) == len(sizes)


@given(st.lists(st.integers(1, 20_000), max_size=12), st.booleans())
def test_a_long_log_read_again_changes_nothing(sizes: list[int], finished: bool) -> None:
    """Keys, kinds and lengths of a log that is larger than the limit survive another reading."""
    log = [Put(n, Thinking(text(n, max(3, size)))) for n, size in enumerate(sizes)]
    story = told(*log)
    before = [(e.key, kind_of(e.content), length_of(e.content)) for e in story.snapshot().entries]
    for event in (Reopened(), *log, Finished() if finished else Settled()):
        story.fold(event)
    after = [(e.key, kind_of(e.content), length_of(e.content)) for e in story.snapshot().entries]
    assert after == before


def test_ten_megabytes_leave_nothing_behind() -> None:
    """The text of a log that goes on and on does not add up."""
    story = Transcript("x")
    tracemalloc.start()
    for n in range(1_000):
        story.fold(Put(n, Thinking(text(n))))
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < MIB
    assert held(story) <= TEXT_HELD_CHARS
