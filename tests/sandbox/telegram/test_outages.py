from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from sandbox.telegram import Fault, Hang, TelegramServer
from tests.sandbox.telegram.desk import ADA, Desk


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


async def call(client: aiohttp.ClientSession, base: str, method: str, **params: Any) -> Any:
    async with client.post(f"{base}/{method}", json=params) as response:
        return await response.json()


def base(server: TelegramServer, desk: Desk) -> str:
    return f"{server.url}/bot{desk.telegram.token}"


async def test_an_outage_resets_calls_and_the_poll(
    desk: Desk, client: aiohttp.ClientSession
) -> None:
    """A poll that waits is reset at once, other calls are not applied, and all is well after."""
    async with TelegramServer(desk.telegram) as server:
        to = base(server, desk)
        polling = asyncio.create_task(call(client, to, "getUpdates", timeout=30))
        await desk.telegram.wait_for(lambda: desk.telegram.calls)
        desk.telegram.down = True
        with pytest.raises(aiohttp.ClientConnectionError):
            await asyncio.wait_for(polling, 10)
        with pytest.raises(aiohttp.ClientConnectionError):
            await call(client, to, "sendMessage", chat_id=ADA, text="lost")
        desk.telegram.down = False
        assert (await call(client, to, "sendMessage", chat_id=ADA, text="x"))["ok"]
    assert [message.text for message in desk.telegram.bot_messages(ADA)] == ["x"]


async def test_an_answer_on_its_way_is_lost_in_an_outage(
    desk: Desk, client: aiohttp.ClientSession
) -> None:
    """What was applied stays applied, and the caller cannot know."""
    half_way = asyncio.Event()

    async def travel(_: float) -> None:
        if desk.telegram.calls:
            await half_way.wait()

    async with TelegramServer(desk.telegram, sleep=travel) as server:
        sending = asyncio.create_task(
            call(client, base(server, desk), "sendMessage", chat_id=ADA, text="x")
        )
        await desk.telegram.wait_for(lambda: desk.telegram.calls)
        desk.telegram.down = True
        half_way.set()
        with pytest.raises(aiohttp.ClientConnectionError):
            await asyncio.wait_for(sending, 10)
    assert [message.text for message in desk.telegram.bot_messages(ADA)] == ["x"]


async def test_a_server_that_is_left_refuses_connections(
    desk: Desk, client: aiohttp.ClientSession
) -> None:
    """Entered again it serves the same model on the same port."""
    server = TelegramServer(desk.telegram)
    async with server:
        to = base(server, desk)
    with pytest.raises(aiohttp.ClientConnectorError):
        await call(client, to, "getMe")
    async with server:
        assert base(server, desk) == to
        assert (await call(client, to, "getUpdates"))["ok"]


async def test_who_has_hung_up_is_no_poller(desk: Desk, client: aiohttp.ClientSession) -> None:
    """A poll whose caller is gone is not refused when the next one comes."""
    async with TelegramServer(desk.telegram) as server:
        to = base(server, desk)
        polling = asyncio.create_task(call(client, to, "getUpdates", timeout=30))
        await desk.telegram.wait_for(lambda: desk.telegram.calls)
        polling.cancel()
        await asyncio.wait({polling})
        assert (await call(client, to, "getMe"))["ok"]
        assert (await call(client, to, "getUpdates"))["ok"]
    assert [each.status for each in desk.telegram.calls] == [200] * len(desk.telegram.calls)


async def test_latency_may_be_drawn_for_each_call(
    desk: Desk, client: aiohttp.ClientSession
) -> None:
    """Every call asks for one, and a call that hangs does so besides."""
    drawn: Iterator[float] = iter([0.0, 0.001])
    desk.telegram.faults.append(Fault("getMe", Hang(0.001)))
    async with TelegramServer(desk.telegram, latency_s=lambda: next(drawn)) as server:
        for _ in range(2):
            assert (await call(client, base(server, desk), "getMe"))["ok"]
    assert list(drawn) == []
