from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.telegram import TelegramServer
from tests.sandbox.telegram.desk import Desk
from tests.sandbox.telegram.refusals.case import NO_ANSWER, NO_JSON, TOO_LATE, Case
from tests.sandbox.telegram.refusals.page import CASES, page

PAGE = Path(__file__).parents[3] / "docs" / "telegram-refusals.md"
ALL = [case for cases in CASES.values() for case in cases]


@pytest.fixture
async def server(desk: Desk) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(desk.telegram) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


async def answer(client: aiohttp.ClientSession, url: str, given: dict[str, Any]) -> Any:
    async with client.post(url, json=given) as response:
        return response.status, await response.json(), response.headers.get("Retry-After")


@pytest.mark.parametrize("case", [case for case in ALL if case.status and not case.rival], ids=str)
async def test_each_refusal_has_telegrams_words(
    desk: Desk, server: TelegramServer, client: aiohttp.ClientSession, case: Case
) -> None:
    """Status, description and parameters are Telegram's own, over HTTP."""
    given = case.arrange(desk)
    url = server.url + (case.path or f"/bot{desk.telegram.token}/{case.method}")
    if case.description == NO_JSON:
        async with client.post(url, json=given) as response:
            assert (response.status, response.content_type) == (case.status, "text/html")
        return
    status, body, retry_after = await answer(client, url, given)
    expected = {"ok": False, "error_code": case.status, "description": case.description}
    if case.parameters:
        expected["parameters"] = case.parameters
    assert (status, body) == (case.status, expected)
    told = case.parameters.get("retry_after")
    assert retry_after == (None if told is None else str(told))


@pytest.mark.parametrize("case", [case for case in ALL if not case.status], ids=str)
async def test_some_calls_have_no_answer(
    desk: Desk, server: TelegramServer, client: aiohttp.ClientSession, case: Case
) -> None:
    """A connection is closed, or the caller's patience ends first."""
    given = case.arrange(desk)
    url = f"{server.url}/bot{desk.telegram.token}/{case.method}"
    if case.description == NO_ANSWER:
        with pytest.raises(aiohttp.ClientConnectionError):
            await answer(client, url, given)
        return
    assert case.description == TOO_LATE
    calling = asyncio.create_task(answer(client, url, given))
    await desk.telegram.wait_for(lambda: desk.telegram.faults.struck)
    assert not calling.done()
    calling.cancel()
    await asyncio.wait({calling})


@pytest.mark.parametrize("case", [case for case in ALL if case.rival], ids=str)
async def test_of_two_pollers_the_older_is_refused(
    desk: Desk, server: TelegramServer, client: aiohttp.ClientSession, case: Case
) -> None:
    """The poll that waits ends when another one comes, which is answered."""
    url = f"{server.url}/bot{desk.telegram.token}/{case.method}"
    older = asyncio.create_task(answer(client, url, case.arrange(desk)))
    await desk.telegram.wait_for(lambda: desk.telegram.calls)
    newer = await answer(client, url, {"timeout": 0})
    status, body, _ = await asyncio.wait_for(older, 10)
    assert (status, body["description"]) == (case.status, case.description)
    assert newer[:2] == (200, {"ok": True, "result": []})


def test_the_page_of_refusals_is_made_from_them() -> None:
    """What the documentation lists is what the calls above provoke."""
    assert PAGE.read_text() == page()


def test_no_refusal_is_listed_twice() -> None:
    """Each case stands once."""
    assert len({(str(case), case.description) for case in ALL}) == len(ALL)
