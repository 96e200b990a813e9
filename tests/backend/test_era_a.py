"""The older generation, with projects and tasks, as live sees it: over real sockets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.entries.model import Answer
from bot.entries.story import ExecutionKind, Workspace
from sandbox.kanban import Faults, KanbanServer
from tests.backend.pretend import world
from tests.fakes.listener import eventually


async def test_a_workspace_is_called_as_its_task() -> None:
    """Title and project are the task's; agent and prompt come from its own kind of action."""
    async with world(era="a") as here:
        play = here.kanban.play("scripts")
        assert [told[-1] for told in await here.ended(play)] == ["completed"] * 3
        workspace = here.listener.told[0]
        assert isinstance(workspace, Workspace)
        assert workspace.name == play.recording.header.prompt
        assert [name for _, name in workspace.repositories] == ["shop"]
        assert workspace.choices == {id_ for id_, _ in await here.backend.repositories()}
        kinds = {row.id: row.kind for row in here.listener.executions}
        assert list(kinds.values()) == [
            ExecutionKind.SETUP,
            ExecutionKind.AGENT,
            ExecutionKind.CLEANUP,
        ]
        assert {row.agent for row in here.listener.executions[:2]} == {"claude-code"}
        assert here.backend.health().version == "≤ 0.1.14"


@pytest.mark.parametrize("name", ["basic", "deny", "stopped", "subagent"])
async def test_a_log_is_read_to_its_end(name: str) -> None:
    """What is read live is what a later reading shows, though that repeats each step of growth."""
    async with world(era="a") as here:
        execution = await here.first(here.kanban.play(name))
        live = await here.read(execution)
        assert live
        assert live == await here.read(execution)
        await eventually(lambda: not here.kanban.open_sockets["normalized"])


async def test_a_log_that_is_not_there_yet_is_asked_for_again() -> None:
    """A socket that is refused with 404 is one that came too early, as long as the row runs."""
    async with world(Faults(log_404=4), era="a", speed=4) as here:
        assert len(await here.read(await here.first(here.kanban.play("basic")))) > 5


async def test_a_log_that_never_comes_ends_with_its_row() -> None:
    """The wrong kind of log stays 404 for ever, over as the row is: nobody waits for it."""
    async with world(era="a") as here:
        play = here.kanban.play("scripts")
        script = await here.first(play)
        await here.ended(play)
        assert await here.read(replace(script, kind=ExecutionKind.AGENT)) == []


async def test_a_row_whose_last_event_lies_ends_all_the_same() -> None:
    """The stream goes on to say that it runs; the row says that it is over, and is told once.

    The answer that came damaged, and once more whole, is there once.
    """
    async with world(era="a") as here:
        play = here.kanban.play("unicode")
        execution = await here.first(play)
        answers = [one for one in await here.read(execution) if isinstance(one, Answer)]
        (told,) = await here.ended(play)
        assert told[-1] == "completed"
        assert told.count("completed") == 1
        assert len(answers) == 1
        assert "\ufffd" not in answers[0].text


async def test_a_stop_that_answers_with_an_error_has_stopped() -> None:
    """The row is looked at before anything is said."""
    async with world(era="a", speed=0.1) as here:
        play = here.kanban.play("tools")
        execution = await here.first(play)
        await here.backend.stop(execution.id)
        assert not here.kanban.execution(execution.id).running
        assert await here.ended(play) == [["running", "killed"]]


async def test_a_server_that_is_replaced_by_a_newer_one_is_spoken_to_anew() -> None:
    """An upgrade changes the paths; the next connection finds out."""
    async with world(era="a") as here:
        await here.kanban.kill()
        await here.listener.until(lambda: not here.listener.connections[-1][0])
        async with KanbanServer(port=here.kanban.port, speed=20, max_gap_s=1) as newer:
            await here.listener.until(lambda: here.listener.connections[-1][0])
            play = newer.play("failing")
            assert (await here.ended(play))[0][-1] == "completed"
            assert here.backend.health().version == "0.1.44"
