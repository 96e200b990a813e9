"""A pretend server of each era on a time that is let pass, and clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.kanban import Era, KanbanServer

from .client import Client
from .steering import Steerer
from .stepped import SteppedTime


@pytest.fixture
def time() -> SteppedTime:
    """Let time pass by hand."""
    return SteppedTime()


@pytest.fixture
async def kanban(time: SteppedTime) -> AsyncIterator[KanbanServer]:
    """Serve recordings of era C."""
    async with KanbanServer(clock=time.clock, sleep=time.sleep) as server:
        yield server


@pytest.fixture
async def older(time: SteppedTime) -> AsyncIterator[KanbanServer]:
    """Serve recordings of era A."""
    async with KanbanServer(era="a", clock=time.clock, sleep=time.sleep) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Make requests."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(kanban: KanbanServer, http: aiohttp.ClientSession, time: SteppedTime) -> Client:
    """Speak to the server of era C."""
    return Client(kanban, http, time)


@pytest.fixture
def older_client(older: KanbanServer, http: aiohttp.ClientSession, time: SteppedTime) -> Client:
    """Speak to the server of era A."""
    return Client(older, http, time)


@pytest.fixture
def steerer(
    era: Era, request: pytest.FixtureRequest, http: aiohttp.ClientSession, time: SteppedTime
) -> Steerer:
    """Steer the server of the era that a test names."""
    kanban: KanbanServer = request.getfixturevalue("older" if era == "a" else "kanban")
    return Steerer(kanban, http, time)
