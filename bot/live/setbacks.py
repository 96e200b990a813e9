"""Patience: how long a writer waits after what went wrong, and what it says more simply then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum

from bot.rendering.page import Message
from bot.rendering.rich_text import plain

RETRY_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Pauses after calls that surely changed nothing, or may be repeated."""

JITTER = 0.2
"""By how large a part of itself a pause is longer, at most and by chance."""

NO_RIGHTS_S = 600.0
"""How long a chat is left alone where the bot may not write, or that takes nothing it says."""


def pause_s(failures: int, chance: Callable[[], float]) -> float:
    """How long to wait after so many failures in a row."""
    pause = RETRY_S[min(failures, len(RETRY_S)) - 1]
    return pause * (1 + JITTER * chance())


class Form(IntEnum):
    """How a message is sent: after each refusal more simply."""

    RICH = 0
    PLAIN = 1
    """Without entities."""
    FILE = 2
    """As a document with the text, without buttons."""


def shaped(message: Message, form: Form) -> Message:
    """The message in this form, as far as it is one."""
    return message if form is Form.RICH else replace(message, text=plain(message.text.text))


class Setbacks:
    """What went wrong in a row, for one writer.

    What was refused once keeps its simpler form: Telegram would refuse it again.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._failures = 0
        self._refused: object = None
        self._form = Form.RICH

    def form_of(self, what: object) -> Form:
        """In which form this one is sent now."""
        return self._form if what == self._refused else Form.RICH

    def simplest(self, what: object) -> bool:
        """Whether this one was refused in every form but the last."""
        return self.form_of(what) is Form.FILE

    def again_s(self) -> float:
        """Count a failure; how long to wait before the next try."""
        self._failures += 1
        return pause_s(self._failures, self._chance)

    def refused_s(self, what: object) -> float:
        """Count a refusal: this one is sent more simply after so long, and in the end anew."""
        form = self.form_of(what)
        self._refused = what
        if form is Form.FILE:
            self._form = Form.RICH
            return NO_RIGHTS_S
        self._form = Form(form + 1)
        return pause_s(1, self._chance)

    def succeeded(self) -> None:
        """Begin to count anew."""
        self._failures = 0
