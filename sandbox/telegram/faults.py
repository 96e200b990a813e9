"""Scripted faults: what goes wrong with the n-th call of a method."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer with an error in the API's own shape."""

    status: int
    description: str
    retry_after: int | None = None


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
    """Something that happens once, to the `nth` matching call from now on.

    `applied` says whether the call takes effect although its answer is spoilt; Hang always applies.
    """

    method: str
    effect: Respond | HtmlPage | Close | Hang
    chat_id: int | None = None
    nth: int = 1
    applied: bool = False


class Faults:
    """The faults still to come, in the order in which they were appended."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int]] = []

    def append(self, fault: Fault) -> None:
        """Schedule a fault."""
        self._waiting.append((fault, fault.nth))

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Count a call and return the fault that strikes it."""
        struck: Fault | None = None
        waiting: list[tuple[Fault, int]] = []
        for fault, left in self._waiting:
            matches = fault.method.lower() == method.lower() and fault.chat_id in (None, chat_id)
            if matches and left == 1 and struck is None:
                struck = fault
                continue
            waiting.append((fault, max(1, left - 1) if matches else left))
        self._waiting = waiting
        return struck
