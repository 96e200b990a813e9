from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.i18n import Catalogs
from tests.fakes.handlers import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Set up a dispatcher with everything around it, in English."""
    stage = Stage(Catalogs(Path(__file__).parent / "none"))
    yield stage
    await stage.session.close()
