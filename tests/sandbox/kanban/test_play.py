"""What clients see of a recording that is played."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import pytest

from sandbox.kanban import KanbanServer, Recording, instants, load
from sandbox.kanban.server import steady_time
from sandbox.kanban.timeline import read

from .client import APPROVALS, WORKSPACES, Client, session_stream
from .stepped import SteppedTime


async def test_a_workspace_appears_and_ends(kanban: KanbanServer, client: Client) -> None:
    """The stream opens with a snapshot and Ready, then tells the changes as recorded."""
    async with client.listening(WORKSPACES) as heard:
        await heard.until(lambda heard: len(heard.frames) == 2)
        assert heard.patches == [{"op": "replace", "path": "/workspaces", "value": {}}]
        assert json.loads(heard.frames[1]) == {"Ready": True}
        play = kanban.play("basic")
        await client.played(play)
        await heard.until(lambda heard: len(heard.patches) == 6)
        flags = [(op["op"], op["value"]["is_running"]) for op in heard.patches[1:]]
        assert flags[0] == ("add", False)
        assert flags[-2:] == [("replace", True), ("replace", False)]
        row = heard.state[play.workspace_id]
        assert row["branch"] == f"vk/{play.workspace_id[:4]}-workspace"
        assert row["name"] == "Fix the login check, it accepts an empty token...."


async def test_a_late_reader_gets_everything_said_so_far(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """A log opened in the middle begins with each intermediate patch, and goes on live."""
    play = kanban.play("many")
    async with client.log(play) as early:
        await time.until(lambda: len(kanban.execution(play.rows()[0]["id"]).log.history) > 100)
        async with client.log(play) as late:
            await client.played(play)
            frames = await early.until_ended()
            assert len(frames) > 200
            assert await late.until_ended() == frames


async def test_an_ended_log_is_replayed(kanban: KanbanServer, client: Client) -> None:
    """After the end the log is the replay that was recorded, and reading it touches the row."""
    play = kanban.play("tools")
    await client.played(play)
    before = (await client.data(f"/api/workspaces/{play.workspace_id}"))["updated_at"]
    async with client.log(play) as heard:
        frames = await heard.until_ended()
    assert len(frames) == len(read(load("tools")).replays[next(iter(play.execution_ids))]) + 1
    after = (await client.data(f"/api/workspaces/{play.workspace_id}"))["updated_at"]
    assert after > before


async def test_an_ended_script_is_replayed_from_its_raw_log(
    kanban: KanbanServer, client: Client
) -> None:
    """A script's raw log is read again as it was; its normalized log has nothing to say."""
    play = kanban.play("setupfails")
    await client.played(play)
    async with client.log(play) as heard:
        await heard.until_ended()
        assert [op["value"]["type"] for op in heard.patches] == ["STDOUT", "STDERR"]
    async with client.log(play, kind="normalized") as heard:
        assert await heard.until_ended() == ['{"finished":true}']


async def test_scripts_overlap_at_the_seams(kanban: KanbanServer, client: Client) -> None:
    """The next execution exists before the log of the one before it has finished."""
    play = kanban.play("scripts")
    async with client.log(play) as setup:
        agent = await client.born(play, 1)
        before = kanban.execution(play.rows()[0]["id"])
        assert (before.running, before.log.ended) == (False, False)
        assert kanban.execution(agent).running
        await client.played(play)
        await setup.until_ended()


async def test_a_log_opened_too_early_is_finished_at_once(
    kanban: KanbanServer, client: Client
) -> None:
    """An agent that is not there: a log without entries, and no stream that says failed."""
    play = kanban.play("missing")
    async with (
        client.listening(session_stream(play)) as session,
        client.listening(WORKSPACES) as workspaces,
    ):
        async with client.log(play) as heard:
            assert await heard.until_ended() == ['{"finished":true}']
        await client.played(play)
        await workspaces.until(lambda heard: heard.state[play.workspace_id]["is_errored"])
        assert session.state[play.rows()[0]["id"]]["status"] == "running"
    row = await client.data(f"/api/execution-processes/{play.rows()[0]['id']}")
    assert (row["status"], row["exit_code"]) == ("failed", None)
    async with client.log(play) as heard:
        await heard.until_ended()
        assert [op["path"] for op in heard.patches] == ["/entries/2", "/entries/3"]


async def test_a_dev_server_goes_on(kanban: KanbanServer, client: Client) -> None:
    """The agent ends and its workspace does not run, while the dev server still does."""
    play = kanban.play("devserver")
    await client.played(play)
    assert [row["status"] for row in play.rows()] == ["completed", "running"]
    async with client.log(play, number=1) as heard:
        await heard.until(lambda heard: bool(heard.patches))
        assert kanban.open_sockets["raw"] == 1
        assert heard.ended is None


async def test_an_approval_comes_and_goes(kanban: KanbanServer, client: Client) -> None:
    """A question is put with `replace`, about the play's execution, and removed when decided."""
    async with client.listening(APPROVALS) as heard:
        play = kanban.play("approve")
        await client.played(play)
        await heard.until(lambda heard: len(heard.patches) == 3)
    asked, gone = heard.patches[1:]
    assert (asked["op"], gone["op"]) == ("replace", "remove")
    assert asked["path"] == gone["path"] == f"/pending/{asked['value']['approval_id']}"
    assert asked["value"]["execution_process_id"] == play.rows()[0]["id"]


async def test_a_queued_prompt_is_left_behind_or_taken(
    kanban: KanbanServer, client: Client
) -> None:
    """What is queued stays so in one recording; in the other the next execution takes it."""
    left, taken = kanban.play("queue"), kanban.play("queuerun")
    await client.played(left)
    await client.played(taken)
    queued = await client.data(f"/api/sessions/{left.session_id}/queue")
    assert queued["message"]["data"]["message"] == "Then answer this."
    assert queued["message"]["session_id"] == left.session_id
    assert await client.data(f"/api/sessions/{taken.session_id}/queue") == {"status": "empty"}


async def test_each_play_is_another(kanban: KanbanServer, client: Client) -> None:
    """Two plays of one recording share no id and no directory, in rows and in logs."""
    first, second = kanban.play("tools", repo="shop"), kanban.play("tools", repo="api")
    await client.played(first)
    await client.played(second)
    ids = [{p.workspace_id, p.session_id, *p.execution_ids.values()} for p in (first, second)]
    assert ids[0].isdisjoint(ids[1])
    async with client.log(second) as heard:
        text = "".join(await heard.until_ended())
    recorded = load("tools").header
    assert recorded.workspace not in text
    assert f"{recorded.workspace[:4]}-workspace" not in text
    assert f"{second.workspace_id[:4]}-workspace" in text
    assert second.rows()[0]["executor_action"]["typ"]["working_dir"] == "api"


async def test_times_are_of_the_play(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Rows begin and end when they do in the play, however fast it is."""
    begun_s = time.now_s
    play = kanban.play("followup", speed=2)
    await client.played(play)
    first, second = play.rows()
    times = [first["started_at"], first["completed_at"], second["started_at"]]
    assert times == sorted(times)
    assert begun_s <= instants.parse(first["started_at"]) < begun_s + 1
    assert time.now_s - begun_s == pytest.approx(play.length_s, abs=0.001)
    ran_s = instants.parse(second["completed_at"]) - begun_s
    assert ran_s == pytest.approx(play.length_s, abs=0.2)
    assert second["started_at"].startswith("2027-01-15T08:00:0")


async def test_without_a_given_clock_time_is_real() -> None:
    """A play on the real clock takes its time and is dated by the present."""
    before_s = steady_time()
    async with KanbanServer(speed=100, max_gap_s=1) as kanban:
        play = kanban.play("basic")
        await play.done
    assert steady_time() - before_s >= play.length_s
    assert instants.parse(play.rows()[0]["started_at"]) >= before_s


async def test_a_made_recording_is_played_as_it_stands(
    kanban: KanbanServer, client: Client
) -> None:
    """A broken frame, half a surrogate pair and 10 MB reach the client byte for byte."""
    frames = ["{broken", '{"JsonPatch":[{"op":"add","path":"/entries/9","value":"\\ud800"}]}']
    frames.append('{"JsonPatch":[{"op":"add","path":"/entries/12","value":"%s"}]}' % ("x" * 10**7))
    play = kanban.play(Recording.of_frames([(0.5, frame) for frame in frames], status="failed"))
    async with client.log(play) as heard:
        await client.played(play)
        assert await heard.until_ended() == [*frames, '{"finished":true}']
    assert play.rows()[0]["status"] == "failed"
    async with client.log(play) as again:
        assert await again.until_ended() == [*frames, '{"finished":true}']


async def test_a_client_that_does_not_read_holds_up_nobody(
    kanban: KanbanServer, client: Client
) -> None:
    """18 MB are played to the end beside a client that reads none of it."""
    play = kanban.play("essay")
    execution_id = await client.born(play)
    _, writer = await asyncio.open_connection(kanban.host, kanban.port)
    path = f"/api/execution-processes/{execution_id}/normalized-logs/ws"
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    upgrade = f"Connection: Upgrade\r\nUpgrade: websocket\r\n{key}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n".encode())
    async with client.log(play) as heard:
        await client.played(play)
        assert len(await heard.until_ended()) == 1702
    assert kanban.open_sockets["normalized"] == 1
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
