"""What stands before a server, in its place, or tells where it is."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from sandbox.kanban import Impostor, KanbanServer
from sandbox.kanban.impostor import ImpostorKind

from .client import PATIENCE_S

LOGIN = ("ada", "s:ecret/ü")


async def _ask(http: aiohttp.ClientSession, url: str) -> tuple[int, str, str]:
    async with http.get(url) as answer:
        return answer.status, answer.content_type, await answer.text()


async def test_a_prefix_stands_before_all_paths(http: aiohttp.ClientSession) -> None:
    """Under the prefix is the server, sockets included; beside it there is nothing."""
    async with KanbanServer(prefix="/vk") as kanban:
        assert kanban.url == kanban.url_with_login == f"http://127.0.0.1:{kanban.port}/vk"
        assert (await _ask(http, f"{kanban.url}/api/health"))[1] == "application/json"
        assert (await _ask(http, f"{kanban.url}/anything"))[:2] == (200, "text/html")
        assert kanban.requests[0].path == "/api/health"
        async with http.ws_connect(f"{kanban.url}/api/workspaces/streams/ws") as socket:
            assert "workspaces" in await socket.receive_str()
        for path in ("/api/health", "/vkx/api/health", "/"):
            status, _, _ = await _ask(http, f"http://127.0.0.1:{kanban.port}{path}")
            assert status == 404


async def test_a_login_is_needed_everywhere(http: aiohttp.ClientSession) -> None:
    """Without name and password, or with wrong ones, each path is 401; with them it answers."""
    async with KanbanServer(prefix="/vk", basic=LOGIN) as kanban:
        for path in ("/api/health", "/api/info", "/anything", "/api/workspaces/streams/ws"):
            assert (await _ask(http, kanban.url + path))[0] == 401
        wrong = {"Authorization": aiohttp.encode_basic_auth("ada", "other")}
        async with http.get(f"{kanban.url}/api/health", headers=wrong) as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        async with http.get(
            f"{kanban.url}/api/health", headers={"Authorization": "Basic ???"}
        ) as answer:
            assert answer.status == 401
        right = {"Authorization": aiohttp.encode_basic_auth(*LOGIN, encoding="utf-8")}
        async with http.get(f"{kanban.url}/api/health", headers=right) as answer:
            assert (await answer.json())["data"] == "OK"


async def test_the_address_may_hold_the_login(http: aiohttp.ClientSession) -> None:
    """Name and password are escaped there, and reach the server from it."""
    async with KanbanServer(basic=("ada", "s:e/c")) as kanban:
        assert kanban.url_with_login == f"http://ada:s%3Ae%2Fc@127.0.0.1:{kanban.port}"
        assert (await _ask(http, f"{kanban.url_with_login}/api/health"))[0] == 200


async def test_it_is_back_on_the_same_port(http: aiohttp.ClientSession) -> None:
    """After a restart the front is there again, with its login."""
    async with KanbanServer(prefix="/vk", basic=("ada", "secret")) as kanban:
        await kanban.kill()
        with pytest.raises(aiohttp.ClientConnectorError):
            await _ask(http, f"{kanban.url}/api/health")
        await kanban.restart()
        assert (await _ask(http, f"{kanban.url}/api/health"))[0] == 401
        assert (await _ask(http, f"{kanban.url_with_login}/api/health"))[0] == 200


async def test_leaves_its_port_in_a_file(
    kanban: KanbanServer, older: KanbanServer, tmp_path: Path
) -> None:
    """The newer era writes JSON, the older a number, either one other forms if told so."""
    path = tmp_path / "vibe-kanban" / "vibe-kanban.port"
    kanban.write_port_file(path)
    assert json.loads(path.read_text())["main_port"] == kanban.port
    older.write_port_file(path)
    assert path.read_text() == str(older.port)
    older.write_port_file(path, "coloured")
    assert path.read_text() == f"\x1b[32m{older.port}\x1b[0m\n"
    older.write_port_file(path, "json")
    assert json.loads(path.read_text())["main_port"] == older.port


@pytest.mark.parametrize(
    ("version", "told"),
    [("0.1.15", False), ("0.1.20", False), ("0.1.24", False), ("0.1.25", True), ("0.1.26", True)],
)
async def test_era_b_tells_its_version_late(
    http: aiohttp.ClientSession, version: str, told: bool
) -> None:
    """It lists task attempts and no projects; its version is known from 0.1.25 on."""
    async with Impostor("era-b", version=version) as impostor:
        assert json.loads((await _ask(http, f"{impostor.url}/api/health"))[2])["data"] == "OK"
        info = json.loads((await _ask(http, f"{impostor.url}/api/info"))[2])["data"]
        assert info.get("version") == (version if told else None)
        assert (await _ask(http, f"{impostor.url}/api/task-attempts"))[1] == "application/json"
        for path in ("/api/projects", "/api/workspaces", "/api/approvals/stream/ws"):
            assert (await _ask(http, impostor.url + path))[:2] == (200, "text/html")
        async with http.post(f"{impostor.url}/api/task-attempts") as answer:
            assert answer.status == 405


@pytest.mark.parametrize(("kind", "version"), [("too-old", None), ("too-new", "1.0.0")])
async def test_other_times_have_none_of_the_lists(
    http: aiohttp.ClientSession, kind: ImpostorKind, version: str | None
) -> None:
    """A version too old or too new is vibe-kanban, and has no path that a client knows."""
    async with Impostor(kind) as impostor:
        assert json.loads((await _ask(http, f"{impostor.url}/api/health"))[2])["success"] is True
        info = json.loads((await _ask(http, f"{impostor.url}/api/info"))[2])["data"]
        assert info.get("version") == version
        for path in ("/api/projects", "/api/task-attempts", "/api/workspaces"):
            assert (await _ask(http, impostor.url + path))[1] == "text/html"


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("html", 200, "text/html"),
        ("json", 200, "application/json"),
        ("json-404", 404, "application/json"),
    ],
)
async def test_other_software_answers_alike_everywhere(
    http: aiohttp.ClientSession, kind: ImpostorKind, status: int, content: str
) -> None:
    """Something else has one answer to everything."""
    async with Impostor(kind) as impostor:
        for path in ("/api/health", "/api/info", "/other"):
            told, kind_told, body = await _ask(http, impostor.url + path)
            assert (told, kind_told) == (status, content)
            assert "success" not in body
        assert impostor.paths == ["/api/health", "/api/info", "/other"]


async def test_something_takes_the_call_and_never_answers(http: aiohttp.ClientSession) -> None:
    """The call has arrived and gets no answer, until the impostor goes."""
    async with Impostor("hang") as impostor:
        asking = asyncio.create_task(_ask(http, f"{impostor.url}/api/health"))
        async with asyncio.timeout(PATIENCE_S):
            await impostor.asked()
        assert not asking.done()
    with pytest.raises(aiohttp.ClientError):
        await asking


async def test_nobody_listens(http: aiohttp.ClientSession) -> None:
    """The port is taken, and connections to it are refused."""
    async with Impostor("refuses") as impostor:
        with pytest.raises(aiohttp.ClientConnectorError):
            await _ask(http, f"{impostor.url}/api/health")
