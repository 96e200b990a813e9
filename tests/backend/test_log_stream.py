"""Reading one log to its true end."""

from datetime import UTC, datetime

import pytest

from bot.backend.errors import BackendError, NotFound, NotReachable
from bot.backend.log_stream import (
    BURST_AT_MOST_S,
    CONFIRM_AFTER_S,
    EARLY_RETRIES,
    EARLY_RETRY_S,
    IDLE_S,
    LONG_BURST_S,
    PAUSES_COUNT_AFTER_S,
    SHORT_SILENCE_S,
    SILENCE_S,
    LogReader,
)
from bot.backend.schema import ExecutionRow
from bot.entries.events import Finished, Interrupted, LogEvent, Put, Reopened, Settled
from bot.entries.model import Answer, Excerpt, Script, ScriptKind, ToolStatus
from bot.entries.story import Execution, ExecutionStatus
from bot.entries.transcript import Transcript
from tests.backend.rows_for_tests import execution, row, script
from tests.backend.wire import FINISHED, chunk, remove, say
from tests.fakes.log_source import CUT, SILENCE, FakeLogSource

DONE = row("completed", exit_code=0)
CUT_AT_ONCE: list[object] = [CUT]


class InstantClock:
    """Time jumps ahead wherever somebody waits for it."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.per_call_s = 0.0
        self._now = 0.0

    def now(self) -> float:
        """Monotonic seconds."""
        self._now += self.per_call_s
        return self._now

    def wall(self) -> datetime:
        """Not asked for here."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Remember, and go on."""
        self.slept.append(seconds)

    async def wait(self, event: object, timeout_s: float | None) -> bool:
        """Not asked for here."""
        raise NotImplementedError


class Reading:
    """One log that was read, with all that it told."""

    def __init__(
        self,
        connections: list[list[object] | BackendError],
        rows: list[ExecutionRow | BackendError],
        of: Execution | None = None,
    ) -> None:
        self.source = FakeLogSource(connections, rows)
        self.clock = InstantClock()
        self.events: list[LogEvent] = []
        self.of = of or execution()

    async def read(self) -> Execution:
        """Read it to the end."""
        reader = LogReader(self.source, self.clock, lambda: 1.0)
        return await reader.read(self.of, self.events.append)

    @property
    def shown(self) -> list[object]:
        """What a person sees in the end."""
        transcript = Transcript("x")
        for event in self.events:
            transcript.fold(event)
        return [entry.content for entry in transcript.snapshot().entries]


async def test_a_log_is_told_as_it_comes_and_confirmed_after_its_end() -> None:
    """Events come in order, `Finished` once and last; the log is read once more for its truth."""
    reading = Reading([[say(0, "a"), FINISHED], [say(0, "a"), say(1, "late"), FINISHED]], [DONE])
    ended = await reading.read()
    assert ended.status is ExecutionStatus.COMPLETED
    assert reading.events == [
        Reopened(),
        Put(0, Answer("a")),
        Settled(),
        Reopened(),
        Put(0, Answer("a")),
        Put(1, Answer("late")),
        Settled(),
        Finished(),
    ]
    assert reading.clock.slept == [CONFIRM_AFTER_S]


@pytest.mark.parametrize(
    "again",
    [
        [say(0, "a"), FINISHED],
        [say(0, "a"), CUT],
        [say(0, "a"), SILENCE],
        [FINISHED],
        NotReachable(),
    ],
)
async def test_a_replay_that_lags_replaces_nothing(again: list[object] | BackendError) -> None:
    """A second reading that tells less than the first is dropped."""
    reading = Reading([[say(0, "a"), say(1, "b"), FINISHED], again], [DONE])
    await reading.read()
    assert reading.shown == [Answer("a"), Answer("b")]
    assert reading.events.count(Reopened()) == 1
    assert reading.events[-1] == Finished()


async def test_an_end_before_the_beginning_is_tried_again() -> None:
    """A log that says finished, or is not there, while its row runs is opened again soon."""
    connections: list[list[object] | BackendError] = [
        [FINISHED],
        NotFound(),
        [say(0, "a"), FINISHED],
        [say(0, "a"), FINISHED],
    ]
    reading = Reading(connections, [row(), row(), DONE])
    await reading.read()
    assert reading.clock.slept == [EARLY_RETRY_S, EARLY_RETRY_S, CONFIRM_AFTER_S]
    assert reading.shown == [Answer("a")]


async def test_early_ends_are_tried_less_often_in_the_long_run() -> None:
    """After the quick attempts the delays grow."""
    early: list[list[object] | BackendError] = [[FINISHED] for _ in range(EARLY_RETRIES + 3)]
    rows: list[ExecutionRow | BackendError] = [row() for _ in early]
    reading = Reading([*early, [say(0, "a"), FINISHED], CUT_AT_ONCE], [*rows, DONE])
    await reading.read()
    assert reading.clock.slept[EARLY_RETRIES:-1] == [1, 2, 4]


async def test_cuts_are_healed() -> None:
    """A socket cut five times shows everything once; delays are short as data came each time."""
    cuts: list[list[object] | BackendError] = [
        [*(say(n, str(n)) for n in range(length)), CUT] for length in range(1, 6)
    ]
    whole: list[object] = [*(say(n, str(n)) for n in range(6)), FINISHED]
    reading = Reading([*cuts, whole, whole], [DONE])
    await reading.read()
    assert reading.shown == [Answer(str(n)) for n in range(6)]
    assert reading.clock.slept == [1, 1, 1, 1, 1, CONFIRM_AFTER_S]


async def test_a_server_that_is_away_is_tried_with_growing_delays() -> None:
    """Connecting alone does not make delays short again; data does."""
    away: list[list[object] | BackendError] = [
        NotReachable(),
        [CUT],
        NotReachable(),
        [say(0, "a"), CUT],
        [say(0, "a"), FINISHED],
        [say(0, "a"), FINISHED],
    ]
    reading = Reading(away, [DONE])
    await reading.read()
    assert reading.clock.slept == [1, 2, 4, 1, CONFIRM_AFTER_S]


async def test_an_end_is_believed_only_with_the_row() -> None:
    """While the row says running, a finished log is opened again, ever less often."""
    told: list[list[object] | BackendError] = [[say(0, "a"), FINISHED] for _ in range(4)]
    reading = Reading([*told, [say(0, "a"), FINISHED]], [row(), NotReachable(), row(), DONE])
    await reading.read()
    assert reading.clock.slept == [1, 2, 4, CONFIRM_AFTER_S]


async def test_a_row_that_is_gone_has_ended() -> None:
    """Nothing is waited for when execution and log are not there."""
    reading = Reading([NotFound(), NotFound()], [NotFound()])
    assert await reading.read() == execution()
    assert reading.events == [Finished()]


async def test_a_silence_settles_a_reading() -> None:
    """What comes after a pause is perhaps new, and surely later on; without words nothing is."""
    says: list[object] = [
        SILENCE,
        say(0, "a"),
        SILENCE,
        say(1, "b"),
        SILENCE,
        say(2, "c"),
        FINISHED,
    ]
    reading = Reading([says, CUT_AT_ONCE], [DONE])
    reading.clock.per_call_s = PAUSES_COUNT_AFTER_S / 6
    await reading.read()
    assert reading.events[:6] == [
        Reopened(),
        Put(0, Answer("a")),
        Settled(surely=False),
        Put(1, Answer("b")),
        Settled(),
        Put(2, Answer("c")),
    ]
    assert reading.source.sockets[0].timeouts[-3:] == [SILENCE_S, IDLE_S, IDLE_S]


async def test_a_repeat_is_over_when_as_much_was_told_as_before() -> None:
    """A log that goes on without a pause is shown as soon as it has caught up."""
    before: list[object] = [say(0, "a"), say(0, "ab"), CUT]
    after: list[object] = [say(0, "a"), say(0, "ab"), say(0, "abc"), FINISHED]
    reading = Reading([before, after, CUT_AT_ONCE], [DONE])
    await reading.read()
    assert reading.events[3:8] == [
        Interrupted(),
        Reopened(),
        Put(0, Answer("a")),
        Put(0, Answer("ab")),
        Settled(),
    ]


async def test_a_burst_without_end_is_taken_for_new() -> None:
    """After some seconds without a pause the reading is shown."""
    reading = Reading([[say(0, "a"), say(0, "ab"), say(0, "abc"), FINISHED], CUT_AT_ONCE], [DONE])
    reading.clock.per_call_s = BURST_AT_MOST_S / 4 + 0.1
    await reading.read()
    assert reading.events[:4] == [
        Reopened(),
        Put(0, Answer("a")),
        Put(0, Answer("ab")),
        Settled(),
    ]


async def test_a_fast_burst_is_a_repetition() -> None:
    """What comes faster than any agent speaks is the past, however long it takes."""
    past = [say(0, "a" * n) for n in range(1, 3000)]
    reading = Reading([[*past, FINISHED], CUT_AT_ONCE], [DONE])
    reading.clock.per_call_s = 1.5 * BURST_AT_MOST_S / (2 * len(past))
    await reading.read()
    assert reading.events[-2:] == [Settled(), Finished()]
    assert reading.events.count(Settled()) == 1


async def test_after_a_while_a_short_pause_will_do() -> None:
    """An agent that talks all the time is not taken for its own past for long."""
    says: list[object] = [say(0, "a"), say(0, "ab"), SILENCE, say(0, "abc"), FINISHED]
    reading = Reading([says, CUT_AT_ONCE], [DONE])
    reading.clock.per_call_s = LONG_BURST_S / 2.5
    await reading.read()
    assert Settled(surely=False) in reading.events
    assert reading.source.sockets[0].timeouts[:4] == [
        SILENCE_S,
        SHORT_SILENCE_S,
        SHORT_SILENCE_S,
        SILENCE_S,
    ]


async def test_a_long_past_is_not_cut_short() -> None:
    """Much that comes at once is a repeat: a short pause does not end it, however long it takes."""
    past = [say(0, "a" * n) for n in range(1, 1000)]
    reading = Reading([[*past, SILENCE, FINISHED], CUT_AT_ONCE], [DONE])
    reading.clock.per_call_s = 2 * LONG_BURST_S / (2 * len(past))
    await reading.read()
    assert set(reading.source.sockets[0].timeouts[: len(past) + 1]) == {SILENCE_S}


async def test_a_log_that_begins_anew_settles_again() -> None:
    """After a burst of removals a silence says when the new log has caught up."""
    says: list[object] = [
        say(0, "a"),
        SILENCE,
        remove(0),
        remove(0),
        say(0, "b"),
        SILENCE,
        FINISHED,
    ]
    reading = Reading([says, CUT_AT_ONCE], [DONE])
    await reading.read()
    assert reading.shown == [Answer("b")]


async def test_a_log_that_never_says_finished_ends_with_its_row() -> None:
    """After a long silence the row decides."""
    says: list[object] = [say(0, "a"), SILENCE, SILENCE, SILENCE]
    reading = Reading([says, CUT_AT_ONCE], [row(), DONE])
    reading.clock.per_call_s = PAUSES_COUNT_AFTER_S
    await reading.read()
    assert reading.shown == [Answer("a")]


async def test_a_script_is_one_growing_content() -> None:
    """Chunks become one output; the last word has status, code and duration."""
    failed = row("failed", exit_code=3)
    says: list[object] = [chunk(0, "inst"), chunk(1, "alling\nE: no\n", "STDERR"), FINISHED]
    reading = Reading([says], [failed], script())
    await reading.read()
    assert reading.source.opened == [True]
    assert reading.events[1] == Put(0, Script(ScriptKind.SETUP, ToolStatus.RUNNING))
    output = Excerpt("installing\nE: no", tail=True)
    assert reading.shown == [Script(ScriptKind.SETUP, ToolStatus.FAILED, 3, 7.5, output)]


async def test_a_script_without_output_is_read_once_more() -> None:
    """Its log may have ended before it began."""
    reading = Reading([[FINISHED], [chunk(0, "late\n"), FINISHED]], [DONE], script())
    await reading.read()
    (shown,) = reading.shown
    assert isinstance(shown, Script)
    assert shown.output == Excerpt("late", tail=True)
