"""Stopping what runs."""

from __future__ import annotations

import asyncio
import json

from sandbox.kanban import KanbanServer

from .client import APPROVALS, WORKSPACES, Client, session_stream
from .stepped import SteppedTime

INTERRUPTED = "Exit code 137\n[Request interrupted by user for tool use]"


async def test_a_stop_kills_fails_the_tool_and_finishes(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """The row is killed at once, then the running command fails, then the log finishes."""
    play = kanban.play("stopped")
    async with (
        client.listening(session_stream(play)) as session,
        client.listening(WORKSPACES) as workspaces,
        client.log(play) as log,
    ):
        execution_id = next(iter(play.execution_ids.values()))
        history = kanban.execution(execution_id).log.history
        await time.until(lambda: any(b"sleep 45" in frame for frame in history))
        stopping = asyncio.create_task(client.post(f"/api/execution-processes/{execution_id}/stop"))
        await session.until(lambda heard: heard.state[execution_id]["status"] == "killed")
        assert not kanban.execution(execution_id).log.ended
        await time.until(lambda: kanban.execution(execution_id).log.ended)
        status, body = await stopping
        assert (status, json.loads(body)["success"]) == (200, True)
        await log.until_ended()
        assert log.frames[-1] == '{"finished":true}'
        await workspaces.until(lambda heard: heard.state[play.workspace_id]["is_errored"])
        assert not workspaces.state[play.workspace_id]["is_running"]
    tool = log.patches[-1]["value"]["content"]["entry_type"]
    assert tool["status"] == {"status": "failed"}
    assert tool["action_type"]["result"]["output"] == INTERRUPTED
    await client.played(play)
    assert play.rows()[0]["exit_code"] is None
    assert kanban.stops == [execution_id]


async def test_what_has_ended_cannot_be_stopped(kanban: KanbanServer, client: Client) -> None:
    """A second stop is answered by 500 and success:false."""
    play = kanban.play("basic")
    await client.played(play)
    execution_id = play.rows()[0]["id"]
    status, body = await client.post(f"/api/execution-processes/{execution_id}/stop")
    assert (status, json.loads(body)["success"]) == (500, False)


async def test_nothing_follows_a_stop(kanban: KanbanServer, client: Client) -> None:
    """What would have begun later never does, and the log of what ended before is finished."""
    play = kanban.play("scripts")
    agent = await client.born(play, 1)
    await client.posted(f"/api/execution-processes/{agent}/stop", takes_s=0.25)
    await client.played(play)
    assert [row["status"] for row in play.rows()] == ["completed", "killed"]
    for number in (0, 1):
        async with client.log(play, number=number) as heard:
            await heard.until_ended()


async def test_stopping_a_workspace_spares_its_dev_server(
    kanban: KanbanServer, client: Client
) -> None:
    """Everything of a workspace is stopped but its dev server; of two, the other goes on."""
    play = kanban.play("devserver")
    await client.born(play, 1)
    assert (
        await client.posted(f"/api/workspaces/{play.workspace_id}/execution/stop", takes_s=0.25)
    )[0] == 200
    assert [row["status"] for row in play.rows()] == ["killed", "running"]
    await client.played(play)
    assert [row["status"] for row in play.rows()] == ["killed", "running"]


async def test_a_stop_takes_its_question_back(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """With an approval pending, the approval is removed and its tool denied, then failed."""
    async with client.listening(APPROVALS) as approvals:
        play = kanban.play("deny")
        await time.until(lambda: bool(kanban.world.approvals))
        await time.advance(1)
        await approvals.until(lambda heard: bool(heard.state))
        async with client.log(play) as log:
            await log.until(lambda heard: any("pending_approval" in f for f in heard.frames))
            execution_id = play.rows()[0]["id"]
            await client.posted(f"/api/execution-processes/{execution_id}/stop", takes_s=0.25)
            await log.until_ended()
        await approvals.until(lambda heard: not heard.state)
    ends = [op["value"]["content"]["entry_type"]["status"]["status"] for op in log.patches[-2:]]
    assert ends == ["denied", "failed"]


async def test_a_stop_of_nothing(kanban: KanbanServer, client: Client) -> None:
    """Stopping an unknown execution is 404."""
    play = kanban.play("basic")
    status, _ = await client.post(f"/api/execution-processes/{play.workspace_id}/stop")
    assert status == 404
