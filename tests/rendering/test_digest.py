from __future__ import annotations

from dataclasses import replace

import pytest

from bot.entries.model import (
    Answer,
    ChangeKind,
    CommitReminder,
    FileChange,
    FileEdit,
    Thinking,
    Tool,
    ToolStatus,
)
from bot.rendering.digest import Facts, answer, facts, opening
from tests.fakes.stories import command, entry

EDIT = FileChange(ChangeKind.EDIT, "a.py", additions=3, deletions=1)


def test_answer_is_what_was_said_last() -> None:
    """Thoughts and earlier remarks are no answer."""
    said = [entry(1, Answer("first")), entry(2, Answer("last")), entry(3, Thinking("hm"))]

    assert answer(said) == "last"


def test_answer_is_what_was_said_before_the_commit_reminder() -> None:
    """What follows the reminder is about the commit."""
    said = [
        entry(1, Answer("the answer")),
        entry(2, CommitReminder()),
        entry(3, Answer("Committed.")),
    ]

    assert answer(said) == "the answer"


def test_reminder_before_any_answer_does_not_count() -> None:
    """With nothing said before it, what follows is the answer."""
    said = [entry(1, CommitReminder()), entry(2, Answer("late")), entry(3, Answer(" "))]

    assert answer(said) == "late"


def test_no_answer() -> None:
    """An agent may never speak."""
    assert answer([entry(1, Thinking("hm"))]) is None


def test_counts_files_lines_and_commands() -> None:
    """A file that was changed twice is one file."""
    other = replace(EDIT, path="b.py", additions=None, deletions=None)
    done = [
        entry(1, Tool(FileEdit((EDIT, other)), ToolStatus.UNKNOWN)),
        entry(2, Tool(FileEdit((EDIT,)), ToolStatus.SUCCEEDED)),
        command(3, "ls", ToolStatus.SUCCEEDED),
        command(4, "make", ToolStatus.FAILED),
    ]

    assert facts(done) == Facts(files=2, additions=6, deletions=2, commands=2, failed=1)


def test_what_was_denied_or_failed_did_not_happen() -> None:
    """Only changes that were made are counted."""
    done = [
        entry(1, Tool(FileEdit((EDIT,)), ToolStatus.DENIED)),
        entry(2, Tool(FileEdit((EDIT,)), ToolStatus.FAILED)),
        command(3, "rm", ToolStatus.DENIED),
        entry(4, Answer("no")),
    ]

    assert facts(done) == Facts()


def test_renamed_file_counts_under_its_new_name() -> None:
    """A file that is renamed and then edited is one file."""
    rename = FileChange(ChangeKind.RENAME, "old.py", "a.py")
    done = [entry(1, Tool(FileEdit((rename, EDIT)), ToolStatus.UNKNOWN))]

    assert facts(done).files == 1


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("I **fixed** `it`,\nat last.\n\nAll is well.", "I fixed it, at last. All is well."),
        ("Now:\n\n- one\n- two\n  - deep\n\nMore.", "Now: one, two, deep. More."),
        ("- Ends.\n- Also!\n- so", "Ends. Also! so"),
        ("1. one\n2. two", "1. one, 2. two"),
        ("## Summary\n\nAll is well.", "Summary: All is well."),
        ("> quoted\n\nsaid", "quoted said"),
        ("Done:\n\n| a |\n|---|\n| 1 |\n\nMore.", "Done:"),
        ("Run:\n\n```sh\nls\n```\n\nMore.", "Run:"),
        ("- Run:\n  ```sh\n  ls\n  ```\n- more", "Run:"),
        ("Before\n\n---\n\nafter", "Before"),
        ("```\nls\n```\n\nMore.", ""),
        ("", ""),
    ],
)
def test_opening_is_the_prose_before_code_and_tables(source: str, told: str) -> None:
    """One line for a lock screen: no markup, no bullets, no tables, no code."""
    assert opening(source, 160) == told


def test_opening_reads_no_further_than_needed() -> None:
    """What nobody will see is not rendered."""
    told = opening("word\n\n" * 1000, 20)

    assert told == "word word word word word"
