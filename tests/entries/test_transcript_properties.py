"""What holds for every log, however it is cut and repeated."""

from hypothesis import given
from hypothesis import strategies as st

from bot.entries.events import Finished, LogEvent, Put, Removed, Reopened, Settled
from bot.entries.model import (
    Answer,
    CommandRun,
    Content,
    Hidden,
    Notice,
    Thinking,
    Tool,
    ToolStatus,
    Usage,
)
from bot.entries.transcript import Snapshot, Transcript

TEXTS = st.sampled_from(["a", "ab", "abc", "b", "э\ufffd", "эм"])
STATUSES = st.sampled_from([status for status in ToolStatus if status is not ToolStatus.CANCELLED])
CONTENTS: st.SearchStrategy[Content] = st.one_of(
    TEXTS.map(Answer),
    TEXTS.map(Thinking),
    TEXTS.map(Notice),
    st.builds(Tool, TEXTS.map(CommandRun), STATUSES),
    st.just(Hidden()),
    st.just(Usage(1)),
)
POSITIONS = st.integers(0, 6)
CHANGES = st.one_of(
    st.builds(Put, POSITIONS, CONTENTS),
    st.builds(Put, POSITIONS, CONTENTS),
    st.builds(Removed, POSITIONS),
)
LOGS = st.lists(CHANGES, max_size=25)
ANYTHING = st.lists(
    st.one_of(CHANGES, st.sampled_from([Reopened(), Settled(), Finished()])), max_size=30
)


def fold_all(transcript: Transcript, events: list[LogEvent]) -> Snapshot:
    """The snapshot after all events."""
    for event in events:
        transcript.fold(event)
    return transcript.snapshot()


def shown(snapshot: Snapshot) -> list[Content]:
    """The visible contents."""
    return [entry.content for entry in snapshot.entries]


@given(LOGS, st.lists(st.integers(0, 25), max_size=4))
def test_reading_again_at_any_cut_ends_the_same(log: list[LogEvent], cuts: list[int]) -> None:
    """However often a log is cut and read from its start, the end shows what one reading shows."""
    events: list[LogEvent] = []
    for cut in cuts:
        events += [Reopened(), *log[:cut]]
    events += [Reopened(), *log, Finished()]
    once = fold_all(Transcript("x"), [*log, Finished()])
    often = fold_all(Transcript("x"), events)
    if shown(once):
        assert shown(often) == shown(once)


@given(LOGS, st.integers(0, 25))
def test_nothing_vanishes_while_a_log_is_read_again(log: list[LogEvent], cut: int) -> None:
    """Between a reopening and its settling the snapshot is the same object."""
    transcript = Transcript("x")
    before = fold_all(transcript, log[:cut])
    if not before.entries:
        return
    for event in [Reopened(), *log]:
        transcript.fold(event)
        assert transcript.snapshot() is before


@given(ANYTHING)
def test_a_change_is_told_exactly_when_there_is_one(events: list[LogEvent]) -> None:
    """Folding returns True if and only if a person could see a difference."""
    transcript = Transcript("x")
    for event in events:
        before = transcript.snapshot()
        changed = transcript.fold(event)
        after = transcript.snapshot()
        same = (before.entries, before.finished) == (after.entries, after.finished)
        assert changed is not same
        assert (after is before) is not changed


@given(LOGS)
def test_a_whole_log_repeated_changes_nothing(log: list[LogEvent]) -> None:
    """Reading an unchanged log again changes neither contents nor keys."""
    transcript = Transcript("x")
    before = fold_all(transcript, [*log])
    assert fold_all(transcript, [Reopened(), *log, Settled()]).entries == before.entries


@given(ANYTHING)
def test_keys_are_unique(events: list[LogEvent]) -> None:
    """No two visible entries share a key at any moment."""
    transcript = Transcript("x")
    for event in events:
        transcript.fold(event)
        keys = [entry.key for entry in transcript.snapshot().entries]
        assert len(keys) == len(set(keys))
