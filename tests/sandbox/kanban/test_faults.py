"""What can be made to go wrong."""

from __future__ import annotations

import aiohttp
import pytest

from sandbox.kanban import Faults, KanbanServer

from .client import WORKSPACES, Client, session_stream
from .stepped import SteppedTime

REPLACED = '{"JsonPatch":[{"op":"replace","path":"/execution_processes/'


async def test_logs_are_cut_without_a_word(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """A cut log ends without finished; who comes back reads it from the start to its end."""
    play = kanban.play("many", faults=Faults(cut_logs_at=(0.3, 0.6, 0.9)))
    for _ in range(3):
        async with client.log(play) as heard:
            await time.until(lambda: not kanban.open_sockets["normalized"])
            frames = await heard.until_ended()
            assert "finished" not in frames[-1]
            assert frames[0].startswith('{"JsonPatch"')
    async with client.log(play) as heard:
        await client.played(play)
        assert "finished" in (await heard.until_ended())[-1]


async def test_logs_are_cut_at_a_second(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """From 1 on a cut is told in seconds of the play."""
    begun_s = time.now_s
    play = kanban.play("many", faults=Faults(cut_logs_at=(20.0,)))
    async with client.log(play) as heard:
        await time.until(lambda: not kanban.open_sockets["normalized"])
        frames = await heard.until_ended()
    assert 20.0 <= time.now_s - begun_s < 21.0
    assert "finished" not in frames[-1]
    assert play.rows()[0]["status"] == "running"


async def test_streams_are_cut_at_once(kanban: KanbanServer, client: Client) -> None:
    """Workspace, session and log sockets are cut when the test says so, each kind alone."""
    play = kanban.play("many")
    async with (
        client.listening(WORKSPACES) as workspaces,
        client.listening(session_stream(play)) as session,
        client.log(play) as log,
    ):
        assert kanban.cut_workspace_stream() == 1
        await workspaces.until_ended()
        assert session.ended is None
        assert kanban.cut_session_streams() == 1
        await session.until_ended()
        assert log.ended is None
        assert kanban.cut_logs() == 1
        await log.until_ended()


async def test_finished_may_come_too_early(kanban: KanbanServer, client: Client) -> None:
    """The first connections to a running log are told finished at once, the next one is not."""
    play = kanban.play("basic", faults=Faults(early_finished=2))
    for _ in range(2):
        async with client.log(play) as heard:
            assert await heard.until_ended() == ['{"finished":true}']
    assert play.rows()[0]["status"] == "running"
    async with client.log(play) as heard:
        await client.played(play)
        assert len(await heard.until_ended()) > 1


@pytest.mark.parametrize("workspace_too", [False, True])
async def test_streams_may_be_stale(
    kanban: KanbanServer, client: Client, workspace_too: bool
) -> None:
    """The session stream never says that it ended, nor the workspace's if told so; HTTP does."""
    kanban.faults = Faults(stale_session_rows=True, stale_workspace_rows=workspace_too)
    async with client.listening(WORKSPACES) as workspaces:
        await workspaces.until(lambda heard: len(heard.frames) == 2)
        play = kanban.play("basic")
        async with client.listening(session_stream(play)) as session:
            await client.played(play)
            execution_id = play.rows()[0]["id"]
            await session.until(lambda heard: heard.frames[-1].startswith(REPLACED))
            assert session.state[execution_id]["status"] == "running"
            await workspaces.until(lambda heard: len(heard.patches) == 6)
            assert workspaces.state[play.workspace_id]["is_running"] is workspace_too
    async with client.listening(session_stream(play)) as again:
        await again.until(lambda heard: len(heard.frames) == 2)
        assert again.state[execution_id]["status"] == "running"
    row = await client.data(f"/api/execution-processes/{execution_id}")
    assert row["status"] == "completed"


async def test_killed_it_is_gone_and_restarted_it_is_back(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Sockets break without finished; on the same port what ran has failed, its log complete."""
    play, port = kanban.play("many"), kanban.port
    async with client.log(play) as log, client.listening(WORKSPACES) as workspaces:
        await time.advance(10)
        await log.until_frames(50)
        await kanban.kill()
        await log.until_ended()
        await workspaces.until_ended()
        assert "finished" not in log.frames[-1]
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.get("/api/health")
    await client.played(play)
    await kanban.restart()
    assert kanban.port == port
    (row,) = play.rows()
    assert (row["status"], row["exit_code"]) == ("failed", None)
    async with client.listening(session_stream(play)) as session:
        await session.until(lambda heard: len(heard.frames) == 2)
        assert session.state == {row["id"]: row}
    async with client.listening(WORKSPACES) as workspaces:
        await workspaces.until(lambda heard: len(heard.frames) == 2)
        assert workspaces.state[play.workspace_id]["is_errored"]
        assert not workspaces.state[play.workspace_id]["is_running"]
    async with client.log(play) as replay:
        await replay.until_ended()
    final = {op["path"]: op["value"] for op in log.patches}
    assert {op["path"]: op["value"] for op in replay.patches}.items() >= final.items()
    assert len(replay.patches) < len(log.patches)


async def test_a_restart_ends_only_what_ran(kanban: KanbanServer, client: Client) -> None:
    """What had ended keeps its end and its replay; approvals and queue are forgotten."""
    ended, asking = kanban.play("tools"), kanban.play("queue")
    await client.played(ended)
    execution_id = await client.born(asking)
    before = ended.rows()
    await kanban.restart()
    assert ended.rows() == before
    assert kanban.execution(execution_id).truth["status"] == "failed"
    assert await client.data(f"/api/sessions/{asking.session_id}/queue") == {"status": "empty"}
    play = kanban.play("basic")
    await client.played(play)
    assert play.rows()[0]["status"] == "completed"


async def test_a_play_that_breaks_is_reported() -> None:
    """An error inside a play reaches the test that runs the server."""
    with pytest.raises(KeyError):
        async with KanbanServer(speed=1000) as kanban:
            play = kanban.play("basic")
            play.execution_ids.clear()
            await play.done
