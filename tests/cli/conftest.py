from __future__ import annotations

import pytest

from bot.config import Config


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Set every variable to nothing, but for a token."""
    for field in Config.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:abcdef")
    return monkeypatch
