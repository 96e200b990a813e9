"""Turns: which rows are one story, how it ended, when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.entries.story import Execution, ExecutionKind, ExecutionStatus, OutcomeKind
from bot.live.turn import Logs, Turn, assign, outcome, over_at

START = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
AGENT, SETUP, CLEANUP, ASIDE = (
    ExecutionKind.AGENT,
    ExecutionKind.SETUP,
    ExecutionKind.CLEANUP,
    ExecutionKind.ASIDE,
)
RUNNING, COMPLETED, FAILED, KILLED = (
    ExecutionStatus.RUNNING,
    ExecutionStatus.COMPLETED,
    ExecutionStatus.FAILED,
    ExecutionStatus.KILLED,
)


def row(
    id_: str,
    kind: ExecutionKind = AGENT,
    status: ExecutionStatus = RUNNING,
    at_s: float = 0.0,
    *,
    code: int | None = None,
    dropped: bool = False,
    lasted_s: float = 10.0,
) -> Execution:
    ended = None if status is RUNNING else START + timedelta(seconds=at_s + lasted_s)
    return Execution(
        id_,
        "session",
        "workspace",
        kind,
        status,
        START + timedelta(seconds=at_s),
        completed_at=ended,
        exit_code=code,
        dropped=dropped,
    )


def fold(*rows: Execution) -> tuple[Turn, ...]:
    turns: tuple[Turn, ...] = ()
    for execution in rows:
        turns = assign(turns, execution).turns
    return turns


def ids(turns: tuple[Turn, ...]) -> list[list[str]]:
    return [[execution.id for execution in turn.executions] for turn in turns]


class TestAssign:
    def test_setup_agent_and_cleanup_are_one_turn(self) -> None:
        """A setup script belongs to the next agent, a cleanup script to the one before."""
        turns = fold(row("s", SETUP, COMPLETED), row("a", at_s=2), row("c", CLEANUP, at_s=9))

        assert ids(turns) == [["s", "a", "c"]]

    def test_a_new_agent_is_a_new_turn(self) -> None:
        """A follow-up starts a turn of its own, and so does a second agent at once."""
        turns = fold(row("a"), row("b", at_s=1), row("c", at_s=2))

        assert ids(turns) == [["a"], ["b"], ["c"]]

    def test_a_cleanup_belongs_to_the_agent_before_it(self) -> None:
        """The cleanup of the first agent stays with it when it is seen after the second began."""
        turns = fold(row("a", AGENT, COMPLETED), row("b", at_s=5), row("c", CLEANUP, at_s=4))

        assert ids(turns) == [["a", "c"], ["b"]]

    def test_the_second_turns_cleanup_joins_the_second(self) -> None:
        """A cleanup joins the latest agent that started before it."""
        turns = fold(row("a", AGENT, COMPLETED), row("b", at_s=5), row("c", CLEANUP, at_s=6))

        assert ids(turns) == [["a"], ["b", "c"]]

    def test_dev_servers_belong_to_no_turn(self) -> None:
        """A dev server neither starts nor joins a turn."""
        assigned = assign(fold(row("a")), row("d", ASIDE, at_s=1))

        assert assigned.turn is None
        assert ids(assigned.turns) == [["a"]]

    def test_a_dev_server_alone_starts_nothing(self) -> None:
        """A dev server in a session without turns leaves it without turns."""
        assert fold(row("d", ASIDE)) == ()

    def test_parallel_setups_join_one_turn(self) -> None:
        """Setup scripts that run beside each other wait for the same agent."""
        turns = fold(row("s", SETUP), row("t", SETUP, at_s=1), row("a", at_s=2))

        assert ids(turns) == [["s", "t", "a"]]

    def test_a_setup_seen_after_its_agent_joins_it(self) -> None:
        """Rows may come out of order: the setup that began first belongs to the agent."""
        assert ids(fold(row("a", at_s=2), row("s", SETUP, at_s=1))) == [["s", "a"]]

    def test_a_setup_after_an_agent_waits_for_the_next(self) -> None:
        """A setup script that began after the agent belongs to the agent that follows."""
        turns = fold(row("a"), row("s", SETUP, at_s=3), row("b", at_s=4))

        assert ids(turns) == [["a"], ["s", "b"]]

    def test_a_failed_setup_stands_alone(self) -> None:
        """After a failed setup the agent of another try does not join the failed turn."""
        turns = fold(row("s", SETUP, FAILED), row("a", at_s=60))

        assert ids(turns) == [["s"], ["a"]]

    def test_a_new_setup_does_not_join_a_failed_one(self) -> None:
        """A second try begins a new turn with its own setup."""
        turns = fold(row("s", SETUP, FAILED), row("t", SETUP, at_s=60), row("a", at_s=61))

        assert ids(turns) == [["s"], ["t", "a"]]

    def test_an_agent_does_not_join_a_setup_of_later(self) -> None:
        """An agent takes only scripts that began before it."""
        assert ids(fold(row("s", SETUP, at_s=5), row("a", at_s=1))) == [["s"], ["a"]]

    def test_rows_of_one_moment_belong_together(self) -> None:
        """Scripts that began in the same moment as the agent are its own, in whatever order."""
        assert ids(fold(row("s", SETUP), row("t"))) == [["s", "t"]]
        assert ids(fold(row("t"), row("s", SETUP))) == [["s", "t"]]
        assert ids(fold(row("a"), row("c", CLEANUP))) == [["a", "c"]]

    def test_a_lone_cleanup_is_a_turn_of_its_own(self) -> None:
        """A cleanup whose agent was never seen is shown by itself."""
        assert ids(fold(row("c", CLEANUP))) == [["c"]]

    def test_a_row_is_folded_in_place(self) -> None:
        """A newer row of a known execution replaces the older in its turn."""
        turns = fold(row("a"), row("b", at_s=1), row("a", AGENT, COMPLETED, code=0))

        assert ids(turns) == [["a"], ["b"]]
        assert turns[0].executions[0].exit_code == 0
        assert turns[0].id == "a"

    def test_assign_names_the_turn_it_changed(self) -> None:
        """The turn that is returned is the one that holds the row, as it is now."""
        turns = fold(row("a"), row("b", at_s=1))

        assigned = assign(turns, row("b", AGENT, COMPLETED, 1, code=0))

        assert assigned.turn is assigned.turns[1]
        assert assigned.turn is not None
        assert not assigned.turn.running

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 5),
                st.sampled_from([AGENT, SETUP, CLEANUP]),
                st.sampled_from([RUNNING, COMPLETED, FAILED, KILLED]),
            ),
            max_size=14,
        )
    )
    def test_no_row_ever_changes_its_turn(
        self, steps: list[tuple[int, ExecutionKind, ExecutionStatus]]
    ) -> None:
        """Whatever comes in whatever order: a row stays in the turn it was first assigned to."""
        turns: tuple[Turn, ...] = ()
        home: dict[str, str] = {}
        kinds: dict[int, ExecutionKind] = {}
        for number, kind, status in steps:
            kind = kinds.setdefault(number, kind)
            assigned = assign(turns, row(str(number), kind, status, number))
            turns = assigned.turns
            assert assigned.turn is not None
            assert home.setdefault(str(number), assigned.turn.id) == assigned.turn.id
        assert sorted(e.id for t in turns for e in t.executions) == sorted(home)
        assert all(sum(e.kind is AGENT for e in t.executions) <= 1 for t in turns)
        assert all(
            list(t.executions) == sorted(t.executions, key=lambda e: e.started_at) for t in turns
        )


class TestOver:
    def test_a_turn_runs_while_a_row_runs(self) -> None:
        """While any of its rows says running, a turn is not over."""
        (turn,) = fold(row("a", AGENT, COMPLETED), row("c", CLEANUP, at_s=1))

        assert over_at(turn, {"a": 5.0}, Logs(frozenset({"a"})), agent_followed=False) is None

    def test_it_waits_a_second_for_what_may_follow(self) -> None:
        """With its log complete, a turn is over one second after its last terminal row."""
        (turn,) = fold(row("a", AGENT, COMPLETED))

        assert over_at(turn, {"a": 5.0}, Logs(frozenset({"a"})), agent_followed=False) == 6.0

    def test_it_waits_three_seconds_for_a_log(self) -> None:
        """A log that does not finish is waited for three seconds after the row."""
        (turn,) = fold(row("a", AGENT, COMPLETED))

        assert over_at(turn, {"a": 5.0}, Logs(frozenset()), agent_followed=False) == 8.0

    def test_a_broken_connection_is_waited_for_longer(self) -> None:
        """A log that was cut and has not caught up is waited for until it surely could have."""
        (turn,) = fold(row("a", AGENT, COMPLETED))
        logs = Logs(behind=frozenset({"a"}))

        assert over_at(turn, {"a": 5.0}, logs, agent_followed=False) == 50.0

    def test_another_agent_ends_the_wait(self) -> None:
        """When another agent started in the session, only the logs are waited for."""
        (turn,) = fold(row("a", AGENT, COMPLETED))

        assert over_at(turn, {"a": 5.0}, Logs(frozenset({"a"})), agent_followed=True) == 5.0
        assert over_at(turn, {"a": 5.0}, Logs(frozenset()), agent_followed=True) == 8.0

    def test_the_last_row_counts(self) -> None:
        """The wait begins with the row that became terminal last."""
        (turn,) = fold(row("a", AGENT, COMPLETED), row("c", CLEANUP, COMPLETED, 1))
        times = {"a": 5.0, "c": 9.0}

        assert over_at(turn, times, Logs(frozenset({"a", "c"})), agent_followed=False) == 10.0
        assert over_at(turn, times, Logs(frozenset({"c"})), agent_followed=False) == 10.0
        assert over_at(turn, times, Logs(frozenset({"a"})), agent_followed=False) == 12.0


def how(*rows: Execution, spoke: bool = True) -> OutcomeKind:
    turns = fold(*rows)
    return outcome(turns[0], agent_spoke=spoke).kind


class TestOutcome:
    def test_it_is_the_agents_row(self) -> None:
        """Done, failed and stopped are what the agent's row says."""
        assert how(row("a", AGENT, COMPLETED, code=0)) is OutcomeKind.DONE
        assert how(row("a", AGENT, FAILED, code=1)) is OutcomeKind.FAILED
        assert how(row("a", AGENT, KILLED)) is OutcomeKind.STOPPED

    def test_without_a_code_it_depends_on_whether_it_spoke(self) -> None:
        """A failure without exit code is a start that failed, or an interruption."""
        assert how(row("a", AGENT, FAILED), spoke=False) is OutcomeKind.COULD_NOT_START
        assert how(row("a", AGENT, FAILED), spoke=True) is OutcomeKind.INTERRUPTED

    def test_a_dropped_agent_is_a_reset(self) -> None:
        """A turn whose agent was dropped was reset, whatever its status."""
        assert how(row("a", AGENT, COMPLETED, dropped=True)) is OutcomeKind.RESET

    def test_a_failed_setup_fails_the_turn(self) -> None:
        """Without an agent the last script decides, with its exit code."""
        (turn,) = fold(row("s", SETUP, FAILED, code=3))

        result = outcome(turn, agent_spoke=False)

        assert (result.kind, result.exit_code) == (OutcomeKind.FAILED, 3)
        assert not result.cleanup_failed

    def test_a_setup_without_code_was_interrupted(self) -> None:
        """A script that ended without a code did not fail by itself."""
        assert how(row("s", SETUP, FAILED), spoke=False) is OutcomeKind.INTERRUPTED

    def test_a_failed_cleanup_leaves_it_done(self) -> None:
        """The agent decides; the failed cleanup is told beside it."""
        (turn,) = fold(
            row("a", AGENT, COMPLETED, code=0), row("c", CLEANUP, FAILED, at_s=11, code=1)
        )

        result = outcome(turn, agent_spoke=True)

        assert (result.kind, result.exit_code) == (OutcomeKind.DONE, 0)
        assert result.cleanup_failed
        assert result.cleanup_exit_code == 1

    def test_what_went_well_is_not_a_failed_cleanup(self) -> None:
        """Only a cleanup script, and only one that failed, is told beside the end."""
        (clean,) = fold(row("a", AGENT, COMPLETED), row("c", CLEANUP, COMPLETED, 11, code=0))
        (failed,) = fold(row("a", AGENT, FAILED, code=1))

        for turn in (clean, failed):
            result = outcome(turn, agent_spoke=True)
            assert (result.cleanup_failed, result.cleanup_exit_code) == (False, None)

    def test_it_lasts_from_the_first_start_to_the_last_end(self) -> None:
        """The duration spans all of its executions."""
        (turn,) = fold(
            row("s", SETUP, COMPLETED, 0, lasted_s=2), row("a", AGENT, COMPLETED, 2, lasted_s=7)
        )

        assert outcome(turn, agent_spoke=True).duration_s == 9.0
        (short,) = fold(row("a", AGENT, COMPLETED, lasted_s=0.5))
        assert outcome(short, agent_spoke=True).duration_s == 0.5

    def test_without_an_end_it_has_no_duration(self) -> None:
        """Rows without an end give no duration rather than a wrong one."""
        (turn,) = fold(row("a"))

        assert outcome(turn, agent_spoke=True).duration_s == 0.0
