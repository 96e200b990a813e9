"""Which executions are one story, how it ended and when it is over: a pure fold over rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.entries.story import Execution, ExecutionKind, ExecutionStatus, Outcome, OutcomeKind

LOG_GRACE_S = 3.0
"""How long after its row is terminal an execution's log is waited for."""

BEHIND_GRACE_S = 45.0
"""The same for a log whose connection is broken: longer than the longest pause before it is
opened again, so that what was said meanwhile is not lost."""

FOLLOWER_GRACE_S = 1.0
"""How long after the last terminal row another execution of the same turn may still appear."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt's chain of executions in one session, in order of their start.

    `id` is the first execution's that was seen; it never changes. What is `over` takes no agent
    in any more.
    """

    id: str
    session_id: str
    workspace_id: str
    backend: str
    executions: tuple[Execution, ...]
    over: bool = False

    @property
    def agent(self) -> Execution | None:
        """The agent's execution; a turn has at most one."""
        return next((e for e in self.executions if e.kind is ExecutionKind.AGENT), None)

    @property
    def running(self) -> bool:
        """Whether any execution runs by its row."""
        return any(e.running for e in self.executions)

    def find(self, execution_id: str) -> Execution | None:
        """The execution with this id, if it belongs to the turn."""
        return next((e for e in self.executions if e.id == execution_id), None)


@dataclass(frozen=True, slots=True)
class Logs:
    """Whose logs are complete, and whose connection broke and has not caught up yet."""

    finished: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()

    def grace_s(self, execution_id: str) -> float:
        """How long after the terminal row this log is waited for."""
        if execution_id in self.finished:
            return 0.0
        return BEHIND_GRACE_S if execution_id in self.behind else LOG_GRACE_S


@dataclass(frozen=True, slots=True)
class Assigned:
    """The turns of one session after a row was folded in, and the turn it went to (None: aside)."""

    turns: tuple[Turn, ...]
    turn: Turn | None


def assign(turns: tuple[Turn, ...], execution: Execution) -> Assigned:
    """Fold one row into its session's turns; idempotent, and no row ever changes its turn."""
    if execution.kind is ExecutionKind.ASIDE:
        return Assigned(turns, None)
    home = _home(turns, execution)
    if home is None:
        turn = _alone(execution)
        return Assigned((*turns, turn), turn)
    grown = replace(home, executions=_upsert(home.executions, execution))
    return Assigned(tuple(grown if turn is home else turn for turn in turns), grown)


def history(executions: Iterable[Execution], names: Collection[str]) -> tuple[Turn, ...]:
    """Fold every row of a session, in any order; what was shown as one of `names` is called so.

    What was shown as two turns stays two.
    """
    turns: tuple[Turn, ...] = ()
    for execution in sorted(executions, key=lambda e: (e.started_at, e.id)):
        assigned = assign(turns, execution)
        home = assigned.turn
        if home is not None and len(_names(home, names)) > 1:
            # It was over when this one came, or it would have taken it in.
            before = tuple(replace(t, over=True) if t.id == home.id else t for t in turns)
            turns = (*before, _alone(execution))
        else:
            turns = assigned.turns
    return tuple(replace(turn, id=next(iter(_names(turn, names)), turn.id)) for turn in turns)


def _names(turn: Turn, names: Collection[str]) -> list[str]:
    return [execution.id for execution in turn.executions if execution.id in names]


def _alone(execution: Execution) -> Turn:
    return Turn(
        execution.id,
        execution.session_id,
        execution.workspace_id,
        execution.backend,
        (execution,),
    )


def _home(turns: tuple[Turn, ...], execution: Execution) -> Turn | None:
    """The turn a row belongs to: its own, else by kind the next or the previous agent's."""
    for turn in turns:
        if turn.find(execution.id) is not None:
            return turn
    if execution.kind is ExecutionKind.AGENT:
        return _waiting_for_agent(turns, execution)
    if execution.kind is ExecutionKind.SETUP:
        return _taking_setup(turns, execution)
    return _last(
        t for t in turns if t.agent is not None and t.agent.started_at <= execution.started_at
    )


def _waiting_for_agent(turns: Iterable[Turn], agent: Execution) -> Turn | None:
    return _last(
        turn
        for turn in turns
        if not turn.over
        and turn.agent is None
        and all(e.started_at <= agent.started_at for e in turn.executions)
        and all(e.kind is ExecutionKind.SETUP for e in turn.executions)
        and not any(failed(e) for e in turn.executions)
    )


def _taking_setup(turns: Iterable[Turn], script: Execution) -> Turn | None:
    """A setup script joins scripts that wait for an agent, or the agent that started after it."""
    return _last(
        turn
        for turn in turns
        if (
            not turn.over
            and turn.agent is None
            and all(e.kind is ExecutionKind.SETUP for e in turn.executions)
            and not any(failed(e) for e in turn.executions)
        )
        or (turn.agent is not None and turn.agent.started_at >= script.started_at)
    )


def _last(turns: Iterable[Turn]) -> Turn | None:
    found = None
    for turn in turns:
        found = turn
    return found


def _upsert(executions: tuple[Execution, ...], execution: Execution) -> tuple[Execution, ...]:
    others = tuple(e for e in executions if e.id != execution.id)
    return tuple(sorted((*others, execution), key=lambda e: (e.started_at, e.id)))


def failed(execution: Execution) -> bool:
    """Whether its row says it ended badly."""
    return execution.status in (ExecutionStatus.FAILED, ExecutionStatus.KILLED)


def over_at(
    turn: Turn, terminal_at: Mapping[str, float], logs: Logs, *, agent_followed: bool
) -> float | None:
    """When the turn is over, in the clock's seconds; None while a row still runs.

    `terminal_at` is when each terminal row was learned; `agent_followed`: another agent has started
    in the session, so nothing more belongs here.
    """
    if turn.running or not turn.executions:
        return None
    ends = [terminal_at[e.id] for e in turn.executions]
    read = max(at + logs.grace_s(e.id) for e, at in zip(turn.executions, ends, strict=True))
    return read if agent_followed else max(read, max(ends) + FOLLOWER_GRACE_S)


def outcome(turn: Turn, *, agent_spoke: bool) -> Outcome:
    """How a turn ended, by its agent's row; without an agent, by its last script's.

    `agent_spoke`: its log has an entry a person would see other than errors. A failure
    without exit code is "could not start" when it never spoke, else "interrupted".
    """
    agent = turn.agent
    decisive = agent or turn.executions[-1]
    cleanup = next(
        (e for e in turn.executions if e.kind is ExecutionKind.CLEANUP and failed(e)), None
    )
    return Outcome(
        kind=_kind(decisive, is_agent=agent is not None, spoke=agent_spoke),
        exit_code=decisive.exit_code,
        duration_s=duration_s(turn),
        cleanup_failed=cleanup is not None and agent is not None,
        cleanup_exit_code=cleanup.exit_code if cleanup is not None else None,
    )


def _kind(decisive: Execution, *, is_agent: bool, spoke: bool) -> OutcomeKind:
    if decisive.dropped:
        return OutcomeKind.RESET
    if decisive.status is ExecutionStatus.KILLED:
        return OutcomeKind.STOPPED
    if decisive.status is ExecutionStatus.FAILED:
        if decisive.exit_code is None and is_agent:
            return OutcomeKind.INTERRUPTED if spoke else OutcomeKind.COULD_NOT_START
        if decisive.exit_code is None:
            return OutcomeKind.INTERRUPTED
        return OutcomeKind.FAILED
    return OutcomeKind.DONE


def duration_s(turn: Turn) -> float:
    """From the first start to the last end, in seconds; 0 where a row says neither."""
    ends = [e.completed_at for e in turn.executions if e.completed_at is not None]
    starts = [e.started_at for e in turn.executions]
    if not ends or not starts:
        return 0.0
    return max(0.0, (max(ends) - min(starts)).total_seconds())
