"""What clients see of a recording that is played."""

from __future__ import annotations

import asyncio
import json
import re
import time
from contextlib import suppress
from typing import Any

import pytest

from sandbox.kanban import KanbanServer, Recording, instants, load, names
from sandbox.kanban.steps import Kind
from sandbox.kanban.timeline import read

from .client import APPROVALS, WORKSPACES, Client, session_stream


async def test_a_workspace_appears_and_ends(kanban: KanbanServer, client: Client) -> None:
    """The stream opens with a snapshot and Ready, then tells the changes as recorded."""
    async with client.listening(WORKSPACES) as heard:
        await heard.until(lambda heard: len(heard.frames) == 2)
        assert heard.patches == [{"op": "replace", "path": "/workspaces", "value": {}}]
        assert json.loads(heard.frames[1]) == {"Ready": True}
        play = kanban.play("basic")
        await play.done
        await heard.until(lambda heard: len(heard.patches) == 6)
        flags = [(op["op"], op["value"]["is_running"]) for op in heard.patches[1:]]
        assert flags[0] == ("add", False)
        assert flags[-2:] == [("replace", True), ("replace", False)]
        row = heard.state[play.workspace_id]
        assert row["branch"] == f"vk/{play.workspace_id[:4]}-workspace"
        assert row["name"] == "Fix the login check, it accepts an empty token...."


@pytest.mark.parametrize("name", ["basic", "scripts", "queuerun", "cleanupfails", "crash"])
async def test_the_session_stream_tells_every_execution(
    kanban: KanbanServer, client: Client, name: str
) -> None:
    """Rows appear running and change to what the header says, each in its own time."""
    play = kanban.play(name)
    async with client.listening(session_stream(play)) as heard:
        await play.done
        outcomes = load(name).header.executions
        await heard.until(
            lambda heard: (
                [row["status"] for row in heard.state.values()]
                == [outcome.status for outcome in outcomes]
            )
        )
        rows = heard.state
        seen = [(rows[i]["status"], rows[i]["exit_code"]) for i in play.execution_ids.values()]
        assert seen == [(outcome.status, outcome.exit_code) for outcome in outcomes]
        # The play does not wait for who listens: its first row may already be in the snapshot.
        told = ["add"] * len(heard.patches[0]["value"]) + [op["op"] for op in heard.patches[1:]]
        assert told == ["add", "replace"] * len(outcomes)
    assert play.rows() == [rows[i] for i in play.execution_ids.values()]


@pytest.mark.parametrize("name", [name for name in names() if name not in {"missing", "essay"}])
async def test_a_live_log_says_what_was_recorded(
    kanban: KanbanServer, client: Client, name: str
) -> None:
    """Followed from its birth, a log says each recorded frame once, then finished, then closes."""
    play = kanban.play(name, speed=60)
    recorded = [
        bytes(step.body)
        for step in read(load(name)).steps
        if step.kind is Kind.LOG and step.execution == next(iter(play.execution_ids))
    ]
    async with client.log(play) as heard:
        frames = await heard.until_ended()
    assert frames.pop() == '{"finished":true}'
    assert heard.close_code == 1006
    assert len(frames) == len(recorded)
    assert [_neutral(frame) for frame in frames] == [_neutral(f.decode()) for f in recorded]


def _neutral(frame: str) -> Any:
    """Decode a frame without what differs in each play."""
    own = r"[0-9a-f]{4}-workspace|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    return json.loads(re.sub(own, "", frame))


async def test_a_late_reader_gets_everything_said_so_far(
    kanban: KanbanServer, client: Client
) -> None:
    """A log opened in the middle begins with each intermediate patch, and goes on live."""
    play = kanban.play("many", speed=40)
    async with client.log(play) as early:
        await early.until(lambda heard: len(heard.frames) > 100)
        async with client.log(play) as late:
            assert await late.until_ended() == await early.until_ended()


async def test_an_ended_log_is_replayed(kanban: KanbanServer, client: Client) -> None:
    """After the end the log is the replay that was recorded, and reading it touches the row."""
    play = kanban.play("tools")
    await play.done
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
    await play.done
    async with client.log(play) as heard:
        await heard.until_ended()
        assert [op["value"]["type"] for op in heard.patches] == ["STDOUT", "STDERR"]
    async with client.log(play, kind="normalized") as heard:
        assert await heard.until_ended() == ['{"finished":true}']


async def test_scripts_overlap_at_the_seams(kanban: KanbanServer, client: Client) -> None:
    """The next execution exists before the log of the one before it has finished."""
    play = kanban.play("scripts", speed=2)
    async with client.log(play) as setup:
        agent = await client.born(play, 1)
        assert setup.ended is None
        assert kanban.execution(agent).running
        await setup.until_ended()


async def test_a_log_opened_too_early_is_finished_at_once(
    kanban: KanbanServer, client: Client
) -> None:
    """An agent that is not there: a log without entries, and no stream that says failed."""
    play = kanban.play("missing", speed=0.1)
    async with (
        client.listening(session_stream(play)) as session,
        client.listening(WORKSPACES) as workspaces,
    ):
        async with client.log(play) as heard:
            assert await heard.until_ended() == ['{"finished":true}']
        await play.done
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
    await play.done
    assert [row["status"] for row in play.rows()] == ["completed", "running"]
    async with client.log(play, number=1) as heard:
        await heard.until(lambda heard: bool(heard.patches))
        assert kanban.open_sockets["raw"] == 1
        assert heard.ended is None


async def test_an_approval_comes_and_goes(kanban: KanbanServer, client: Client) -> None:
    """A question is put with `replace`, about the play's execution, and removed when decided."""
    async with client.listening(APPROVALS) as heard:
        play = kanban.play("approve")
        await play.done
        await heard.until(lambda heard: len(heard.patches) == 3)
    asked, gone = heard.patches[1:]
    assert (asked["op"], gone["op"]) == ("replace", "remove")
    assert asked["path"] == gone["path"] == f"/pending/{asked['value']['approval_id']}"
    assert asked["value"]["execution_process_id"] == play.rows()[0]["id"]
    async with client.log(play) as log:
        await log.until_ended()


async def test_a_queued_prompt_is_left_behind_or_taken(
    kanban: KanbanServer, client: Client
) -> None:
    """What is queued stays so in one recording; in the other the next execution takes it."""
    left, taken = kanban.play("queue"), kanban.play("queuerun")
    await left.done
    await taken.done
    queued = await client.data(f"/api/sessions/{left.session_id}/queue")
    assert queued["message"]["data"]["message"] == "Then answer this."
    assert queued["message"]["session_id"] == left.session_id
    assert await client.data(f"/api/sessions/{taken.session_id}/queue") == {"status": "empty"}


async def test_each_play_is_another(kanban: KanbanServer, client: Client) -> None:
    """Two plays of one recording share no id and no directory, in rows and in logs."""
    first, second = kanban.play("tools", repo="shop"), kanban.play("tools", repo="api")
    await first.done
    await second.done
    ids = [{p.workspace_id, p.session_id, *p.execution_ids.values()} for p in (first, second)]
    assert ids[0].isdisjoint(ids[1])
    async with client.log(second) as heard:
        text = "".join(await heard.until_ended())
    recorded = load("tools").header
    assert recorded.workspace not in text
    assert f"{recorded.workspace[:4]}-workspace" not in text
    assert f"{second.workspace_id[:4]}-workspace" in text
    assert second.rows()[0]["executor_action"]["typ"]["working_dir"] == "api"


async def test_times_are_of_the_play(kanban: KanbanServer) -> None:
    """Rows begin and end when they do in the play, however fast it is."""
    begun = time.time()
    play = kanban.play("followup")
    await play.done
    first, second = play.rows()
    times = [first["started_at"], first["completed_at"], second["started_at"]]
    assert times == sorted(times)
    assert begun <= instants.parse(first["started_at"]) < begun + 1
    ran = instants.parse(second["completed_at"]) - begun
    assert ran == pytest.approx(play.length_s, abs=0.5)


async def test_a_clock_may_be_given() -> None:
    """On an injected clock a play of minutes takes no time, and is dated by that clock."""
    now = 1_000_000_000.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        await asyncio.sleep(0)

    async with KanbanServer(clock=lambda: now, sleep=sleep) as kanban:
        play = kanban.play("queue")
        await play.done
    assert now == pytest.approx(1_000_000_046.3, abs=0.1)
    assert play.rows()[0]["started_at"].startswith("2001-09-09T01:46:40")


async def test_a_made_recording_is_played_as_it_stands(
    kanban: KanbanServer, client: Client
) -> None:
    """A broken frame, half a surrogate pair and 10 MB reach the client byte for byte."""
    frames = ["{broken", '{"JsonPatch":[{"op":"add","path":"/entries/9","value":"\\ud800"}]}']
    frames.append('{"JsonPatch":[{"op":"add","path":"/entries/12","value":"%s"}]}' % ("x" * 10**7))
    play = kanban.play(Recording.of_frames([(0.5, frame) for frame in frames], status="failed"))
    async with client.log(play) as heard:
        assert await heard.until_ended() == [*frames, '{"finished":true}']
    assert play.rows()[0]["status"] == "failed"
    async with client.log(play) as again:
        assert await again.until_ended() == [*frames, '{"finished":true}']


async def test_a_client_that_does_not_read_holds_up_nobody(
    kanban: KanbanServer, client: Client
) -> None:
    """18 MB are played to the end beside a client that reads none of it."""
    play = kanban.play("essay", speed=200)
    execution_id = await client.born(play)
    _, writer = await asyncio.open_connection(kanban.host, kanban.port)
    path = f"/api/execution-processes/{execution_id}/normalized-logs/ws"
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    upgrade = f"Connection: Upgrade\r\nUpgrade: websocket\r\n{key}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n".encode())
    async with client.log(play) as heard:
        frames = await heard.until_ended()
    assert len(frames) == 1702
    await play.done
    assert kanban.open_sockets["normalized"] == 1
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
