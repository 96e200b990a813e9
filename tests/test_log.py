from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import log
from bot.redaction import Redactor

TOKEN = "123456:ABC-DEF_ghi"


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def _configured(fmt: str, level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    log.configure(level, "json" if fmt == "json" else "console", Redactor([TOKEN]), stream)
    return stream


def test_json_is_one_object_a_line() -> None:
    """A record of ours is one JSON object with name, level, time and its fields."""
    stream = _configured("json")
    structlog.get_logger("bot.live").info("view.sent", message_id=7)
    record = json.loads(stream.getvalue())
    timestamp = record.pop("timestamp")
    assert timestamp.endswith("Z")
    assert record == {
        "event": "view.sent",
        "logger": "bot.live",
        "level": "info",
        "message_id": 7,
    }


@pytest.mark.parametrize("fmt", ["console", "json"])
def test_library_records_are_routed(fmt: str) -> None:
    """Records of libraries go the same way, with their level and arguments."""
    stream = _configured(fmt)
    logging.getLogger("aiohttp.client").warning("closed %s", "early")
    said = stream.getvalue()
    assert "closed early" in said
    assert "aiohttp.client" in said
    assert "warning" in said


@pytest.mark.parametrize("fmt", ["console", "json"])
def test_secrets_are_masked_everywhere(fmt: str) -> None:
    """Neither message nor field nor traceback shows the token or the credentials of a URL."""
    stream = _configured(fmt)
    url = f"https://ada:lovelace@example.org/bot{TOKEN}/getMe"
    try:
        raise RuntimeError(url)
    except RuntimeError:
        structlog.get_logger().exception("failed", url=url)
        logging.getLogger("aiogram").exception("failed at %s", url)
    said = stream.getvalue()
    assert said.count("RuntimeError") >= 2
    assert TOKEN not in said
    assert "lovelace" not in said
    assert "••••@example.org/bot•••• secret/getMe" in said


def test_level() -> None:
    """What is below the level is not said."""
    stream = _configured("console", "WARNING")
    structlog.get_logger().info("quiet")
    logging.getLogger("aiogram").info("quiet")
    assert stream.getvalue() == ""


def test_console_has_no_colors_in_a_file() -> None:
    """Escape sequences are for terminals only."""
    stream = _configured("console")
    structlog.get_logger().error("said", x=1)
    assert "\x1b" not in stream.getvalue()
