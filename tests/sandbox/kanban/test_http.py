"""What the server answers over HTTP."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import aiohttp
import pytest

from sandbox.kanban import KanbanServer

from .client import PATIENCE_S, WORKSPACES, Client, session_stream
from .stepped import SteppedTime


async def test_says_that_it_is_well_and_which_version(client: Client) -> None:
    """Health and version are told in the server's envelope."""
    status, kind, body = await client.get("/api/health")
    assert (status, kind) == (200, "application/json")
    assert json.loads(body) == {
        "success": True,
        "data": "OK",
        "error_data": None,
        "message": None,
    }
    assert (await client.data("/api/info"))["version"] == "0.1.44"


async def test_tells_all_about_a_workspace(kanban: KanbanServer, client: Client) -> None:
    """Workspace, repository, first prompt, session and execution are found by their ids."""
    play = kanban.play("basic", repo="api")
    await client.played(play)
    base = f"/api/workspaces/{play.workspace_id}"
    workspace = await client.data(base)
    assert "is_running" not in workspace
    assert await client.data("/api/workspaces") == [workspace]
    (repository,) = await client.data(f"{base}/repos")
    assert (repository["name"], repository["target_branch"]) == ("api", "main")
    assert (await client.data(f"/api/repos/{repository['id']}"))["display_name"] == "api"
    assert len(await client.data("/api/repos")) == 2
    assert await client.data(f"{base}/messages/first") == play.prompt
    (session,) = await client.data(f"/api/sessions?workspace_id={play.workspace_id}")
    assert (session["executor"], session["agent_working_dir"]) == ("CLAUDE_CODE", "api")
    assert await client.data(f"/api/sessions/{play.session_id}") == session
    row = await client.data(f"/api/execution-processes/{play.rows()[0]['id']}")
    assert (row["status"], row["session_id"]) == ("completed", play.session_id)


async def test_looking_at_the_branch_touches_the_workspace(
    kanban: KanbanServer, client: Client
) -> None:
    """The state of the branch is as recorded after the end, and asking for it is a change."""
    play = kanban.play("tools")
    path = f"/api/workspaces/{play.workspace_id}/git/status"
    await client.born(play)
    assert (await client.data(path))[0]["commits_ahead"] == 0
    await client.played(play)
    async with client.listening(WORKSPACES) as heard:
        await heard.until(lambda heard: len(heard.frames) == 2)
        (status,) = await client.data(path)
        await heard.until(lambda heard: len(heard.frames) == 3)
    assert status["repo_name"] == "shop"
    assert status["target_branch_name"] == "main"


@pytest.mark.parametrize(
    "path",
    [
        "/api/workspaces/{}",
        "/api/workspaces/{}/repos",
        "/api/sessions/{}",
        "/api/sessions/{}/queue",
        "/api/repos/{}",
        "/api/execution-processes/{}",
        "/api/execution-processes/{}/normalized-logs/ws",
    ],
)
async def test_unknown_and_malformed_ids(client: Client, path: str) -> None:
    """The id of nothing is 404 with an empty body; what is no id is 400 in plain text."""
    status, _, body = await client.get(path.format(uuid4()))
    assert (status, body) == (404, "")
    status, kind, body = await client.get(path.format("no-uuid"))
    assert (status, kind) == (400, "text/plain")
    assert body


async def test_a_question_without_its_parameter_is_malformed(client: Client) -> None:
    """Sessions are listed for a workspace, and not without one."""
    status, kind, _ = await client.get("/api/sessions")
    assert (status, kind) == (400, "text/plain")


async def test_unknown_paths_are_the_application(client: Client) -> None:
    """A GET of no route is the application's page; any other verb is not allowed."""
    status, kind, body = await client.get("/api/no/such/path")
    assert (status, kind) == (200, "text/html")
    assert body.startswith("<!doctype html>")
    assert (await client.post("/api/no/such/path"))[0] == 405
    with pytest.raises(aiohttp.WSServerHandshakeError, match="200"):
        async with client.listening("/api/no/such/ws"):
            pass


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://localhost:1"])
async def test_a_foreign_origin_is_refused(client: Client, origin: str) -> None:
    """A page of another host gets 403 with an empty body, on every path."""
    for path in ("/api/health", "/api/no/such/path"):
        status, _, body = await client.get(path, Origin=origin)
        assert (status, body) == (403, "")


async def test_its_own_origin_passes(kanban: KanbanServer, client: Client) -> None:
    """The server's own page may ask, by either name of the loopback."""
    for host in ("127.0.0.1", "localhost"):
        status, _, _ = await client.get("/api/health", Origin=f"http://{host}:{kanban.port}")
        assert status == 200


async def test_an_unknown_session_has_no_executions(kanban: KanbanServer, client: Client) -> None:
    """Its stream opens with an empty snapshot and Ready, and stays open."""
    play = kanban.play("basic")
    path = session_stream(play).replace(play.session_id, str(uuid4()))
    async with client.listening(path) as heard:
        await client.played(play)
        assert heard.state == {}
        assert len(heard.frames) == 2
        assert heard.ended is None


async def test_older_generations_have_other_paths(kanban: KanbanServer, client: Client) -> None:
    """Era B lists task attempts, era A projects; the newer paths are the application's page."""
    for pretence, path in (("era-b", "/api/task-attempts"), ("era-a", "/api/projects")):
        kanban.pretence, kanban.version = pretence, None  # type: ignore[assignment] # a pair's item
        assert "version" not in await client.data("/api/info")
        assert isinstance(await client.data(path), list)
        for newer in ("/api/workspaces", WORKSPACES, "/api/approvals/stream/ws"):
            assert (await client.get(newer))[1] == "text/html"
    kanban.pretence = "era-c"
    assert (await client.get("/api/projects"))[1] == "text/html"


async def test_other_software_answers_anything(kanban: KanbanServer, client: Client) -> None:
    """Something else on the port answers 200 to everything, as a page or as plain JSON."""
    kanban.pretence = "html"
    assert (await client.get("/api/health"))[1] == "text/html"
    kanban.pretence = "json"
    assert await client.get("/api/info") == (200, "application/json", '{"status": "ok"}')


async def test_remembers_what_was_asked(kanban: KanbanServer, client: Client) -> None:
    """Each request is kept with method, path, query and time."""
    await client.get("/api/health?x=1")
    request = kanban.requests[-1]
    assert (request.method, request.path, request.query) == ("GET", "/api/health", "x=1")
    assert request.at > 1_700_000_000


async def test_answers_late_if_told_to(
    kanban: KanbanServer, client: Client, time: SteppedTime
) -> None:
    """Latency passes before each answer, by the injected sleep."""
    kanban.latency_s, begun_s = 0.12, time.now_s
    asking = asyncio.create_task(client.get("/api/health"))
    async with asyncio.timeout(PATIENCE_S):
        while not kanban.requests:
            await asyncio.wait([asking], timeout=0.01)
    await time.until(lambda: time.now_s > begun_s)
    assert time.now_s - begun_s == pytest.approx(0.12, abs=0.001)
    assert (await asking)[0] == 200
