"""What every test gets: a run that must be whole, and a library mended for our HTTP client."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any
from unittest.mock import Mock

import aiohttp
import aioresponses.core
import pytest

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
"""Whether a skip is a failure: then nothing that a machine lacks can go unnoticed."""


class _Response(aiohttp.ClientResponse):
    """A response as aioresponses builds it, which does not know of `stream_writer` yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream_writer", Mock(output_size=0))
        super().__init__(*args, **kwargs)


def pytest_configure() -> None:
    """Let aioresponses answer with today's aiohttp."""
    aioresponses.core.ClientResponse = _Response


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything is required."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under REQUIRE_ALL=1: {report.longrepr}"
    return report
