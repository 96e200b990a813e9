"""What an agent's log goes on to say when its execution is stopped from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .streams import patch

_KILLED = "Exit code 137\n[Request interrupted by user for tool use]"
_CANCELLED = "Approval service error: executor approval request cancelled"

_Entry = dict[str, Any]


def interruption(history: Sequence[bytes]) -> list[bytes]:
    """Fail the tools that a log left running, and deny those that waited for a decision."""
    return [
        patch("replace", path, value)
        for path, entry in _latest(history).items()
        for value in _ends(entry)
    ]


def _latest(history: Sequence[bytes]) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for frame in history:
        try:
            operations = msgspec.json.decode(frame)["JsonPatch"]
        except (msgspec.MsgspecError, KeyError, TypeError, UnicodeDecodeError):
            continue
        entries |= {op["path"]: op["value"] for op in operations if "value" in op}
    return entries


def _ends(entry: _Entry) -> Iterator[_Entry]:
    content = entry.get("content")
    kind = content.get("entry_type") if isinstance(content, dict) else None
    if not isinstance(kind, dict) or kind.get("type") != "tool_use":
        return
    status, action = kind["status"]["status"], kind["action_type"]
    if status == "pending_approval":
        yield _with(entry, kind | {"status": {"status": "denied", "reason": _CANCELLED}})
        yield _with(entry, kind | {"status": {"status": "failed"}})
    elif status == "created" and action["action"] == "command_run" and not action["result"]:
        exit_status = {"type": "success", "success": False}
        ended = action | {"result": {"exit_status": exit_status, "output": _KILLED}}
        yield _with(entry, kind | {"action_type": ended, "status": {"status": "failed"}})


def _with(entry: _Entry, kind: dict[str, Any]) -> _Entry:
    return entry | {"content": entry["content"] | {"entry_type": kind}}
