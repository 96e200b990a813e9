"""Calls to a backend, over real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.backend.client import BackendClient, open_session
from bot.backend.errors import (
    BackendError,
    NotFound,
    NotReachable,
    NotVibeKanban,
    RefusedByBackend,
    TooNew,
    TooOld,
)
from bot.backend.generation import ERA_A
from sandbox.kanban import KanbanServer
from sandbox.kanban.impostor import Impostor, ImpostorKind

TWO_LINES_CHARS = 120
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[BackendClient]:
    """A client with a session of its own."""
    async with open_session() as session:
        yield BackendClient(lambda: url, session)


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[BackendClient]:
    """A client of a server that answers everything in one way."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with client_of(f"http://ann:pw@{host}:{port}/vk") as client:
            yield client
    finally:
        await runner.cleanup()


async def test_a_server_of_this_era_is_accepted() -> None:
    """Its version and its own time are known."""
    async with KanbanServer() as kanban, client_of(kanban.url) as client:
        generation = await client.generation()
        assert generation.version == "0.1.44"
        assert generation.server_time is not None
        assert await client.choices()


async def test_a_server_of_the_era_with_tasks_is_accepted() -> None:
    """It does not say its version; a chat chooses from its projects."""
    async with KanbanServer(era="a") as kanban, client_of(kanban.url) as client:
        assert await client.choices()
        generation = await client.generation()
        assert (generation.version, generation.era) == ("≤ 0.1.14", ERA_A)


@pytest.mark.parametrize(
    ("kind", "version", "error", "says"),
    [
        ("era-b", "0.1.20", TooOld, r"0\.1\.15–0\.1\.26 is too old"),
        ("era-b", "0.1.26", TooOld, r"0\.1\.26 is too old"),
        ("too-old", None, TooOld, r"older than 0\.0\.166, too old"),
        ("too-new", None, TooNew, r"1\.0\.0 is too new"),
        ("html", None, NotVibeKanban, "no vibe-kanban"),
        ("json", None, NotVibeKanban, "no vibe-kanban"),
        ("json-404", None, NotVibeKanban, "no vibe-kanban"),
        ("refuses", None, NotReachable, "not reachable"),
    ],
)
async def test_everything_else_is_told_apart(
    kind: ImpostorKind, version: str | None, error: type[BackendError], says: str
) -> None:
    """Other generations and other software are named in two short lines, without an address."""
    async with Impostor(kind, version=version) as impostor, client_of(impostor.url) as client:
        with pytest.raises(error, match=says) as caught:
            await client.generation()
        assert str(impostor.port) not in str(caught.value)
        assert len(str(caught.value)) <= TWO_LINES_CHARS


async def test_a_server_before_sessions_is_too_old() -> None:
    """It has projects, and knows nothing of what stands below them."""

    async def handler(request: web.Request) -> web.Response:
        if request.path.startswith("/vk/api/sessions"):
            return web.Response(text="<html>", content_type="text/html")
        return web.json_response({"success": True, "data": {}})

    async with answering(handler) as client:
        with pytest.raises(TooOld, match=r"older than 0\.0\.166"):
            await client.generation()


async def test_a_front_with_a_login_and_a_path_is_passed() -> None:
    """Calls and sockets know both; a wrong password is named, and never repeated."""
    async with KanbanServer(prefix="/team/vk", basic=("ann", "p@ss: w/rd")) as kanban:
        async with client_of(kanban.url_with_login) as client:
            assert (await client.generation()).version == "0.1.44"
            async with client.workspaces_stream() as socket:
                assert "/workspaces" in (await socket.receive() or "")
        async with client_of(kanban.url) as client:
            with pytest.raises(RefusedByBackend, match="behind a login"):
                await client.generation()


async def test_nobody_there_is_not_reachable() -> None:
    """Calls and sockets say so in the same way, without the address."""
    async with client_of("http://127.0.0.1:9") as client:
        with pytest.raises(NotReachable, match=r"^vibe-kanban is not reachable: [^:0-9]*\.$"):
            await client.generation()
        with pytest.raises(NotReachable):
            async with client.workspaces_stream():
                pass


async def test_what_is_unknown_is_not_found() -> None:
    """A row, and a log, that are not there."""
    unknown = "0a11ce00-0000-4000-8000-00000000dead"
    async with KanbanServer() as kanban, client_of(kanban.url) as client:
        with pytest.raises(NotFound):
            await client.execution(unknown)
        with pytest.raises(NotFound):
            async with client.log(unknown, raw=False):
                pass


async def test_a_stop_stops() -> None:
    """Stopping twice is no error: it no longer runs."""
    async with KanbanServer(speed=1) as kanban, client_of(kanban.url) as client:
        play = kanban.play("long")
        (execution_id,) = play.execution_ids.values()
        async with client.session_stream(play.session_id) as socket:
            while execution_id not in (await socket.receive() or ""):
                pass
        await client.stop(execution_id)
        assert (await client.execution(execution_id)).status == "killed"
        await client.stop(execution_id)


async def test_a_failed_stop_of_what_stopped_is_no_failure() -> None:
    """After a 5xx the row decides."""
    status = "running"

    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.json_response({"success": False, "message": "ESRCH"}, status=500)
        row = {"id": "e1", "session_id": "s1", "status": status}
        return web.json_response({"success": True, "data": row})

    async with answering(handler) as client:
        with pytest.raises(RefusedByBackend, match="ESRCH"):
            await client.stop("e1")
        status = "killed"
        await client.stop("e1")


async def test_a_request_carries_authorization_and_no_origin() -> None:
    """Behind a proxy with a prefix and a password."""
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"success": True, "data": []})

    async with answering(handler) as client:
        await client.sessions("w1")
        with pytest.raises(NotVibeKanban):
            async with client.log("e1", raw=True):
                pass
    assert [str(request.rel_url) for request in seen] == [
        "/vk/api/sessions?workspace_id=w1",
        "/vk/api/execution-processes/e1/raw-logs/ws",
    ]
    for request in seen:
        assert request.headers["Authorization"] == "Basic YW5uOnB3"
        assert "Origin" not in request.headers


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (web.json_response, NotVibeKanban),
        (lambda _: web.json_response({"success": False, "message": "no"}), RefusedByBackend),
        (lambda _: web.Response(status=503, text="busy"), RefusedByBackend),
        (lambda _: web.Response(text="<html>", content_type="text/html"), NotVibeKanban),
        (lambda _: web.Response(body=b"\xff", content_type="application/json"), NotVibeKanban),
    ],
)
async def test_answers_of_the_wrong_shape_are_failures(
    answer: Callable[[object], web.Response], error: type[BackendError]
) -> None:
    """Whatever answers, only BackendErrors come out."""

    async def handler(_: web.Request) -> web.Response:
        return answer([1])

    async with answering(handler) as client:
        with pytest.raises(error):
            await client.sessions("w1")
