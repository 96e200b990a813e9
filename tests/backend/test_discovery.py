"""What starts, changes and ends, when streams and calls fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from bot.backend.discovery import WORKSPACES_KEPT, Discovery
from bot.backend.errors import NotFound, RefusedByBackend
from bot.backend.rows import Surroundings
from bot.backend.workspace_watch import ASK_AGAIN_S, LINGER_S, RETRY_S, WAIT_FOR_HEADER
from bot.entries.story import Workspace
from tests.backend.rows_for_tests import row
from tests.fakes.clock import FakeClock, settle
from tests.fakes.listener import FakeListener
from tests.fakes.state_source import AWAY, FakeStateSource

RUNNING = row()
DONE = row("completed", exit_code=0)


def wire(execution: object) -> Any:
    """A row as JSON."""
    return msgspec.json.decode(msgspec.json.encode(execution))


def workspace(*, running: bool = True, **more: object) -> dict[str, object]:
    """A workspace's row."""
    return {"id": "w1", "name": "Fix", "branch": "vk/1", "is_running": running, **more}


class Here:
    """Discovery of a fake backend, on a fake clock."""

    def __init__(self) -> None:
        self.source = FakeStateSource()
        self.clock = FakeClock()
        self.listener = FakeListener()
        self.discovery = Discovery(self.source, self.clock, lambda: 1.0)

    async def snapshot(self, *workspaces: dict[str, object]) -> None:
        """Say which workspaces there are."""
        self.source.workspaces.patch("/workspaces", {one["id"]: one for one in workspaces})
        await settle()

    async def stream(self, value: object, op: str = "replace") -> None:
        """Say something about the execution on its session's stream."""
        self.source.streams["s1"].patch("/execution_processes/e1", value, op)
        await settle()

    @property
    def statuses(self) -> list[str]:
        """What was told of the execution."""
        return self.listener.statuses("e1")


@pytest.fixture
async def here() -> AsyncIterator[Here]:
    """Discovery that has connected."""
    here = Here()
    running = asyncio.create_task(here.discovery.run(here.listener))
    await settle()
    yield here
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_running_execution_is_told_under_its_workspace(here: Here) -> None:
    """The header comes first; a repeated row says nothing new."""
    await here.snapshot(workspace(container_ref="/w/1"))
    here.source.streams["s1"].patch("/execution_processes", {"e1": wire(RUNNING)})
    await here.stream(wire(RUNNING))
    assert here.listener.told[0] == Workspace("w1", "Fix", "vk/1", (("r1", "shop"),), "/w/1")
    assert here.statuses == ["running"]
    assert here.discovery.worktree("w1") == "/w/1"
    assert here.discovery.worktree("w2") is None


async def test_a_task_gives_its_title(here: Here) -> None:
    """What stands around a workspace is asked for each time something begins in it."""
    here.source.around = Surroundings((("r1", "shop"),), "Fix the login", "p1")
    await here.snapshot(workspace(task_id="t1"))
    here.source.workspaces.patch("/workspaces/w1", workspace(running=False, task_id="t1"))
    await here.clock.advance(3 * LINGER_S)
    here.source.around = Surroundings((("r1", "shop"),), "Fix the door", "p1")
    here.source.workspaces.patch("/workspaces/w1", workspace(task_id="t1"))
    await settle()
    here.source.workspaces.patch("/workspaces/w1", workspace(task_id="t1"))
    await settle()
    assert here.source.calls["surroundings"] == 2
    told = [one for one in here.listener.told if isinstance(one, Workspace)]
    assert [one.name for one in told] == ["Fix the login", "Fix the door"]
    assert {one.project_id for one in told} == {"p1"}


async def test_many_workspaces_are_remembered_within_bounds(here: Here) -> None:
    """Those that run are kept, and those that changed last; a forgotten one is found again."""
    names = [f"w{n}" for n in range(WORKSPACES_KEPT + 1)]
    rows = [workspace(running=name == "w0") | {"id": name, "container_ref": "/w"} for name in names]
    await here.snapshot(*rows)
    assert here.discovery.worktree("w0") == "/w"
    assert here.discovery.worktree("w1") is None
    here.source.workspaces.patch("/workspaces/w1", rows[1])
    await settle()
    assert here.discovery.worktree("w1") == "/w"
    assert here.discovery.worktree("w2") is None


async def test_an_idle_workspace_is_left_alone_until_it_changes(here: Here) -> None:
    """History is not looked at; a change means a look."""
    await here.snapshot(workspace(running=False))
    assert here.source.calls["sessions"] == 0
    here.source.workspaces.patch("/workspaces/w1", workspace(running=False))
    await settle()
    assert here.source.calls["sessions"] == 1


async def test_a_row_ends_an_execution_not_a_stream(here: Here) -> None:
    """What a stream calls over is over when the row says so."""
    here.source.rows["e1"] = RUNNING
    await here.snapshot(workspace())
    await here.stream(wire(RUNNING))
    await here.stream(wire(DONE))
    assert here.statuses == ["running"]
    here.source.rows["e1"] = DONE
    await here.clock.advance(ASK_AGAIN_S)
    assert here.statuses == ["running", "completed"]
    await here.stream(wire(RUNNING))
    assert here.statuses == ["running", "completed"]


async def test_a_workspace_that_stands_still_has_its_rows_asked_for(here: Here) -> None:
    """At once, and a moment later again."""
    here.source.rows["e1"] = RUNNING
    await here.snapshot(workspace())
    await here.stream(wire(RUNNING))
    here.source.workspaces.patch("/workspaces/w1", workspace(running=False))
    await here.clock.advance(0)
    assert here.source.calls["execution"] == 1
    here.source.rows["e1"] = DONE
    await here.clock.advance(0.3)
    assert here.statuses == ["running", "completed"]


async def test_calls_that_fail_are_made_again(here: Here) -> None:
    """Listing, repositories, streams and rows: none is given up."""
    for name in ("surroundings", "sessions", "session_stream"):
        here.source.failures[name].append(AWAY)
    here.source.rows["e1"] = DONE
    await here.snapshot(workspace())
    await here.clock.advance(5)
    await here.stream(wire(RUNNING))
    assert here.statuses == ["running"]
    here.source.failures["execution"].append(AWAY)
    await here.stream(wire(DONE))
    await here.clock.advance(1)
    assert here.statuses == ["running", "completed"]


async def test_a_turn_is_followed_whatever_its_repositories_answer(here: Here) -> None:
    """A header is decoration: it is waited for a few seconds, and said when it comes."""
    here.source.failures["surroundings"] += [RefusedByBackend(500, None)] * 20
    await here.snapshot(workspace())
    assert "session_stream" not in here.source.calls
    await here.clock.advance(WAIT_FOR_HEADER * RETRY_S)
    await here.stream(wire(RUNNING))
    assert here.statuses == ["running"]
    assert here.listener.told[0] == Workspace("w1", "Fix", "vk/1", (), None)
    for _ in range(20):
        await here.clock.advance(RETRY_S)
    assert here.listener.told[-1] == Workspace("w1", "Fix", "vk/1", (("r1", "shop"),), None)
    assert here.source.calls["session_stream"] == 1


async def test_a_first_connection_that_fails_makes_nothing_new(here: Here) -> None:
    """Until every workspace was told of once, an old one is history."""
    here.source.workspaces.frames.put_nowait(None)
    await here.clock.advance(1)
    await here.snapshot(workspace(running=False, updated_at="2020-01-01T00:00:00Z"))
    assert here.source.calls["workspaces_stream"] == 2
    assert here.source.calls["sessions"] == 0


async def test_a_session_stream_that_ends_is_opened_again(here: Here) -> None:
    """What it may have left out is asked for at once."""
    here.source.rows["e1"] = DONE
    await here.snapshot(workspace())
    await here.stream(wire(RUNNING))
    here.source.streams["s1"].frames.put_nowait(None)
    await settle()
    assert here.statuses == ["running", "completed"]
    await here.clock.advance(1)
    assert here.source.calls["session_stream"] == 2


async def test_a_removed_row_is_looked_after(here: Here) -> None:
    """Of what is known only: a stream tells of every row of the server."""
    await here.snapshot(workspace())
    await here.stream(None, "remove")
    assert here.source.calls["execution"] == 0
    await here.stream(wire(RUNNING))
    await here.stream(None, "remove")
    assert here.listener.told[-1] == "e1"


async def test_a_reset_row_is_told(here: Here) -> None:
    """A dropped row vanishes from the stream, and is there when asked for."""
    here.source.rows["e1"] = DONE
    await here.snapshot(workspace())
    await here.stream(wire(DONE))
    here.source.rows["e1"] = row("completed", dropped=True)
    await here.stream(None, "remove")
    assert [one.dropped for one in here.listener.executions] == [False, True]


async def test_a_deleted_workspace_takes_its_executions_along(here: Here) -> None:
    """Their rows are asked for, and gone; so are its sessions."""
    await here.snapshot(workspace())
    await here.stream(wire(RUNNING))
    here.source.failures["sessions"].append(NotFound())
    here.source.workspaces.patch("/workspaces/w1", None, "remove")
    await here.clock.advance(0)
    assert here.listener.told[-1] == "e1"


async def test_broken_frames_end_nothing(here: Here) -> None:
    """Neither stream stops at what it cannot read."""
    await here.snapshot(workspace())
    stream = here.source.streams["s1"]
    for text in ("{", '{"JsonPatch":7}'):
        stream.frames.put_nowait(text)
        here.source.workspaces.frames.put_nowait(text)
    for value in (7, {"e1": 7}):
        stream.patch("/execution_processes", value)
        here.source.workspaces.patch("/workspaces", value)
    stream.patch("/elsewhere", 7)
    here.source.workspaces.patch("/elsewhere", 7)
    await here.stream(7)
    await here.stream(wire(RUNNING))
    assert here.statuses == ["running"]
    assert here.listener.connections == [(True, None)]


async def test_a_quiet_workspace_is_watched_no_more(here: Here) -> None:
    """Its streams are closed; a change opens them again."""
    await here.snapshot(workspace())
    here.source.workspaces.patch("/workspaces/w1", workspace(running=False))
    await here.clock.advance(3 * LINGER_S)
    before = here.source.calls["session_stream"]
    here.source.workspaces.patch("/workspaces/w1", workspace())
    await settle()
    assert here.source.calls["session_stream"] == before + 1


async def test_a_connection_that_is_lost_is_told_and_made_again(here: Here) -> None:
    """With what changed meanwhile looked at, and what ran asked for."""
    here.source.rows["e1"] = DONE
    await here.snapshot(workspace())
    await here.stream(wire(RUNNING))
    here.source.failures["workspaces_stream"].append(AWAY)
    here.source.workspaces.frames.put_nowait(None)
    await settle()
    assert here.listener.connections[-1][0] is False
    assert here.discovery.health().reachable is False
    await here.clock.advance(5)
    await here.snapshot()
    assert here.statuses == ["running", "completed"]
    assert [up for up, _ in here.listener.connections] == [True, False, False, True]


async def test_a_workspace_that_changed_while_away_is_looked_at(here: Here) -> None:
    """Something may have begun and ended in it."""
    await here.snapshot(workspace(running=False))
    here.source.workspaces.frames.put_nowait(None)
    await here.clock.advance(1)
    await here.snapshot(workspace(running=False, is_errored=True))
    assert here.source.calls["sessions"] == 1
