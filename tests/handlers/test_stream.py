"""/stream: the mode, its buttons, and its arguments."""

from __future__ import annotations

import pytest

from bot.settings.model import StreamMode
from tests.fakes.handlers import Stage, buttons

REALTIME = "Real-time – live streaming (edits message)"
CHUNKED = "Chunked – new message every 30s"
SUMMARY = "Summary only – end-of-task summary"
OFF = "Off – no live updates"
USAGE = "Usage: /stream [realtime|chunked [60s|2000]|summary|off]"


async def test_it_offers_the_modes(stage: Stage) -> None:
    """/stream names the mode and offers all four, the current one marked."""
    stage.linked_private()
    await stage.say("/stream")
    assert stage.texts == [f"Mode: {REALTIME}"]
    assert buttons(stage.sent[0].reply_markup) == [
        [(f"✓ {REALTIME}", "mode:realtime")],
        [(CHUNKED, "mode:chunked")],
        [(SUMMARY, "mode:summary")],
        [(OFF, "mode:off")],
    ]


@pytest.mark.parametrize(
    ("words", "says", "settings"),
    [
        ("off", OFF, {"stream_mode": "off"}),
        (" OFF ", OFF, {"stream_mode": "off"}),
        ("summary", SUMMARY, {"stream_mode": "summary"}),
        ("chunked", CHUNKED, {"stream_mode": "chunked"}),
        (
            "chunked 60s",
            "Chunked – new message every 60s",
            {"stream_mode": "chunked", "chunk_interval_s": 60},
        ),
        ("chunked 2000", CHUNKED, {"stream_mode": "chunked", "chunk_chars": 2000}),
        (
            "chunked 2000 5s",
            "Chunked – new message every 5s",
            {"stream_mode": "chunked", "chunk_chars": 2000, "chunk_interval_s": 5},
        ),
    ],
)
async def test_it_sets_the_mode(
    stage: Stage, words: str, says: str, settings: dict[str, object]
) -> None:
    """A mode sets it; chunks take an interval in seconds and a size in characters."""
    chat = stage.linked_private(stream_mode="realtime")
    await stage.say(f"/stream {words}")
    assert stage.texts == [f"✅ Mode: {says}"]
    assert stage.chats.rows[chat.id].settings.to_json() == settings


@pytest.mark.parametrize(
    "words",
    [
        "loud",
        "realtime 2s",
        "off off",
        "chunked 60",
        "chunked s",
        "chunked 1 2 3",
        "1",
        "chunked -5s",
    ],
)
async def test_a_bad_argument_gets_the_usage_line(stage: Stage, words: str) -> None:
    """Anything else gets the usage line and changes nothing."""
    chat = stage.linked_private()
    await stage.say(f"/stream {words}")
    assert stage.texts == [USAGE]
    assert stage.chats.rows[chat.id].settings.to_json() == {}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("chunked 4s", "🤔 chunk_interval_s: please give a whole number from 5 to 3600"),
        ("chunked 99999s", "🤔 chunk_interval_s: please give a whole number from 5 to 3600"),
        ("chunked 5000", "🤔 chunk_chars: please give a whole number from 200 to 4096"),
    ],
)
async def test_a_number_out_of_range_names_the_setting(stage: Stage, words: str, says: str) -> None:
    """What a setting does not take is refused with its name and range, and the mode stays."""
    chat = stage.linked_private()
    await stage.say(f"/stream {words}")
    assert stage.texts == [says]
    assert stage.chats.rows[chat.id].settings.to_json() == {}


async def test_a_tap_sets_the_mode_and_moves_the_mark(stage: Stage) -> None:
    """A tap sets the mode and moves the mark; the same again changes nothing."""
    chat = stage.linked_private()
    await stage.tap("mode:off")
    await stage.tap("mode:off")
    assert stage.chats.rows[chat.id].settings.stream_mode is StreamMode.OFF
    assert len(stage.edits) == 1
    assert buttons(stage.edits[0].reply_markup)[3] == [(f"✓ {OFF}", "mode:off")]
    assert stage.toasts == [OFF] * 2
