"""The faults still to come, and those that have struck."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram.calls import Call
from sandbox.telegram.faults import Fault
from sandbox.telegram.params import Params


@dataclass(slots=True)
class _Pending:
    fault: Fault
    passing: int
    """Matching calls that pass before it strikes."""
    striking: int
    """Calls it has yet to strike."""


class Faults:
    """Scripted faults in the order in which they were appended; a call is struck by one at most."""

    def __init__(self) -> None:
        self._pending: list[_Pending] = []
        self.struck: list[tuple[Fault, Call]] = []

    def append(self, fault: Fault) -> None:
        """Schedule a fault."""
        self._pending.append(_Pending(fault, fault.nth - 1, fault.times))

    def clear(self) -> None:
        """Forget the faults that are still to come."""
        self._pending.clear()

    def __len__(self) -> int:
        return len(self._pending)

    def take(self, method: str, chat_id: int | None, params: Params) -> Fault | None:
        """Count a call and return the fault that strikes it."""
        struck: Fault | None = None
        for each in self._pending:
            if not each.fault.matches(method, chat_id, params):
                continue
            if each.passing > 0:
                each.passing -= 1
            elif struck is None:
                struck = each.fault
                each.striking -= 1
        self._pending = [each for each in self._pending if each.striking > 0]
        return struck

    def note(self, fault: Fault, call: Call) -> None:
        """Remember that a fault struck a call."""
        self.struck.append((fault, call))
