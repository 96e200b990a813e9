"""What a client may have done: begin, go on, queue, decide; and the history of all changes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from sandbox.kanban import KanbanServer

from .client import APPROVALS, PATIENCE_S, Client
from .stepped import SteppedTime

CONFIG = {"executor_config": {"executor": "CLAUDE_CODE"}}
PROFILE = {"executor_profile_id": {"executor": "CLAUDE_CODE"}}
UNKNOWN = "0a11ce00-0000-4000-8000-00000000dead"


def _repos(kanban: KanbanServer) -> list[dict[str, str]]:
    return [{"repo_id": next(iter(kanban.world.repositories)), "target_branch": "main"}]


def _data(answer: tuple[int, str]) -> Any:
    envelope = json.loads(answer[1])
    assert (answer[0], envelope["success"]) == (200, True)
    return envelope["data"]


async def test_a_client_begins_a_workspace(kanban: KanbanServer, client: Client) -> None:
    """The answer comes when the first execution runs, and holds both rows, with the prompt."""
    body = {"name": None, "repos": _repos(kanban), "prompt": "Do X.", **CONFIG}
    data = _data(await client.posted("/api/workspaces/start", body, takes_s=2))
    assert data["execution_process"]["executor_action"]["typ"]["prompt"] == "Do X."
    assert await client.data(f"/api/workspaces/{data['workspace']['id']}/messages/first") == "Do X."
    (play,) = kanban.plays
    await client.played(play)
    assert kanban.world.workspaces[play.workspace_id].row["name"] == "Do X."


async def test_a_client_begins_a_task(older: KanbanServer, older_client: Client) -> None:
    """In the older era a task is created with its attempt; title and description are the prompt."""
    older.begins_with = "subagent"
    project_id = next(iter(older.world.projects))
    task = {"project_id": project_id, "title": "T", "description": "D"}
    body = {"task": task, "repos": _repos(older), **PROFILE}
    data = _data(await older_client.posted("/api/tasks/create-and-start", body, takes_s=2))
    assert (data["title"], data["project_id"]) == ("T", project_id)
    (play,) = older.plays
    assert play.name == "subagent"
    assert play.rows()[0]["executor_action"]["typ"]["prompt"] == "T\n\nD"


@pytest.mark.parametrize(
    "body",
    [
        {"repos": [], "prompt": "Do X."},
        {"repos": [{"repo_id": UNKNOWN, "target_branch": "main"}], "prompt": "Do X."},
    ],
)
async def test_what_cannot_begin_is_refused(client: Client, body: dict[str, Any]) -> None:
    """Without a repository, or with an unknown one, the answer is 400."""
    status, _ = await client.post("/api/workspaces/start", body | CONFIG)
    assert status == 400


async def test_bodies_are_checked(kanban: KanbanServer, client: Client) -> None:
    """No JSON is 415 or 400, a wrong shape 422, each in plain text."""
    play = kanban.play("basic")
    await client.born(play)
    path = f"/api/sessions/{play.session_id}/follow-up"
    assert (await client.post(path))[0] == 415
    assert (await client.post(path, {"prompt": "x"}))[0] == 422
    assert (await client.post(path, ["x"]))[0] == 422
    async with (
        aiohttp.ClientSession(headers={"Content-Type": "application/json"}) as session,
        session.post(kanban.url + path, data=b"{broken") as answer,
    ):
        assert (answer.status, answer.content_type) == (400, "text/plain")


async def test_a_follow_up_goes_on_in_its_session(kanban: KanbanServer, client: Client) -> None:
    """It is a further execution in the same session and workspace, whatever runs there."""
    play = kanban.play("many")
    await client.born(play)
    path = f"/api/sessions/{play.session_id}/follow-up"
    row = _data(await client.posted(path, {"prompt": "And Y?", **CONFIG}, takes_s=2))
    asked = row["executor_action"]["typ"]
    assert (asked["type"], asked["prompt"]) == ("CodingAgentFollowUpRequest", "And Y?")
    assert row["session_id"] == play.session_id
    second = kanban.plays[1]
    assert second.workspace_id == play.workspace_id
    await client.played(second)
    assert [len(one.rows()) for one in (play, second)] == [1, 1]
    assert len(kanban.world.workspaces) == 1
    assert kanban.world.workspaces[play.workspace_id].row["name"] != "And Y?"


@pytest.mark.parametrize(("era", "status"), [("c", 409), ("a", 500)])
async def test_a_follow_up_needs_the_same_executor(
    kanban: KanbanServer,
    older: KanbanServer,
    client: Client,
    older_client: Client,
    era: str,
    status: int,
) -> None:
    """Another executor than the session's is refused, in each era with its own status."""
    server, caller = (kanban, client) if era == "c" else (older, older_client)
    play = server.play("basic")
    await caller.born(play)
    key = "executor_config" if era == "c" else "executor_profile_id"
    body = {"prompt": "And Y?", key: {"executor": "CODEX"}}
    answer = await caller.post(f"/api/sessions/{play.session_id}/follow-up", body)
    assert (answer[0], json.loads(answer[1])["success"]) == (status, False)


async def test_a_queue_has_one_place(kanban: KanbanServer, client: Client) -> None:
    """A second message takes the place of the first, a stop empties it, and so may the client."""
    play = kanban.play("basic")
    await client.born(play)
    path = f"/api/sessions/{play.session_id}/queue"
    _data(await client.post(path, {"message": "one", **CONFIG}))
    queued = _data(await client.post(path, {"message": "two", **CONFIG}))
    assert (queued["status"], queued["message"]["data"]["message"]) == ("queued", "two")
    assert await client.data(path) == queued
    async with (
        aiohttp.ClientSession() as session,
        session.delete(kanban.url + path) as answer,
    ):
        assert (await answer.json())["data"] == {"status": "empty"}
    _data(await client.post(path, {"message": "three", **CONFIG}))
    await client.posted(f"/api/execution-processes/{play.rows()[0]['id']}/stop", takes_s=0.25)
    assert await client.data(path) == {"status": "empty"}
    assert (await client.post(path.replace(play.session_id, UNKNOWN), {}))[0] == 404


async def test_a_play_waits_for_the_decision(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Told to, a play stands still at its question; what was recorded follows the answer."""
    play = kanban.play("approve", steered=True)
    await time.until(lambda: bool(kanban.world.approvals))
    await time.advance(3600)
    (approval_id,) = kanban.world.approvals
    execution_id = play.rows()[0]["id"]
    assert kanban.execution(execution_id).running
    asked = {"execution_process_id": execution_id}
    answered = {"status": "answered", "answers": []}
    path = f"/api/approvals/{approval_id}/respond"
    assert await client.post(path, asked | {"status": answered}) == (500, "")
    async with client.listening(APPROVALS) as approvals:
        approved = {"status": "approved"}
        assert _data(await client.post(path, asked | {"status": approved})) == approved
        await approvals.until(lambda heard: heard.patches[-1]["op"] == "remove")
    answered_s = time.now_s
    assert await client.post(path, asked | {"status": approved}) == (500, "")
    await client.played(play)
    assert play.rows()[0]["status"] == "completed"
    assert 0 < time.now_s - answered_s < 10


async def test_an_older_approval_is_known_from_its_entry(
    older: KanbanServer, older_client: Client, time: SteppedTime
) -> None:
    """No stream tells of it: its id is in the log, and a decision by that id is taken."""
    play = older.play("deny", steered=True)
    await older_client.admitted(play)
    async with older_client.log(play) as log:
        await time.until(lambda: bool(older.world.approvals))
        await log.until(lambda heard: any("pending_approval" in f for f in heard.frames))
        asked = next(f for f in log.frames if "pending_approval" in f)
        entry = json.loads(asked)["JsonPatch"][0]["value"]["content"]["entry_type"]
        denied = {"status": "denied", "reason": "use another way"}
        body = {"execution_process_id": play.rows()[0]["id"], "status": denied}
        path = f"/api/approvals/{entry['status']['approval_id']}/respond"
        assert _data(await older_client.post(path, body)) == denied
        await older_client.played(play)
        await log.until(lambda heard: any("user_feedback" in f for f in heard.frames))


async def test_all_changes_since_the_start_are_told(
    kanban: KanbanServer, client: Client, http: aiohttp.ClientSession, time: SteppedTime
) -> None:
    """Whoever asks gets the whole history as bare patches, then what happens; a restart ends it."""
    play = kanban.play("basic")
    await client.born(play)
    async with http.get(f"{kanban.url}/api/events") as stream:
        assert stream.content_type == "text/event-stream"
        first = await _event(stream)
        assert (first["op"], first["path"]) == ("add", f"/workspaces/{play.workspace_id}")
        await client.played(play)
        row = await _until_ended(stream)
        assert (row["id"], row["exit_code"]) == (play.rows()[0]["id"], 0)
    other = kanban.play("basic")
    await client.born(other)
    await kanban.restart()
    async with http.get(f"{kanban.url}/api/events") as stream:
        first = await _event(stream)
        assert (first["op"], first["value"]["status"]) == ("replace", "failed")


async def _event(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        name, data, end = [await stream.content.readline() for _ in range(3)]
    assert (name, end) == (b"event: json_patch\n", b"\n")
    (operation,) = json.loads(data.removeprefix(b"data: "))
    return dict(operation)


async def _until_ended(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    while True:
        operation = await _event(stream)
        if operation["value"].get("status") == "completed":
            return dict(operation["value"])
