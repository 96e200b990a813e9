"""Which turns are remembered, and for how long."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entries.story import Execution, ExecutionKind
from bot.live.sessions import SESSIONS_KEPT, TURNS_KEPT, Sessions
from tests.fakes.live import START, WORKSPACE, execution
from tests.live.stage import COMPLETED, Stage, stage


def row(number: int, session: str, **changes: object) -> Execution:
    """The row of an agent."""
    begun = START + timedelta(seconds=number)
    return replace(execution(f"e{number}"), session_id=session, started_at=begun, **changes)  # type: ignore[arg-type]  # a test changes what it needs


def test_a_row_is_found_with_its_turn() -> None:
    """By its id alone, as removals name it."""
    sessions = Sessions()
    turn = sessions.take(row(1, "s"))
    assert turn is not None
    assert sessions.find("e1") == (turn, row(1, "s"))
    assert sessions.find("e2") is None
    assert "s" in sessions


def test_what_belongs_to_no_turn_leaves_nothing() -> None:
    """A dev server, and a row that was thrown away before anybody saw it."""
    sessions = Sessions()
    assert sessions.take(row(1, "s", kind=ExecutionKind.ASIDE)) is None
    assert sessions.take(row(2, "s", dropped=True)) is None
    assert len(sessions) == 0


def test_what_was_seen_may_be_thrown_away() -> None:
    """A drop of a known row goes to its turn."""
    sessions = Sessions()
    sessions.take(row(1, "s"))
    turn = sessions.take(row(1, "s", dropped=True))
    assert turn is not None
    assert turn.executions[0].dropped


def test_an_agent_that_comes_late_is_a_turn_of_its_own() -> None:
    """Scripts whose turn is over do not take an agent in: nobody would see it."""
    sessions = Sessions()
    setup = sessions.take(row(1, "s", kind=ExecutionKind.SETUP, status=COMPLETED))
    assert setup is not None
    sessions.close(setup)
    agent = sessions.take(row(2, "s"))
    assert agent is not None
    assert agent.id == "e2"


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=900))
def test_the_memory_is_bounded(steps: list[tuple[int, bool]]) -> None:
    """However many turns come and go, no turn that runs is forgotten, and few that are over."""
    sessions = Sessions()
    running: dict[str, Execution] = {}
    for number, (name, ends) in enumerate(steps):
        execution_ = row(number, f"s{name}")
        turn = sessions.take(execution_)
        assert turn is not None
        if ends:
            sessions.close(turn)
        else:
            running[execution_.id] = execution_
    assert all(sessions.find(id_) is not None for id_ in running)
    assert len(sessions) <= SESSIONS_KEPT + len({one.session_id for one in running.values()})


def test_a_long_session_forgets_its_oldest_turns() -> None:
    """Of the turns that are over the last few stay."""
    sessions = Sessions()
    for number in range(TURNS_KEPT + 3):
        turn = sessions.take(row(number, "s"))
        assert turn is not None
        sessions.close(turn)
    known = [number for number in range(TURNS_KEPT + 3) if sessions.find(f"e{number}")]
    assert known == list(range(3, TURNS_KEPT + 3))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let little be remembered, so that few turns are many."""
    monkeypatch.setattr("bot.live.sessions.SESSIONS_KEPT", 3)
    monkeypatch.setattr("bot.live.turns.WORKSPACES_KEPT", 3)
    monkeypatch.setattr("bot.live.sessions.TURNS_KEPT", 2)


def _sizes(s: Stage) -> dict[str, int]:
    """How large everything is that the followers and their tasks keep."""
    kept = {**vars(s.followers), **vars(s.tasks)}
    return {name: len(value) for name, value in kept.items() if isinstance(value, Sized)}


@pytest.mark.usefixtures("few")
async def test_nothing_grows_with_the_turns() -> None:
    """After many turns in many sessions as much is kept as after fewer."""
    async with stage() as s:
        sizes = []
        for number in range(45):
            session, begun = f"s{number // 2}", s.clock.wall()
            s.followers.workspace_changed(replace(WORKSPACE, id=session))
            agent = execution(
                f"e{number}", session_id=session, workspace_id=session, started_at=begun
            )
            s.followers.execution_changed(agent)
            await s.clock.advance(1)
            s.backend.finish(agent.id)
            s.followers.execution_changed(replace(agent, status=COMPLETED, completed_at=begun))
            await s.clock.advance(4)
            sizes.append(_sizes(s))

        assert sizes[-1] == sizes[-11]
        assert max(sizes[-1].values()) <= 20
