"""How streams and logs of a real server differ from the truth, each lie when it is asked for."""

from __future__ import annotations

import asyncio
import json
import math
import socket
from contextlib import closing
from typing import Any

import aiohttp
import pytest

from sandbox.kanban import Faults, KanbanServer, Recording
from sandbox.kanban.reorder import reordered
from sandbox.kanban.streams import Log

from .client import PATIENCE_S, WORKSPACES, Client, session_stream
from .stepped import SteppedTime, settled

FINISHED = '{"finished":true}'
BIG = "x" * 200_000


def _entry(number: int, text: str, kind: str = "assistant_message") -> dict[str, Any]:
    content = {"timestamp": None, "entry_type": {"type": kind}, "content": text}
    value = {"type": "NORMALIZED_ENTRY", "content": content}
    return {"JsonPatch": [{"op": "add", "path": f"/entries/{number}", "value": value}]}


def _made(count: int = 4) -> Recording:
    return Recording.of_frames([(0.5, _entry(number, "text")) for number in range(count)])


async def test_a_change_between_snapshot_and_subscription_is_lost(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """The row is told as it was, and its change never; the next change of it is told."""
    play = kanban.play("basic")
    await client.born(play)
    before = kanban.world.workspaces[play.workspace_id].row["updated_at"]
    kanban.subscribe_gap_s = 60.0
    listening = asyncio.create_task(_first_frames(client, 3))
    async with asyncio.timeout(PATIENCE_S):
        await kanban.until_sockets_opened(1)
    await settled()
    kanban.world.touch_workspace(play.workspace_id, time.now_s + 1)
    await time.advance(60.0)
    kanban.world.touch_workspace(play.workspace_id, time.now_s + 2)
    snapshot, ready, change = map(json.loads, await listening)
    (row,) = snapshot["JsonPatch"][0]["value"].values()
    assert (row["updated_at"], ready) == (before, {"Ready": True})
    now = kanban.world.workspaces[play.workspace_id].row["updated_at"]
    assert change["JsonPatch"][0]["value"]["updated_at"] == now


async def _first_frames(client: Client, count: int) -> list[str]:
    async with client.listening(WORKSPACES) as heard:
        return await heard.until_frames(count)


async def test_after_the_gap_changes_are_told_again(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Without a gap, and after it, no change of a row is missed."""
    play = kanban.play("basic")
    await client.born(play)
    async with client.listening(WORKSPACES) as heard:
        kanban.world.touch_workspace(play.workspace_id, time.now_s + 1)
        kanban.world.touch_workspace(play.workspace_id, time.now_s + 2)
        first, *changes = await heard.until_patches(3)
    assert first["op"] == "replace"
    assert len({change["value"]["updated_at"] for change in changes}) == 2


async def test_frames_between_history_and_subscription_are_lost(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Who opens a running log loses the frames that come next, and gets those after them."""
    play = kanban.play(_made(6), faults=Faults(log_gap=2))
    execution_id = await client.born(play)
    await time.until(lambda: len(kanban.execution(execution_id).log.history) == 3)
    async with client.log(play) as heard:
        await client.played(play)
        await heard.until_ended()
    assert [op["path"] for op in heard.patches] == [f"/entries/{n}" for n in (0, 1, 2, 5)]


async def test_a_reader_that_lags_loses_the_oldest() -> None:
    """The history is read whole; of what follows only the last frames of the ring are kept."""
    log = Log(ring=3)
    log.append(b"0")
    log.append(b"1")
    reader = log.frames()
    assert await anext(reader) == b"0"
    for number in range(2, 10):
        log.append(b"%d" % number)
    log.end()
    assert [frame async for frame in reader] == [b"1", b"7", b"8", b"9"]


async def test_a_client_that_reads_too_slowly_loses_lines_silently(
    time: SteppedTime,
) -> None:
    """What a socket does not take in time never comes, and the log ends as if all was said."""
    frames = [(0.5, _entry(number, BIG)) for number in range(100)]
    async with KanbanServer(ring=10, clock=time.clock, sleep=time.sleep) as kanban:
        play = kanban.play(Recording.of_frames(frames))
        await time.until(lambda: len(play.rows()) == 1)
        path = f"/api/execution-processes/{play.rows()[0]['id']}/normalized-logs/ws"
        with closing(_connected(kanban)) as slow:
            reader, writer = await asyncio.open_connection(sock=slow, limit=2**16)
            writer.write(_upgrade(path))
            async with asyncio.timeout(PATIENCE_S):
                await kanban.until_sockets_opened(1)
                await settled()
                await time.until(play.done.done)
                said = await _until(reader, FINISHED.encode())
            writer.close()
    numbers = [n for n in range(100) if f'"/entries/{n}"'.encode() in said]
    assert numbers[-10:] == list(range(90, 100))
    assert len(numbers) < 100


async def _until(reader: asyncio.StreamReader, end: bytes) -> bytes:
    said = bytearray()
    while end not in said[-(2**17) :]:
        piece = await reader.read(2**16)
        assert piece, "it ended too early"
        said += piece
    return bytes(said)


def _connected(kanban: KanbanServer) -> socket.socket:
    """Connect with so little room that the server cannot hand over everything at once."""
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
    slow.connect((kanban.host, kanban.port))
    slow.setblocking(False)
    return slow


def _upgrade(path: str) -> bytes:
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    head = f"Connection: Upgrade\r\nUpgrade: websocket\r\n{key}"
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode()


async def test_the_row_may_end_before_the_log(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Finished comes as long after the row's end as was asked for."""
    play = kanban.play(_made(), faults=Faults(finished_after_s=5.0))
    execution_id = await client.born(play)
    execution = kanban.execution(execution_id)
    async with client.log(play) as heard:
        await time.until(lambda: not execution.running)
        ended_s = time.now_s
        assert not execution.log.ended
        await time.until(lambda: execution.log.ended)
        assert time.now_s - ended_s == pytest.approx(5.0, abs=0.001)
        assert (await heard.until_ended())[-1] == FINISHED


async def test_the_log_may_finish_before_the_row(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Finished first cuts off what would follow; a second reading has that too."""
    play = kanban.play(_made(), faults=Faults(finished_after_s=-0.75))
    execution = kanban.execution(await client.born(play))
    async with client.log(play) as heard:
        await time.until(lambda: execution.log.ended)
        assert execution.running
        assert len(await heard.until_ended()) == 3
        await client.played(play)
    assert not execution.running
    async with client.log(play) as again:
        assert len(await again.until_ended()) == 5


async def test_a_log_may_never_finish(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """The row has ended and the socket stays open, without a word."""
    play = kanban.play(_made(), faults=Faults(finished_after_s=math.inf))
    async with client.log(play) as heard:
        await client.played(play)
        await time.advance(3600)
        await heard.until_frames(4)
        assert play.rows()[0]["status"] == "completed"
        assert not kanban.execution(play.rows()[0]["id"]).log.ended
        assert kanban.open_sockets["normalized"] == 1


async def test_a_second_reading_may_have_another_order(
    kanban: KanbanServer, client: Client
) -> None:
    """All entries are there again, at other positions."""
    frames = [(0.5, _entry(n, f"text {n}")) for n in range(3)]
    frames.insert(2, (0.5, _entry(7, "boo", "error_message")))
    play = kanban.play(Recording.of_frames(frames), faults=Faults(reordered_replay=True))
    async with client.log(play) as live:
        await client.played(play)
        await live.until_ended()
    async with client.log(play) as replay:
        await replay.until_ended()
    texts = [[op["value"]["content"]["content"] for op in h.patches] for h in (live, replay)]
    assert texts == [["text 0", "text 1", "boo", "text 2"], ["text 0", "boo", "text 1", "text 2"]]
    paths = [[op["path"][9:] for op in heard.patches] for heard in (live, replay)]
    assert paths == [["0", "1", "7", "2"], ["0", "1", "7", "2"]]


def test_damage_is_left_where_it_is() -> None:
    """A frame that is no patch keeps its place, and a short log its order."""
    frames = [b"{broken", *(json.dumps(_entry(n, "a")).encode() for n in range(3))]
    assert reordered(frames)[0] == b"{broken"
    assert len(reordered(frames)) == 4
    assert reordered(frames[:3]) == frames[:3]


async def test_from_memory_each_step_is_read_again_from_disk_the_last(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Of a text that grows, a reader in the middle gets every step, one after the end the whole."""
    grown = [(0.5, _grown(text)) for text in ("a", "ab", "abc")]
    play = kanban.play(Recording.of_frames([*grown, (5.0, _entry(1, "end"))]))
    execution = kanban.execution(await client.born(play))
    await time.until(lambda: len(execution.log.history) == 3)
    async with client.log(play) as memory:
        await client.played(play)
        assert len(await memory.until_ended()) == 5
    async with client.log(play) as disk:
        assert len(await disk.until_ended()) == 3


def _grown(text: str) -> dict[str, Any]:
    return {"JsonPatch": [{"op": "replace", "path": "/entries/0", "value": text}]}


@pytest.mark.parametrize(
    ("how", "status", "body"),
    [
        ("soft", 200, '"success":false'),
        ("hard", 500, '"success":false'),
        ("bare", 500, ""),
        ("forbidden", 403, ""),
        ("plain", 400, "Failed to parse"),
    ],
)
async def test_a_call_may_be_refused(
    kanban: KanbanServer, client: Client, how: Any, status: int, body: str
) -> None:
    """Once, in the way that was asked for; the next call is answered."""
    kanban.refuse("GET", "/sessions", how)
    path = "/api/sessions?workspace_id=0a11ce00-0000-4000-8000-000000000001"
    told, _, text = await client.get(path)
    assert (told, text if not body else body in text) == (status, body if not body else True)
    assert await client.data(path) == []


async def test_a_call_may_hang_or_break(kanban: KanbanServer, client: Client) -> None:
    """One call is never answered, the other's connection is closed instead."""
    kanban.refuse("GET", "/api/health", "hang")
    hanging = asyncio.create_task(client.get("/api/health"))
    async with asyncio.timeout(PATIENCE_S):
        while not kanban.requests:
            await asyncio.wait([hanging], timeout=0.01)
    kanban.refuse("POST", "/stop", "drop")
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.post("/api/execution-processes/any/stop")
    assert (await client.get("/api/health"))[0] == 200
    hanging.cancel()
    await asyncio.wait([hanging])
    assert hanging.cancelled()


async def test_two_servers_share_nothing(
    kanban: KanbanServer, older: KanbanServer, client: Client, older_client: Client
) -> None:
    """What one plays is unknown to the other."""
    play, other = kanban.play("basic"), older.play("basic")
    await client.played(play)
    await older_client.played(other)
    assert [row["id"] for row in await client.data("/api/workspaces")] == [play.workspace_id]
    attempts = await older_client.data("/api/task-attempts")
    assert [row["id"] for row in attempts] == [other.workspace_id]
    async with older_client.listening(session_stream(play)) as heard:
        await heard.until_frames(2)
        assert heard.state == {}
