"""The entries of a log, as its frames have left them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

Entry = dict[str, Any]


def latest(history: Iterable[bytes]) -> dict[str, Entry]:
    """Fold the frames of a log: by path, what each entry says now. Broken frames are left out."""
    entries: dict[str, Entry] = {}
    for frame in history:
        try:
            operations = msgspec.json.decode(frame)["JsonPatch"]
        except (msgspec.MsgspecError, KeyError, TypeError, UnicodeDecodeError):
            continue
        entries |= {op["path"]: op["value"] for op in operations if "value" in op}
    return entries


def kind_of(entry: Any) -> dict[str, Any]:
    """Tell the kind of an entry, which is empty where it has none."""
    content = entry.get("content") if isinstance(entry, dict) else None
    kind = content.get("entry_type") if isinstance(content, dict) else None
    return kind if isinstance(kind, dict) else {}


def tool(entry: Entry) -> dict[str, Any] | None:
    """Tell the kind of an entry that is a tool's call; None if it is another's."""
    kind = kind_of(entry)
    return kind if kind.get("type") == "tool_use" else None


def with_kind(entry: Entry, **changes: Any) -> Entry:
    """Copy an entry with parts of its kind replaced."""
    content = entry["content"]
    return entry | {"content": content | {"entry_type": content["entry_type"] | changes}}


def said(kind: str, content: str, **more: Any) -> Entry:
    """Write an entry that is no tool's call."""
    entry_type = {"type": kind, **more}
    said = {"timestamp": None, "entry_type": entry_type, "content": content, "metadata": None}
    return {"type": "NORMALIZED_ENTRY", "content": said}


def waiting(history: Iterable[bytes], approval_id: str) -> tuple[str, Entry] | None:
    """Find the call that waits for an approval, and its path."""
    for path, entry in latest(history).items():
        kind = tool(entry)
        if kind and kind["status"].get("approval_id") == approval_id:
            return path, entry
    return None
