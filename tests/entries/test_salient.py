"""What makes a content the same content."""

from dataclasses import replace

from bot.entries.model import (
    Answer,
    CommandRun,
    CommitReminder,
    Excerpt,
    Thinking,
    Todo,
    Todos,
    TodoState,
    Tool,
    ToolStatus,
)
from bot.entries.salient import DIGEST_BYTES, digest, kind_of, length_of, salient

COMMAND = Tool(CommandRun("make"), ToolStatus.RUNNING)


def test_a_result_and_a_status_change_nothing() -> None:
    """A command keeps its digest when its result arrives."""
    done = Tool(CommandRun("make", Excerpt("ok"), 0), ToolStatus.SUCCEEDED, reason="why")
    assert digest(done) == digest(COMMAND)


def test_another_command_is_another_content() -> None:
    """Another command has another digest."""
    assert digest(replace(COMMAND, action=CommandRun("make all"))) != digest(COMMAND)


def test_the_kind_counts() -> None:
    """The same words as thought and as answer differ."""
    assert digest(Thinking("so")) != digest(Answer("so"))
    assert (kind_of(Answer("so")), salient(Answer("so"))) == ("answer", "so")


def test_the_beginning_of_a_text_can_be_compared() -> None:
    """A text that has grown still has the digest of its beginning."""
    assert digest(Answer("Hello, world"), 5) == digest(Answer("Hello"))
    assert digest(Answer("Hello, world")) != digest(Answer("Hello"))


def test_a_length_means_nothing_for_contents_shown_whole() -> None:
    """A tool's digest is the same whatever length is given."""
    assert digest(COMMAND, 1) == digest(COMMAND)
    assert (length_of(COMMAND), length_of(Answer("four"))) == (0, 4)


def test_the_state_of_a_to_do_is_content() -> None:
    """A list whose item is ticked off is another list."""
    states = (TodoState.PENDING, TodoState.COMPLETED)
    one, other = (Tool(Todos((Todo("a", state),)), ToolStatus.UNKNOWN) for state in states)
    assert digest(one) != digest(other)


def test_a_digest_is_short() -> None:
    """Every content has one, of the same size."""
    assert len(digest(CommitReminder())) == DIGEST_BYTES
