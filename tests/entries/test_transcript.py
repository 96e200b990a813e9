"""The fold of a log into what a person may see."""

from collections.abc import Sequence

from bot.entries.alignment import known
from bot.entries.events import (
    Cleared,
    Finished,
    Interrupted,
    LogEvent,
    Put,
    Removed,
    Reopened,
    Settled,
)
from bot.entries.model import (
    Answer,
    CommandRun,
    CommitReminder,
    Content,
    Excerpt,
    Hidden,
    ModelName,
    Script,
    ScriptKind,
    SubAgent,
    Thinking,
    Tool,
    ToolStatus,
    Usage,
)
from bot.entries.transcript import Snapshot, Transcript


def folded(*events: LogEvent) -> Transcript:
    """A transcript after these events."""
    transcript = Transcript("x")
    for event in events:
        transcript.fold(event)
    return transcript


def contents(transcript: Transcript) -> list[Content]:
    """What is visible."""
    return [entry.content for entry in transcript.snapshot().entries]


def keys(transcript: Transcript) -> list[str]:
    """The keys of what is visible."""
    return [entry.key for entry in transcript.snapshot().entries]


def command(status: ToolStatus, output: str | None = None, reason: str | None = None) -> Tool:
    """A command that has come so far."""
    return Tool(CommandRun("make", Excerpt(output) if output else None), status, reason)


def test_entries_stand_in_the_order_of_their_positions() -> None:
    """A gap or a late arrival does not change the order."""
    story = folded(Put(7, Answer("b")), Put(2, Thinking("a")))
    assert contents(story) == [Thinking("a"), Answer("b")]
    assert keys(story) == ["x/2", "x/7"]


def test_noise_is_invisible_and_header_data_is_kept() -> None:
    """Noise, the model and the usage are no entries."""
    story = folded(Put(0, Hidden()), Put(1, ModelName("m")), Put(2, Usage(5)), Put(3, Answer("a")))
    assert contents(story) == [Answer("a")]
    assert (story.snapshot().model, story.snapshot().usage) == ("m", Usage(5))


def test_only_visible_changes_count() -> None:
    """A repeat, noise and usage change nothing; the snapshot stays the same object."""
    story = folded(Put(0, Answer("a")))
    before = story.snapshot()
    events: Sequence[LogEvent] = (
        Put(0, Answer("a")),
        Put(1, Hidden()),
        Put(2, Usage(1)),
        Settled(),
    )
    assert not any(story.fold(event) for event in events)
    assert story.snapshot() is before


def test_the_revision_grows_with_each_visible_change() -> None:
    """Each visible change has a revision of its own."""
    story = Transcript("x")
    assert story.snapshot().revision == 0
    assert story.fold(Put(0, Answer("a")))
    assert story.fold(Put(0, Answer("ab")))
    assert story.snapshot().revision == 2


def test_a_snapshot_says_whose_it_is_and_whether_its_log_has_ended() -> None:
    """Before anything came it is empty and open; model and usage are unknown until told."""
    story = Transcript("x")
    assert story.snapshot() == Snapshot("x")
    story.fold(Put(0, Answer("a")))
    now = story.snapshot()
    assert (now.execution_id, now.finished, now.model, now.usage) == ("x", False, None, None)
    story.fold(Finished())
    assert story.snapshot().finished


def test_a_break_in_the_connection_changes_nothing() -> None:
    """An interruption, the reopening after it and what is read again leave the story as it is."""
    story = folded(Put(0, Answer("a")))
    for event in (Interrupted(), Reopened(), Put(0, Answer("ab"))):
        assert story.fold(event) is False


def test_an_entry_that_is_withdrawn_leaves_the_others_alone() -> None:
    """The others keep their places and keys."""
    story = folded(Put(0, Answer("a")), Put(1, Thinking("b")), Put(2, Answer("c")), Removed(1))
    assert keys(story) == ["x/0", "x/2"]
    assert not story.fold(Removed(1))


def test_the_newest_kind_is_shown() -> None:
    """An entry that turns into another kind of tool for a moment keeps its key."""
    flip = Tool(SubAgent("make"), ToolStatus.SUCCEEDED)
    story = folded(Put(0, command(ToolStatus.RUNNING)), Put(0, flip))
    assert contents(story) == [flip]
    assert keys(story) == ["x/0"]


def test_denied_stays_denied() -> None:
    """What the person denied does not become a failure with the agent's boilerplate."""
    denied = command(ToolStatus.DENIED, reason="use rg")
    story = folded(Put(0, denied))
    assert not story.fold(Put(0, command(ToolStatus.FAILED, "The user doesn't want")))
    assert contents(story) == [denied]


def test_a_denial_gives_way_to_a_success() -> None:
    """A tool that went through after all is shown as it ended."""
    done = command(ToolStatus.SUCCEEDED)
    assert contents(folded(Put(0, command(ToolStatus.DENIED)), Put(0, done))) == [done]


def test_a_reason_is_not_lost_by_a_denial_without_one() -> None:
    """The first denial's reason stays."""
    denied = command(ToolStatus.DENIED, reason="use rg")
    assert contents(folded(Put(0, denied), Put(0, command(ToolStatus.DENIED)))) == [denied]


def test_a_denial_survives_reading_again() -> None:
    """A replay that tells only the failure does not undo it."""
    denied = command(ToolStatus.DENIED, reason="use rg")
    again = (Reopened(), Put(0, command(ToolStatus.FAILED)), Settled())
    assert contents(folded(Put(0, denied), *again)) == [denied]


def test_an_answer_that_comes_again_takes_the_place_of_the_first() -> None:
    """A mended answer stands once, under the first one's key."""
    story = folded(Put(0, Answer("э\ufffd\ufffdодзи")), Put(1, Hidden()), Put(2, Answer("эмодзи")))
    assert contents(story) == [Answer("эмодзи")]
    assert keys(story) == ["x/0"]


def test_an_answer_repeated_whole_changes_nothing() -> None:
    """The same answer again is no change."""
    story = folded(Put(0, Answer("done")))
    assert not story.fold(Put(1, Answer("done")))
    story = folded(Put(0, Answer("done")), Put(1, Hidden()))
    assert not story.fold(Put(2, Answer("done")))
    assert keys(story) == ["x/0"]


def test_the_first_of_two_equal_answers_may_be_damaged_unseen() -> None:
    """Below other entries, too, damage to an answer that stands whole below it is no change."""
    story = folded(Put(0, Thinking("t")), Put(1, Answer("done")), Put(2, Answer("done")))
    assert not story.fold(Put(1, Answer("d\ufffd\ufffdne")))
    assert contents(story) == [Thinking("t"), Answer("done")]


def test_a_repeated_answer_hides_nothing_after_it() -> None:
    """What follows an answer that came twice is shown."""
    story = folded(Put(0, Answer("done")), Put(1, Answer("done")), Put(2, Thinking("hm")))
    assert contents(story) == [Answer("done"), Thinking("hm")]


def test_an_answer_after_something_else_is_an_answer_of_its_own() -> None:
    """With anything visible between, two equal answers stay two."""
    story = folded(Put(0, Answer("ok")), Put(1, Thinking("hm")), Put(2, Answer("ok")))
    assert len(contents(story)) == 3


def test_a_text_is_complete_when_something_follows_or_the_log_ends() -> None:
    """Only the last text of a running log may grow."""
    story = folded(Put(0, Thinking("a")), Put(1, Answer("b")))
    assert [entry.complete for entry in story.snapshot().entries] == [True, False]
    assert story.fold(Finished())
    assert [entry.complete for entry in story.snapshot().entries] == [True, True]
    assert not story.fold(Finished())


def test_a_tool_is_complete_when_it_is_decided() -> None:
    """A running tool is not complete even when others follow."""
    story = folded(Put(0, command(ToolStatus.RUNNING)), Put(1, command(ToolStatus.UNKNOWN)))
    assert [entry.complete for entry in story.snapshot().entries] == [False, True]


def test_what_cannot_change_is_complete_at_once() -> None:
    """An entry that neither grows nor runs is complete even while it is the last."""
    (entry,) = folded(Put(0, CommitReminder())).snapshot().entries
    assert entry.complete


def test_after_the_end_a_tool_that_runs_stays_cancelled() -> None:
    """That it is told to run again is no visible change once the log has ended."""
    story = folded(Put(0, command(ToolStatus.RUNNING)), Finished())
    assert not story.fold(Put(0, command(ToolStatus.RUNNING)))


def test_what_is_not_decided_at_the_end() -> None:
    """What still runs is cancelled; what still waits never ran."""
    script = Script(ScriptKind.SETUP, ToolStatus.RUNNING)
    story = folded(Put(0, command(ToolStatus.WAITING)), Put(1, script), Finished())
    assert [getattr(content, "status", None) for content in contents(story)] == [
        ToolStatus.DENIED,
        ToolStatus.CANCELLED,
    ]


def test_reading_again_hides_nothing() -> None:
    """The story stays visible while the second reading catches up."""
    story = folded(Put(0, Answer("long text")), Put(1, Thinking("b")), Reopened())
    assert not story.fold(Put(0, Answer("l")))
    assert contents(story) == [Answer("long text"), Thinking("b")]
    story.fold(Put(0, Answer("long text")))
    story.fold(Put(1, Thinking("b")))
    assert not story.fold(Settled())


def test_reading_again_brings_what_was_missed() -> None:
    """What came while nobody read appears under a key of its own."""
    again = (Put(0, Answer("a")), Put(1, Thinking("b")))
    story = folded(Put(0, Answer("a")), Reopened(), *again)
    assert story.fold(Settled())
    assert keys(story) == ["x/0", "x/1"]


def test_keys_follow_the_content_to_other_positions() -> None:
    """A replay that counts otherwise changes no key, and new keys are never reused ones."""
    story = folded(Put(0, Answer("a")), Put(1, Thinking("b")), Put(2, Answer("c")))
    replay = (
        Put(0, Thinking("new")),
        Put(1, Answer("a")),
        Put(2, Thinking("b")),
        Put(3, Answer("c")),
    )
    for event in (Reopened(), *replay, Settled()):
        story.fold(event)
    assert keys(story) == ["x/0~2", "x/0", "x/1", "x/2"]


def test_of_equal_entries_the_one_in_its_place_keeps_its_key() -> None:
    """A replay that still tells a withdrawn entry does not give it the key of its twin."""
    twice = (Put(0, command(ToolStatus.UNKNOWN)), Put(1, command(ToolStatus.UNKNOWN)))
    story = folded(*twice, Removed(0))
    assert keys(story) == ["x/1"]
    for event in (Reopened(), *twice, Settled()):
        story.fold(event)
    assert keys(story) == ["x/0", "x/1"]


def test_a_reading_without_anything_replaces_nothing() -> None:
    """A log that came back empty takes nothing away."""
    story = folded(Put(0, Answer("a")), Reopened())
    assert not story.fold(Settled())
    assert contents(story) == [Answer("a")]


def test_a_log_that_begins_anew_is_read_as_again() -> None:
    """Everything withdrawn and told again keeps its keys; what is not told again goes."""
    story = folded(Put(0, Answer("a")), Put(1, Thinking("b")), Cleared())
    assert contents(story) == [Answer("a"), Thinking("b")]
    story.fold(Put(0, Thinking("b")))
    assert story.fold(Settled())
    assert keys(story) == ["x/1"]


def test_the_first_reading_is_shown_at_once() -> None:
    """A log opened for the first time waits for nothing."""
    assert contents(folded(Reopened(), Put(0, Answer("a")))) == [Answer("a")]


def test_a_reading_that_tells_the_past_is_shown_when_it_is_whole() -> None:
    """A log that is opened late is one story at once, not one that grows."""
    story = Transcript("x")
    story.expect_past()
    for event in (Reopened(), Put(0, Thinking("t")), Put(1, Answer("a"))):
        assert not story.fold(event)
    assert contents(story) == []
    assert story.fold(Settled())
    assert contents(story) == [Thinking("t"), Answer("a")]
    assert story.fold(Put(2, Answer("b")))


def test_what_was_shown_before_a_restart_keeps_its_keys() -> None:
    """The first reading after a restart waits until it is whole, then takes the stored keys."""
    story = Transcript("x")
    story.seed([known("x/9", 9, Answer("Hel")), known("x/1", 1, Thinking("t"))])
    for event in (Reopened(), Put(0, Thinking("t")), Put(1, Answer("Hello"))):
        assert not story.fold(event)
    assert contents(story) == []
    assert story.fold(Settled())
    assert keys(story) == ["x/1", "x/9"]


def test_a_pause_settles_what_was_told_again_whole() -> None:
    """A server that stands still in the middle of its past makes nothing of it new."""
    story = Transcript("x")
    story.seed([known("x/0", 0, Thinking("t")), known("x/1", 1, Answer("Hel"))])
    perhaps = Settled(surely=False)
    for event in (Reopened(), Put(0, Thinking("t")), perhaps, Put(1, Answer("He")), perhaps):
        assert not story.fold(event)
    assert story.reading_again
    assert not story.fold(Put(1, Answer("Hello")))
    assert story.fold(perhaps)
    assert keys(story) == ["x/0", "x/1"]


def test_what_is_missing_does_not_hold_a_log_for_good() -> None:
    """An entry that was shown and is gone keeps the rest waiting only as long as a pause may."""
    story = Transcript("x")
    story.seed([known("x/0", 0, Answer("gone"))])
    for event in (Reopened(), Put(0, Answer("new")), Settled(surely=False)):
        assert not story.fold(event)
    assert story.fold(Settled())
    assert contents(story) == [Answer("new")]


def test_after_a_restart_nothing_is_shown_before_it_is_whole() -> None:
    """With stored entries the very first event waits for `Settled`, too."""
    story = Transcript("x")
    story.seed([known("x/9", 9, Answer("Hel"))])
    assert not story.fold(Put(0, Answer("Hello")))
    assert contents(story) == []


def test_a_stored_key_is_never_given_to_another_entry() -> None:
    """A new entry at a stored key's position gets a key of its own."""
    story = Transcript("x")
    story.seed([known("x/0", 0, Answer("gone"))])
    for event in (Put(0, Thinking("new")), Finished()):
        story.fold(event)
    assert keys(story) == ["x/0~2"]
