from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from bot.entries.story import Header, Outcome, OutcomeKind
from bot.rendering.digest import Facts
from bot.rendering.header import (
    disabled_line,
    end_line,
    first_header,
    later_header,
    muted_line,
    notice,
    progress_footer,
    started_line,
)
from bot.rendering.markdown import PAGE_ENTITIES
from bot.rendering.rich_text import RichText
from tests.fakes.stories import DONE, OPTIONS, STARTED, options

HEADER = Header(
    "Fix login bug", agent="claude-code", branch="vk/1a2b", prompt="Fix the *login*.\nNow."
)


def formatting(rich: RichText) -> list[tuple[str, str]]:
    return [(e.type, rich.text[e.offset : e.end]) for e in rich.entities]


def head(header: Header, chars: int = 1365) -> str:
    return first_header(header, OPTIONS, chars=chars).text


# --- headers --------------------------------------------------------------------------------------


def test_first_header() -> None:
    """Title, where it runs, and the prompt as it was written."""
    rich = first_header(HEADER, OPTIONS, chars=1365)

    assert rich.text == ("🤖 Task: Fix login bug\nclaude-code · vk/1a2b\nFix the *login*.\nNow.")
    assert formatting(rich) == [
        ("bold", "Fix login bug"),
        ("code", "claude-code"),
        ("code", "vk/1a2b"),
        ("blockquote", "Fix the *login*.\nNow."),
    ]


def test_header_with_nothing_known_but_the_title() -> None:
    """What is missing leaves no trace."""
    assert head(Header("Fix")) == "🤖 Task: Fix"


def test_one_repository_goes_without_saying() -> None:
    """Repositories are named when there are several."""
    one, two = replace(HEADER, repositories=("a",)), replace(HEADER, repositories=("a", "b"))

    assert "claude-code · vk/1a2b\n" in head(one)
    assert "claude-code · vk/1a2b · a · b\n" in head(two)


def test_many_repositories_leave_room_for_formatting() -> None:
    """Five are named; with them a header never takes formatting from its page."""
    many = replace(HEADER, repositories=tuple("abcdefgh"))

    assert "claude-code · vk/1a2b · a · b · c · d · e · …\n" in head(many)
    rich = first_header(many, OPTIONS, chars=1365)
    assert len(rich.entities) + len(["the time in the footer"]) + PAGE_ENTITIES <= 100


def test_backend_is_named_when_there_are_several() -> None:
    """It stands before the title, above and on later links."""
    header = replace(HEADER, backend="home")

    assert head(header).startswith("🤖 Task: home · Fix login bug\n")
    assert later_header(header, OPTIONS).text == "↪ home · Fix login bug"


@pytest.mark.parametrize(
    ("title", "prompt", "there"),
    [
        ("Fix it", "Fix it", False),
        ("Fix it", " Fix\nit ", False),
        ("Fix it…", "Fix it, and that", False),
        ("Fix it...", "Fix it, and that", False),
        ("Fix it", "Fix it, and that", True),
        ("Other", "Fix it", True),
        ("Other…", "Fix it", True),
    ],
)
def test_prompt_that_the_title_says(title: str, prompt: str, *, there: bool) -> None:
    """A prompt is left out when the title is it, or its beginning with dots."""
    rich = first_header(Header(title, prompt=prompt), OPTIONS, chars=1365)

    assert ("blockquote" in [entity.type for entity in rich.entities]) is there


def test_long_parts_are_shortened() -> None:
    """Title 120 characters, prompt 300."""
    lines = head(Header("t" * 500, agent="a" * 500, prompt="p" * 500)).split("\n")

    assert [len(line) for line in lines] == [len("🤖 Task: ") + 120, 60, 300]


@pytest.mark.parametrize("chars", [40, 85, 100, 200])
def test_header_keeps_to_its_room(chars: int) -> None:
    """On short messages title comes first, then where, then the prompt."""
    header = Header("t" * 500, "agent", "branch", ("r1", "r2"), "p" * 500, "home")

    assert len(first_header(header, options(limit=256), chars=chars)) <= chars


def test_header_is_masked() -> None:
    """Titles, branches and prompts hold no secret."""
    masking = replace(OPTIONS, redact=lambda text, _complete: text.replace("key", "••••"))
    header = Header("a key", "x", "b/key", prompt="the key")

    assert "key" not in first_header(header, masking, chars=999).text
    assert "key" not in later_header(header, masking).text


# --- last lines -----------------------------------------------------------------------------------


def test_progress_footer() -> None:
    """The time is rendered by each client, in its own zone."""
    started = STARTED.astimezone(timezone(timedelta(hours=5)))

    rich = progress_footer(started, OPTIONS)

    assert rich.text == "⏳ In progress… since 14:02"
    (entity,) = rich.entities
    assert (entity.type, entity.format) == ("date_time", "t")
    assert entity.unix_time == int(STARTED.timestamp())
    assert rich.text[entity.offset : entity.end] == "14:02"


def test_progress_footer_without_connection() -> None:
    """A lost backend is said where nothing else has to move."""
    rich = progress_footer(STARTED, OPTIONS, connection_lost=True)

    assert rich.text == "⏳ In progress… since 14:02 · connection lost, retrying"


def test_the_notice_begins_with_prose() -> None:
    """The line for the lock screen ends where a table or code begins; or there is none."""
    answer = "Done:\n\n- one\n- **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nMore."
    told = notice(DONE, Header("Fix"), Facts(), answer, OPTIONS).text

    assert told.splitlines()[1] == "Done: one, two"
    bare = notice(DONE, Header("Fix"), Facts(), "```py\nx\n```", OPTIONS).text
    assert bare.splitlines()[1] == "Fix · 12 s"


def test_fixed_lines() -> None:
    """Lines that stand in for content, or end it."""
    made = [make(OPTIONS).text for make in (started_line, muted_line, disabled_line)]

    assert made == ["🚀 Task started…", "🔇 Muted", "Streaming disabled"]


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (DONE, "✅ Done · 12 s"),
        (Outcome(OutcomeKind.FAILED, 1, 7), "❌ Failed (exit 1) · 7 s"),
        (Outcome(OutcomeKind.FAILED, None, 7), "❌ Failed · 7 s"),
        (Outcome(OutcomeKind.STOPPED, None, 6), "⏹ Stopped · 6 s"),
        (Outcome(OutcomeKind.RESET, 0, 6), "↩ Reset"),
        (Outcome(OutcomeKind.COULD_NOT_START), "❌ Could not start"),
        (Outcome(OutcomeKind.INTERRUPTED), "⚠️ Interrupted"),
        (
            Outcome(OutcomeKind.DONE, 0, 12, cleanup_failed=True, cleanup_exit_code=1),
            "✅ Done · 12 s\n⚠️ cleanup failed (exit 1)",
        ),
    ],
)
def test_end_lines(outcome: Outcome, line: str) -> None:
    """Each end has its line."""
    assert end_line(outcome, OPTIONS).text == line


# --- notice ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        (OutcomeKind.DONE, "✅ Task completed"),
        (OutcomeKind.FAILED, "❌ Task failed"),
        (OutcomeKind.COULD_NOT_START, "❌ Task failed"),
        (OutcomeKind.INTERRUPTED, "❌ Task failed"),
        (OutcomeKind.STOPPED, "⏹ Task stopped"),
    ],
)
def test_notice_says_how_it_ended(kind: OutcomeKind, first: str) -> None:
    """The first line is bold; title and duration follow."""
    rich = notice(Outcome(kind, None, 12), HEADER, Facts(), None, OPTIONS)

    assert rich.text == f"{first}\nFix login bug · 12 s"
    assert formatting(rich) == [("bold", first)]


def test_notice_with_facts_and_answer() -> None:
    """The answer's beginning is on the second line, without its markup."""
    facts = Facts(files=2, additions=6, deletions=1, commands=3, failed=1)

    rich = notice(DONE, HEADER, facts, "I **fixed** it.\n\n- all", OPTIONS)

    assert rich.text.split("\n")[1:] == [
        "I fixed it. all",
        "Fix login bug · 12 s",
        "📝 2 files +6 −1 · ⚡ 3 commands, 1 failed",
    ]


def test_notice_shows_only_the_beginning_of_the_answer() -> None:
    """A lock screen has room for 160 characters."""
    rich = notice(DONE, HEADER, Facts(), "word " * 100, OPTIONS)

    assert 150 < len(rich.text.split("\n")[1]) <= 160


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        (Facts(files=1), "📝 1 file +0 −0"),
        (Facts(commands=1), "⚡ 1 command"),
    ],
)
def test_facts_leave_out_what_did_not_happen(facts: Facts, line: str) -> None:
    """No zero is reported."""
    assert notice(DONE, HEADER, facts, None, OPTIONS).text.split("\n")[2:] == [line]
