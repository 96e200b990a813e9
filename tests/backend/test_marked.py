"""Ids of several backends are kept apart, also where these are copies of each other."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from bot.backend.adapter import VibeKanban
from bot.backend.marked import Mark, MarkedListener
from bot.entries.story import Workspace
from sandbox.kanban import KanbanServer
from tests.backend.rows_for_tests import execution
from tests.fakes.hurried_clock import HurriedClock
from tests.fakes.listener import FakeListener

WORKSPACE = Workspace("w1", "Fix", "vk/1", (("r1", "shop"),), project_id="p1")


def test_every_id_that_leaves_is_marked() -> None:
    """Rows, header data and removals; what comes back is the row as it was."""
    mark, listener = Mark("work/"), FakeListener()
    marked = MarkedListener(listener, mark)
    marked.workspace_changed(WORKSPACE)
    marked.execution_changed(execution())
    marked.execution_removed("e1")
    marked.connection_changed("work", True, None)
    workspace = replace(WORKSPACE, id="work/w1", repositories=(("work/r1", "shop"),))
    row = replace(execution(), id="work/e1", session_id="work/s1", workspace_id="work/w1")
    assert listener.told == [replace(workspace, project_id="work/p1"), row, "work/e1"]
    assert listener.connections == [(True, None)]
    assert mark.unmarked(row) == execution()


def test_without_a_mark_ids_stay_as_they_are() -> None:
    """A single backend, or the first one, needs none."""
    assert Mark().execution(execution()) == execution()
    assert Mark().workspace(replace(WORKSPACE, project_id=None)).project_id is None


async def test_calls_take_marked_ids() -> None:
    """A row is asked for, read, stopped and remembered by the id under which it was told."""
    async with (
        KanbanServer(max_gap_s=1) as kanban,
        VibeKanban("work", kanban.url, mark="work/", clock=HurriedClock()) as backend,
    ):
        listener = FakeListener()
        watching = asyncio.create_task(backend.watch(listener))
        await listener.until(lambda: bool(listener.connections))
        plain = next(iter(kanban.play("long").execution_ids.values()))
        await listener.until(lambda: bool(listener.executions))
        row = listener.executions[0]
        assert (row.id, row.backend) == (f"work/{plain}", "work")
        told = asyncio.Event()
        reading = asyncio.create_task(backend.read_log(row, lambda _: told.set()))
        await asyncio.wait_for(told.wait(), 10)
        await backend.stop(row.id)
        stopped = await backend.execution(row.id, row.workspace_id)
        assert stopped is not None
        assert (stopped.id, stopped.workspace_id) == (row.id, row.workspace_id)
        assert not stopped.running
        past = await backend.history(row.session_id, row.workspace_id)
        assert [one.id for one in past] == [row.id]
        choices = await backend.repositories()
        assert [name for _, name in choices] == ["work · shop"]
        assert all(id_.startswith("work/") for id_, _ in choices)
        for task in (reading, watching):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
