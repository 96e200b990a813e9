"""The settings of a linked chat: fields, ranges and defaults, for every surface alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

AUTO_LOCALE = "auto"


class StreamMode(StrEnum):
    """How a chat follows a turn."""

    REALTIME = "realtime"
    CHUNKED = "chunked"
    SUMMARY = "summary"
    OFF = "off"

    @property
    def streams(self) -> bool:
        """Whether it shows a turn while it runs, so that there is something to mute."""
        return self in (StreamMode.REALTIME, StreamMode.CHUNKED)


class Overflow(StrEnum):
    """What happens when a live view is full."""

    CHAIN = "chain"
    TRUNCATE = "truncate"


class Verbosity(StrEnum):
    """How much of each entry is shown."""

    COMPACT = "compact"
    NORMAL = "normal"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """Why one field was refused; `expected` is a phrase such as "a whole number from 1 to 10"."""

    field: str
    expected: str


class InvalidSettings(ValueError):  # noqa: N818 - named by its outcome
    """Values were refused; nothing was changed."""

    def __init__(self, problems: tuple[SettingProblem, ...]) -> None:
        super().__init__("; ".join(f"{p.field}: expected {p.expected}" for p in problems))
        self.problems = problems


_Lax = Field(strict=False)  # enums and tuples arrive from JSON as strings and lists
_RepositoryId = Annotated[str, Field(min_length=1, max_length=200)]


class ChatSettings(BaseModel):
    """One linked chat's settings; every value is valid by construction."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notifications_enabled: bool = True
    notify_on_task_done: bool = True
    include_llm_summary: bool = True
    stream_mode: Annotated[StreamMode, _Lax] = StreamMode.REALTIME
    stream_flush_interval_ms: int = Field(default=500, ge=500, le=60_000)
    stream_max_message_length: int = Field(default=4096, ge=256, le=4096)
    chunk_interval_s: int = Field(default=30, ge=5, le=3600)
    chunk_chars: int = Field(default=3500, ge=200, le=4096)
    overflow: Annotated[Overflow, _Lax] = Overflow.CHAIN
    rollover_min: int = Field(default=10, ge=1, le=120)
    max_live_views: int = Field(default=3, ge=1, le=10)
    verbosity: Annotated[Verbosity, _Lax] = Verbosity.NORMAL
    show_thinking: bool = True
    repositories: Annotated[tuple[_RepositoryId, ...], _Lax] = ()
    locale: str = Field(default=AUTO_LOCALE, pattern=r"^(auto|[a-z]{2,3}(_[A-Z]{2})?)$")

    def changed(self, changes: Mapping[str, object]) -> Self:
        """Return these settings with some fields replaced; raises InvalidSettings."""
        try:
            return type(self).model_validate({**self.model_dump(exclude_unset=True), **changes})
        except ValidationError as error:
            raise InvalidSettings(_problems(error)) from None

    def to_json(self) -> dict[str, Any]:
        """Return the fields that were ever chosen, as JSON values."""
        return self.model_dump(mode="json", exclude_unset=True)

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """Restore stored settings; what another version stored and this one refuses is dropped."""
        settings = cls()
        for name, value in stored.items():
            try:
                settings = settings.changed({name: value})
            except InvalidSettings:
                continue
        return settings


def expectation(field: str) -> str:
    """Say in a phrase which values a field takes; empty for an unknown field."""
    schema = _schema()
    described = schema["properties"].get(field)
    if described is None:
        return ""
    if "$ref" in described:
        described = {**described, **schema["$defs"][described["$ref"].rpartition("/")[2]]}
    if "enum" in described:
        return "one of " + ", ".join(described["enum"])
    if "minimum" in described:
        return f"a whole number from {described['minimum']} to {described['maximum']}"
    return _PHRASES.get(field, "true or false")


def bounds(field: str) -> tuple[int, int] | None:
    """The smallest and the largest number a field takes; None when it takes no numbers."""
    described = _schema()["properties"].get(field, {})
    return (described["minimum"], described["maximum"]) if "minimum" in described else None


def values(field: str) -> tuple[str, ...]:
    """The words a field takes, where it takes but a few."""
    kind = ChatSettings.model_fields[field].annotation
    return tuple(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ()


@cache
def _schema() -> Mapping[str, Any]:
    """Describe the model once: that takes milliseconds, and every wrong value asks for it."""
    return ChatSettings.model_json_schema()


_PHRASES = {
    "repositories": "a list of repository ids",
    "locale": "a shipped locale or auto",
}


def _problems(error: ValidationError) -> tuple[SettingProblem, ...]:
    fields = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors() if detail["loc"])
    return tuple(SettingProblem(name, expectation(name) or "a known setting") for name in fields)
