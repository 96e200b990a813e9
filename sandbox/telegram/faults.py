"""What can go wrong with a call on purpose, and which call it strikes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sandbox.telegram.params import Params


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer with an error in the API's own shape; with `retry_after` the chat rests from now."""

    status: int
    description: str
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None

    @property
    def parameters(self) -> dict[str, int]:
        """What the answer's `parameters` carry."""
        hints = {
            "retry_after": self.retry_after,
            "migrate_to_chat_id": self.migrate_to_chat_id,
        }
        return {name: value for name, value in hints.items() if value is not None}


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """Answer with a proxy's page, which is not JSON."""

    status: int = 502


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Answer truly, but only after `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens to the `nth` matching call from now on, and to `times` in a row.

    `method` is one or several; `when` looks at the call's parameters. `applied` says whether the
    call takes effect although its answer is spoilt; Hang always applies.
    """

    method: str | Collection[str]
    effect: Respond | HtmlPage | Close | Hang
    chat_id: int | None = None
    nth: int = 1
    applied: bool = False
    when: Callable[[Params], bool] | None = None
    times: int = 1

    @property
    def takes_effect(self) -> bool:
        """Whether the call it strikes is carried out."""
        return self.applied or isinstance(self.effect, Hang)

    def matches(self, method: str, chat_id: int | None, params: Params) -> bool:
        """Tell whether a call is one of those it counts."""
        methods = (self.method,) if isinstance(self.method, str) else self.method
        return (
            method.lower() in {each.lower() for each in methods}
            and self.chat_id in (None, chat_id)
            and (self.when is None or self.when(params))
        )
