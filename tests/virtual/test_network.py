"""The network inside one process is a network: whole, in order, refusing and resetting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.virtual.loop import VirtualLoop, run_virtual
from tests.virtual.network import HIGH_WATER_BYTES, HOST, Network

SLOW_S = 30.0
BIG = bytes(range(256)) * 16 * 1024


def _network() -> Network:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop.network


@asynccontextmanager
async def _serving(handler: Any) -> AsyncIterator[tuple[int, aiohttp.ClientSession]]:
    """A server with one route, its port, and a client."""
    application = web.Application(client_max_size=len(BIG) + 1)
    application.router.add_route("*", "/", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    async with aiohttp.ClientSession() as client:
        yield runner.addresses[0][1], client
    await runner.cleanup()


def _url(port: int) -> str:
    return f"http://{HOST}:{port}/"


def test_much_arrives_whole_both_ways() -> None:
    """What is longer than any buffer comes back as it was sent, and no end stays open."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def run() -> None:
        async with (
            _serving(echo) as (port, client),
            client.post(_url(port), data=BytesIO(BIG)) as echoed,
        ):
            assert await echoed.read() == BIG
        assert _network().open_ends == set()

    run_virtual(run())


def test_who_reads_slowly_slows_the_writer() -> None:
    """A writer waits for a reader instead of filling the memory."""

    async def run() -> None:
        written = 0

        async def pour(request: web.Request) -> web.StreamResponse:
            nonlocal written
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(64):
                await response.write(BIG[: HIGH_WATER_BYTES // 4])
                written += 1
            return response

        async with _serving(pour) as (port, client), client.get(_url(port)) as answer:
            await asyncio.sleep(SLOW_S)
            assert 0 < written < 32
            body = await answer.read()
            assert (written, len(body)) == (64, 16 * HIGH_WATER_BYTES)

    run_virtual(run())


def test_a_port_on_which_nobody_listens_refuses() -> None:
    """A connection to nobody fails as a refused one, which surely carried nothing."""

    async def run() -> None:
        async with aiohttp.ClientSession() as client:
            with pytest.raises(aiohttp.ClientConnectorError, match="refused"):
                await client.get(_url(9))

    run_virtual(run())


def test_what_is_taken_away_is_reset_and_comes_back() -> None:
    """Who speaks with a server that goes away hears a reset; when it is back, all is as before."""

    async def run() -> None:
        begun = asyncio.Event()

        async def answer(_: web.Request) -> web.Response:
            begun.set()
            await asyncio.sleep(SLOW_S)
            return web.Response(text="here")

        async with _serving(answer) as (port, client):
            asking = asyncio.ensure_future(client.get(_url(port)))
            await begun.wait()
            _network().take_away(port)
            with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
                await asking
            with pytest.raises(aiohttp.ClientConnectorError):
                await client.get(_url(port))
            _network().give_back(port)
            async with client.get(_url(port)) as answered:
                assert await answered.text() == "here"

    run_virtual(run())


def test_a_timeout_passes_on_virtual_time() -> None:
    """A client's timeout comes when the world's time says so, and no later."""

    async def run() -> None:
        async def never(_: web.Request) -> web.Response:
            await asyncio.sleep(10 * SLOW_S)
            return web.Response()

        timeout = aiohttp.ClientTimeout(total=SLOW_S)
        async with _serving(never) as (port, client):
            began = asyncio.get_running_loop().time()
            with pytest.raises(TimeoutError):
                await client.get(_url(port), timeout=timeout)
            assert SLOW_S <= asyncio.get_running_loop().time() - began <= SLOW_S + 1

    run_virtual(run())


def test_a_port_is_taken_once() -> None:
    """Two servers on one port are refused as the system refuses them."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(asyncio.Protocol, HOST, 2_000)
        with pytest.raises(OSError, match="taken"):
            await loop.create_server(asyncio.Protocol, HOST, 2_000)
        first.close()
        (await loop.create_server(asyncio.Protocol, HOST, 2_000)).close()

    run_virtual(run())
