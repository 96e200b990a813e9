"""Frames as the server writes them, for tests."""

from __future__ import annotations

import json
from typing import Any

FINISHED = '{"finished":true}'


def frame(position: int, entry_type: dict[str, Any], content: str = "", op: str = "add") -> str:
    """A normalized entry put at a position."""
    entry = {"timestamp": None, "entry_type": entry_type, "content": content, "metadata": None}
    value = {"type": "NORMALIZED_ENTRY", "content": entry}
    return json.dumps({"JsonPatch": [{"op": op, "path": f"/entries/{position}", "value": value}]})


def say(position: int, text: str) -> str:
    """An answer."""
    return frame(position, {"type": "assistant_message"}, text)


def use(
    position: int, action: dict[str, Any], status: str = "created", name: str = "Bash", **more: Any
) -> str:
    """A tool call."""
    kind = {"type": "tool_use", "tool_name": name, "action_type": action}
    return frame(position, kind | {"status": {"status": status} | more}, "said")


def command(
    position: int,
    output: str | None = None,
    *,
    status: str = "created",
    success: bool | None = None,
    code: int | None = None,
) -> str:
    """A command, with a result when there is an output."""
    ended = (
        {"type": "exit_code", "code": code}
        if code is not None
        else {"type": "success", "success": success}
    )
    result = None if output is None else {"exit_status": ended, "output": output}
    return use(position, {"action": "command_run", "command": "make", "result": result}, status)


def remove(position: int) -> str:
    """An entry withdrawn."""
    return json.dumps({"JsonPatch": [{"op": "remove", "path": f"/entries/{position}"}]})


def chunk(position: int, text: str, kind: str = "STDOUT") -> str:
    """Raw output."""
    value = {"type": kind, "content": text}
    return json.dumps(
        {"JsonPatch": [{"op": "add", "path": f"/entries/{position}", "value": value}]}
    )
