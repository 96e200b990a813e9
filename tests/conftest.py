"""What every test gets: a run that must be whole, and a library mended for our HTTP client."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import aiohttp
import aioresponses.core
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from bot.storage.database import Database
from tests.fakes.clock import FakeClock

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL")
"""Where there is one, every test of a store runs on PostgreSQL, too; its tables are dropped."""

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
"""Whether a skip is a failure: then nothing that a machine lacks can go unnoticed."""


# How long an example takes says more about the machine than about the code.
settings.register_profile("tests", deadline=None)
# Mutants are told apart by the same examples each time, in one process that collects tests twice.
settings.register_profile(
    "mutants",
    settings.get_profile("tests"),
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.differing_executors],
)
# A gate judges the change, not its luck: it sees the same examples each time; developers see new
# ones.
settings.register_profile("gate", settings.get_profile("tests"), derandomize=True)
settings.load_profile(
    "mutants" if "MUTANT_UNDER_TEST" in os.environ else "gate" if REQUIRE_ALL else "tests"
)


class _Response(aiohttp.ClientResponse):
    """A response as aioresponses builds it, which does not know of `stream_writer` yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream_writer", Mock(output_size=0))
        super().__init__(*args, **kwargs)


def pytest_configure() -> None:
    """Let aioresponses answer with today's aiohttp."""
    vars(aioresponses.core)["ClientResponse"] = _Response


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything is required."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under REQUIRE_ALL=1: {report.longrepr}"
    return report


@pytest.fixture
def clock() -> FakeClock:
    """Time that passes only when the test says so."""
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES_URL else ["sqlite"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Database]:
    """An empty database of each kind, on the test's clock."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    if request.param == "postgresql":
        url = str(POSTGRES_URL)
        await _drop_everything(url)
    async with Database(url, clock.wall) as opened:
        yield opened


async def _drop_everything(url: str) -> None:
    database = Database(url)
    async with database._transactions.write() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await database._engine.dispose()
