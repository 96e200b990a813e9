"""Every recording of both eras, played: clients see what the recorder saw."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from sandbox.kanban import Era, KanbanServer, Play, load, names
from sandbox.kanban.steps import Kind, Step
from sandbox.kanban.timeline import read

from .client import ATTEMPTS, WORKSPACES, Client, Heard, session_stream
from .stepped import SteppedTime

FINISHED = '{"finished":true}'
ALL: list[tuple[Era, str]] = [
    *(("c", name) for name in names("c")),
    *(("a", name) for name in names("a")),
]


@pytest.fixture(params=ALL, ids=[name for _, name in ALL])
async def case(
    request: pytest.FixtureRequest, time: SteppedTime, http: aiohttp.ClientSession
) -> AsyncIterator[tuple[KanbanServer, Client, str]]:
    """Serve the era of a recording, and name it."""
    era, name = request.param
    async with KanbanServer(era=era, clock=time.clock, sleep=time.sleep) as kanban:
        yield kanban, Client(kanban, http, time), name


async def test_live_logs_say_what_was_recorded(
    case: tuple[KanbanServer, Client, str],
) -> None:
    """Followed from its birth, each log says every recorded frame once, in order, then finished."""
    kanban, client, name = case
    play = kanban.play(load(name))
    steps = read(load(name)).steps
    async with AsyncExitStack() as stack:
        logs: dict[str, Heard] = {}
        for number, recorded in enumerate(play.execution_ids):
            if any(step.kind is Kind.LOG and step.execution == recorded for step in steps):
                await client.admitted(play, number)
                logs[recorded] = await stack.enter_async_context(client.log(play, number=number))
        await client.played(play)
        for recorded, heard in logs.items():
            own = [step for step in steps if step.execution == recorded]
            said = [bytes(step.body).decode() for step in own if step.kind is Kind.LOG]
            if any(step.kind is Kind.LOG_END for step in own):
                said.append(FINISHED)
            _assert_same(await heard.until_frames(len(said)), said, play, name)


async def test_streams_of_rows_say_what_was_recorded(
    case: tuple[KanbanServer, Client, str],
) -> None:
    """Workspaces, executions and tasks change as they were seen to, each in its own time."""
    kanban, client, name = case
    steps = read(load(name)).steps
    workspaces_path = ATTEMPTS if kanban.world.era == "a" else WORKSPACES
    async with client.listening(workspaces_path) as workspaces:
        play = kanban.play(load(name))
        async with client.listening(session_stream(play)) as session:
            await client.played(play)
            for heard, kind in ((workspaces, Kind.WORKSPACE), (session, Kind.ROW)):
                recorded = [_change(_document(step)) for step in steps if step.kind is kind]
                first, *changes = await heard.until_patches(len(recorded) + 1)
                assert first["value"] == {}
                assert [_change(change) for change in changes] == recorded
    tasks = [_document(step)["value"] for step in steps if step.kind is Kind.TASK]
    if tasks:
        (row,) = kanban.world.tasks.values()
        same = ("title", "description", "status", "last_attempt_failed")
        assert {key: row[key] for key in same} == {key: tasks[-1][key] for key in same}


async def test_the_end_is_what_http_told(case: tuple[KanbanServer, Client, str]) -> None:
    """After the play the rows of its executions are as the header says, whatever streams said."""
    kanban, client, name = case
    play = kanban.play(load(name))
    await client.played(play)
    rows = [await _row(client, play, number) for number in range(len(play.execution_ids))]
    told = [(row["run_reason"], row["status"], row["exit_code"]) for row in rows]
    outcomes = load(name).header.executions
    assert told == [(o.run_reason, o.status, o.exit_code) for o in outcomes]


async def test_replays_say_what_was_recorded(case: tuple[KanbanServer, Client, str]) -> None:
    """Read again after the end, each log says what its second reading was seen to say."""
    kanban, client, name = case
    play = kanban.play(load(name))
    await client.played(play)
    for recorded, frames in read(load(name)).replays.items():
        number = list(play.execution_ids).index(recorded)
        async with client.log(play, number=number) as heard:
            said = [*(bytes(frame).decode() for frame in frames), FINISHED]
            _assert_same(await heard.until_frames(len(said)), said, play, name)


async def _row(client: Client, play: Play, number: int) -> dict[str, Any]:
    execution_id = list(play.execution_ids.values())[number]
    row: dict[str, Any] = await client.data(f"/api/execution-processes/{execution_id}")
    return row


def _document(step: Step) -> dict[str, Any]:
    operation: dict[str, Any] = json.loads(step.body)
    return operation


def _change(operation: dict[str, Any]) -> dict[str, Any]:
    """Take what no play changes out of a patch."""
    same = ("is_running", "is_errored", "name", "status", "exit_code", "run_reason")
    value = operation["value"]
    return {"op": operation["op"]} | {key: value[key] for key in same if key in value}


def _assert_same(heard: list[str], recorded: list[str], play: Play, name: str) -> None:
    """Compare frame by frame: a difference of two long logs would take minutes to print."""
    assert len(heard) == len(recorded)
    header = load(name).header
    renamed = {header.workspace: play.workspace_id, header.session: play.session_id}
    renamed |= play.execution_ids
    for number, (said, frame) in enumerate(zip(heard, recorded, strict=True)):
        for old, new in renamed.items():
            frame = frame.replace(old, new)
        if said != frame:
            assert _neutral(said) == _neutral(frame), number


def _neutral(frame: str) -> Any:
    """Decode a frame without what else differs in each play: approvals, directories and times."""
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    time = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}Z"
    return json.loads(re.sub(rf"{uuid}|{time}|(?<=[/-])[0-9a-f]{{4}}(?=-[a-z])", "", frame))
