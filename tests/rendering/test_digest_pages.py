"""The digest: notice, answer and facts in one, split where it must be."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entries.model import (
    Answer,
    ChangeKind,
    CommandRun,
    CommitReminder,
    Dropped,
    Entry,
    Excerpt,
    FileChange,
    FileEdit,
    Tool,
    ToolStatus,
)
from bot.entries.story import DiffTotal, Outcome, OutcomeKind, Story
from bot.rendering.digest_pages import MOST_MESSAGES, digest_messages
from tests.fakes.stories import DONE, OPTIONS, answer, command, entry, options, story
from tests.live.chat import words as numbered

FAILED, OK = ToolStatus.FAILED, ToolStatus.SUCCEEDED


def digest(told: Story, *, with_answer: bool = True) -> str:
    (message,) = digest_messages(told, OPTIONS, with_answer=with_answer)
    return message.text


def words(count: int) -> str:
    return numbered(0, count)


def edit(number: int, *changes: FileChange) -> Entry:
    return entry(number, Tool(FileEdit(changes), OK))


def changed(path: str, plus: int, minus: int, kind: ChangeKind = ChangeKind.EDIT) -> FileChange:
    return FileChange(kind, path, additions=plus, deletions=minus)


class TestHowMuchItSays:
    def test_an_answer_in_tiny_messages_is_bounded(self) -> None:
        """Of hundreds of messages the first come, with a line that counts the rest, then facts."""
        told = story(answer(1, words(2000)), command(2, "ls", OK), outcome=DONE)
        messages = digest_messages(told, options(256), with_answer=True)
        assert MOST_MESSAGES < len(messages) <= MOST_MESSAGES + 2
        said = "\n".join(message.text for message in messages)
        (count,) = re.findall(r"… \+(\d+) characters, /log", said)
        shown = sum(len(word) for word in re.findall(r"w\d+", said))
        assert shown + int(count) >= len(words(2000).replace(" ", ""))
        assert "⚡ 1 command" in said

    def test_an_answer_of_many_pages_is_whole(self) -> None:
        """As long as it fits the bound, nothing of it is missing."""
        told = story(answer(1, words(2000)), outcome=DONE)
        messages = digest_messages(told, options(1024), with_answer=True)
        said = " ".join(message.text for message in messages)
        assert re.findall(r"w\d+", said) == words(2000).split()


class TestWhatItSays:
    def test_a_turn_in_one_message(self) -> None:
        """Notice, answer, files, commands, tests and tokens, each in its place."""
        ran = Excerpt("====== 3 passed, 1 failed in 0.12s ======", tail=True)
        told = story(
            edit(1, changed("src/a.py", 10, 2), changed("src/b.py", 1, 0)),
            edit(2, changed("src/a.py", 5, 1)),
            entry(3, Tool(CommandRun("pytest -q", ran), FAILED)),
            command(4, "ls", OK),
            answer(5, "It **works** now."),
            outcome=DONE,
        )
        told = replace(told, tokens=12_345, workspace_total=DiffTotal(4, 40, 7))
        assert digest(told) == (
            "✅ Task completed\nFix login · 12 s\n\n"
            "It works now.\n\n"
            "📝 2 files +16 −3\n📝 src/b.py  +1 −0\n📝 src/a.py  +15 −3\n"
            "Workspace in all: 4 files +40 −7\n"
            "⚡ 2 commands, 1 failed\n✗ pytest -q\n🧪 Tests: 3 passed, 1 failed\n"
            "🔢 12.3k tokens"
        )

    def test_a_turn_that_did_nothing(self) -> None:
        """Empty parts are left out."""
        assert digest(story(answer(1, "Nothing to do."), outcome=DONE)) == (
            "✅ Task completed\nFix login · 12 s\n\nNothing to do."
        )
        assert digest(story(outcome=DONE)) == "✅ Task completed\nFix login · 12 s"

    def test_without_the_answer(self) -> None:
        """A chat may want the facts only."""
        told = story(command(1, "ls", OK), answer(2, "Done."), outcome=DONE)
        assert digest(told, with_answer=False) == (
            "✅ Task completed\nFix login · 12 s\n\n⚡ 1 command"
        )

    def test_the_answer_comes_before_the_commit(self) -> None:
        """What is said after the server asked for a commit is not the answer."""
        told = story(
            answer(1, "The answer."), entry(2, CommitReminder()), answer(3, "Finished."),
            outcome=DONE,
        )  # fmt: skip
        assert "The answer." in digest(told)
        assert "Finished." not in digest(told)

    def test_an_answer_that_was_let_go(self) -> None:
        """Of a text that is no longer held the beginning is told, and that it goes on."""
        gone = Dropped("answer", b"", 90_000, opening="It begins so")
        assert digest(story(entry(1, gone), outcome=DONE)).endswith("It begins so\n…")

    def test_files_by_their_last_name(self) -> None:
        """A file that was renamed is one file; a binary and a deleted one are marked."""
        told = story(
            edit(1, changed("old.py", 3, 1)),
            edit(2, FileChange(ChangeKind.RENAME, "old.py", "new.py")),
            edit(3, FileChange(ChangeKind.BINARY, "logo.png")),
            edit(4, FileChange(ChangeKind.DELETE, "gone.py")),
            outcome=DONE,
        )
        lines = digest(told).split("\n")
        assert "➡ new.py  +3 −1" in lines
        assert "📦 logo.png" in lines
        assert "🗑 gone.py" in lines

    def test_many_files_are_counted(self) -> None:
        """After fifteen the rest is a number."""
        told = story(*(edit(n, changed(f"f{n}.py", 1, 0)) for n in range(40)), outcome=DONE)
        assert "… +25 files" in digest(told)

    def test_a_renamed_file_is_no_news_of_the_workspace(self) -> None:
        """A total that counts a renamed file once says what the lines above say."""
        told = story(
            edit(1, changed("old.py", 3, 1)),
            edit(2, FileChange(ChangeKind.RENAME, "old.py", "new.py")),
            outcome=DONE,
        )
        assert "Workspace" not in digest(replace(told, workspace_total=DiffTotal(1, 3, 1)))

    @pytest.mark.parametrize("limit", [256, 512, 1024])
    def test_no_fact_is_lost_on_short_messages(self, limit: int) -> None:
        """Facts that do not fit on one message go on the next, line by line."""
        paths = [f"src/some/long/package/path/to/module_{n:02}.py" for n in range(15)]
        told = story(
            *(edit(n, changed(path, 1, 0)) for n, path in enumerate(paths)),
            command(50, "make all", FAILED),
            outcome=DONE,
        )
        told = replace(told, workspace_total=DiffTotal(30, 90, 1))
        messages = digest_messages(told, options(limit), with_answer=True)
        assert all(len(message) <= limit for message in messages)
        lines = [line for message in messages for line in message.text.split("\n")]
        assert [line for line in lines if "module_" in line] == [f"📝 {p}  +1 −0" for p in paths]
        assert lines[-3:] == [
            "Workspace in all: 30 files +90 −1", "⚡ 1 command, 1 failed", "✗ make all",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("tokens", "said"),
        [(999, "999"), (1_000, "1.0k"), (999_949, "999.9k"), (999_950, "1.0M")],
    )
    def test_tokens_as_people_say_them(self, tokens: int, said: str) -> None:
        """A number is never a thousand thousands."""
        told = replace(story(outcome=DONE), tokens=tokens)
        assert digest(told).endswith(f"🔢 {said} tokens")

    @pytest.mark.parametrize(
        ("kind", "first"),
        [
            (OutcomeKind.DONE, "✅ Task completed"),
            (OutcomeKind.FAILED, "❌ Task failed"),
            (OutcomeKind.STOPPED, "⏹ Task stopped"),
            (OutcomeKind.COULD_NOT_START, "❌ Task failed"),
            (OutcomeKind.INTERRUPTED, "❌ Task failed"),
        ],
    )
    def test_every_outcome(self, kind: OutcomeKind, first: str) -> None:
        """The first line says how it ended."""
        assert digest(story(outcome=Outcome(kind))).startswith(first + "\n")

    def test_none_for_a_turn_that_runs_or_was_reset(self) -> None:
        """There is nothing to sum up."""
        assert digest_messages(story(), OPTIONS, with_answer=True) == ()
        reset = story(outcome=Outcome(OutcomeKind.RESET))
        assert digest_messages(reset, OPTIONS, with_answer=True) == ()

    def test_secrets_are_masked(self) -> None:
        """Answer, paths and commands pass the redaction."""
        masked = replace(OPTIONS, redact=lambda text, _: text.replace("hunter2", "••••"))
        told = story(
            edit(1, changed("hunter2.py", 1, 0)),
            command(2, "login hunter2", FAILED),
            answer(3, "The password is hunter2."),
            outcome=DONE,
        )
        (message,) = digest_messages(told, masked, with_answer=True)
        assert "hunter2" not in message.text
        assert message.text.count("••••") == 3


@given(st.integers(0, 750), st.integers(256, 4096), st.integers(0, 30))
def test_it_fits_and_nothing_of_the_answer_is_lost(count: int, limit: int, files: int) -> None:
    """Whatever the length, every message fits, and the words are there once, in order."""
    words = " ".join(f"**w{n}** and" if n % 9 == 0 else f"w{n}" for n in range(count))
    told = story(
        *(edit(n, changed(f"f{n}.py", 1, 0)) for n in range(files)),
        entry(99, Answer(words)),
        outcome=DONE,
    )
    messages = digest_messages(told, options(limit), with_answer=True)
    assert all(0 < len(message) <= limit for message in messages)
    assert all(len(message.entities) <= 100 for message in messages)
    shown = [
        w for message in messages for w in message.text.split() if w[0] == "w" and w[1:].isdigit()
    ]
    assert shown == [f"w{n}" for n in range(count)]
