"""A fast pretend server and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.kanban import KanbanServer

from .client import Client


@pytest.fixture
async def kanban() -> AsyncIterator[KanbanServer]:
    """Serve recordings without long gaps, twenty times as fast as they were recorded."""
    async with KanbanServer(speed=20, max_gap_s=1) as server:
        yield server


@pytest.fixture
async def client(kanban: KanbanServer) -> AsyncIterator[Client]:
    """Speak to the server."""
    async with aiohttp.ClientSession() as session:
        yield Client(kanban, session)
