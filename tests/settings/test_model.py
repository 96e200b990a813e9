from __future__ import annotations

import json

import pytest

from bot.settings.model import (
    ChatSettings,
    InvalidSettings,
    Overflow,
    StreamMode,
    Verbosity,
    expectation,
)

RANGES = {
    "stream_flush_interval_ms": (500, 60_000),
    "stream_max_message_length": (256, 4096),
    "chunk_interval_s": (5, 3600),
    "chunk_chars": (200, 4096),
    "rollover_min": (1, 120),
    "max_live_views": (1, 10),
}


def test_defaults() -> None:
    """A chat that set nothing follows in real time, with everything on."""
    assert ChatSettings().model_dump(mode="json") == {
        "notifications_enabled": True,
        "notify_on_task_done": True,
        "include_llm_summary": True,
        "stream_mode": "realtime",
        "stream_flush_interval_ms": 500,
        "stream_max_message_length": 4096,
        "chunk_interval_s": 30,
        "chunk_chars": 3500,
        "overflow": "chain",
        "rollover_min": 10,
        "max_live_views": 3,
        "verbosity": "normal",
        "show_thinking": True,
        "repositories": [],
        "locale": "auto",
    }


@pytest.mark.parametrize(("field", "limits"), RANGES.items())
def test_ranges(field: str, limits: tuple[int, int]) -> None:
    """A number is accepted up to both ends of its range, and not beyond."""
    low, high = limits
    for value in (low, high):
        assert getattr(ChatSettings().changed({field: value}), field) == value
    for value in (low - 1, high + 1):
        with pytest.raises(InvalidSettings, match=f"{field}: expected a whole number from {low}"):
            ChatSettings().changed({field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("show_thinking", "yes"),
        ("show_thinking", 1),
        ("rollover_min", "5"),
        ("rollover_min", 5.0),
        ("rollover_min", True),
        ("stream_mode", "live"),
        ("stream_mode", None),
        ("overflow", 1),
        ("repositories", "abc"),
        ("repositories", [1]),
        ("repositories", [""]),
        ("locale", "English"),
        ("colour", "red"),
    ],
)
def test_wrong_types_are_refused(field: str, value: object) -> None:
    """A value of another JSON type, an unknown word and an unknown field name the field."""
    with pytest.raises(InvalidSettings) as caught:
        ChatSettings().changed({field: value})
    (problem,) = caught.value.problems
    assert problem.field == field
    assert problem.expected


def test_changes_from_json() -> None:
    """Words and lists arrive as JSON has them and become values of the model."""
    settings = ChatSettings().changed(
        {
            "stream_mode": "chunked",
            "overflow": "truncate",
            "verbosity": "full",
            "repositories": ["a", "b"],
            "locale": "pt_BR",
        }
    )
    assert settings.stream_mode is StreamMode.CHUNKED
    assert settings.overflow is Overflow.TRUNCATE
    assert settings.verbosity is Verbosity.FULL
    assert settings.repositories == ("a", "b")
    assert settings.locale == "pt_BR"


def test_all_or_nothing() -> None:
    """One wrong field among several refuses all, and every wrong one is named."""
    with pytest.raises(InvalidSettings) as caught:
        ChatSettings().changed({"rollover_min": 0, "chunk_chars": 300, "verbosity": "loud"})
    assert [problem.field for problem in caught.value.problems] == ["rollover_min", "verbosity"]


def test_round_trip() -> None:
    """What was chosen is stored, also where it equals the default; the rest is not."""
    settings = ChatSettings().changed({"stream_mode": "realtime", "repositories": ["a"]})
    stored = json.loads(json.dumps(settings.to_json()))
    assert stored == {"stream_mode": "realtime", "repositories": ["a"]}
    assert ChatSettings.from_json(stored) == settings


def test_stored_by_another_version() -> None:
    """A stored value that is no longer valid falls back to the default; the others stay."""
    stored = {"rollover_min": 500, "colour": "red", "show_thinking": False}
    assert ChatSettings.from_json(stored) == ChatSettings(show_thinking=False)


@pytest.mark.parametrize("field", ChatSettings.model_fields)
def test_every_field_says_what_it_takes(field: str) -> None:
    """Each field has a phrase for people who got it wrong."""
    assert expectation(field)
