"""A refusal of the pretend Telegram with the call that provokes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.telegram.desk import ADA, BAD, Desk

NO_ANSWER = "(the connection is closed)"
NO_JSON = "(a page in HTML, not JSON)"
TOO_LATE = "(no answer before the caller gives up)"

Given = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A call that is refused: `arrange` prepares the world and returns the call's parameters.

    `path` replaces the usual one. With a `rival` another poll comes while this one waits.
    """

    given: str
    method: str
    status: int
    description: str
    arrange: Callable[[Desk], Given]
    parameters: dict[str, int] = field(default_factory=dict)
    path: str | None = None
    rival: bool = False

    def __str__(self) -> str:
        """Return its name among the tests."""
        return f"{self.method}: {self.given}"


def send(chat_id: int | str = ADA, text: str = "x", **params: Any) -> Callable[[Desk], Given]:
    """Arrange a plain send."""
    return lambda _: {"chat_id": chat_id, "text": text, **params}


def after(prepare: Callable[[Desk], object], chat_id: int = ADA) -> Callable[[Desk], Given]:
    """Arrange a send, or a call about message 1, after something happened."""

    def arrange(desk: Desk) -> Given:
        prepare(desk)
        return {"chat_id": chat_id, "text": "x", "message_id": 1}

    return arrange


def bad(
    given: str, description: str, arrange: Callable[[Desk], Given], method: str = "sendMessage"
) -> Case:
    """Return a case of 400."""
    return Case(given, method, 400, BAD + description, arrange)
