"""What an agent's log goes on to say when its execution is stopped from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .entries import Entry, latest, tool, with_kind
from .streams import patch

_KILLED = "Exit code 137\n[Request interrupted by user for tool use]"
_CANCELLED = "Approval service error: executor approval request cancelled"


def interruption(history: Sequence[bytes]) -> list[bytes]:
    """Fail the tools that a log left running, and deny those that waited for a decision."""
    return [
        patch("replace", path, value)
        for path, entry in latest(history).items()
        for value in _ends(entry)
    ]


def _ends(entry: Entry) -> Iterator[Entry]:
    kind = tool(entry)
    if kind is None:
        return
    status, action = kind["status"]["status"], kind["action_type"]
    if status == "pending_approval":
        yield with_kind(entry, status={"status": "denied", "reason": _CANCELLED})
        yield with_kind(entry, status={"status": "failed"})
    elif status == "created" and action["action"] == "command_run" and not action["result"]:
        exit_status = {"type": "success", "success": False}
        ended = action | {"result": {"exit_status": exit_status, "output": _KILLED}}
        yield with_kind(entry, action_type=ended, status={"status": "failed"})
