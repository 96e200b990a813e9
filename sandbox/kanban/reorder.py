"""Another order of a log's entries: what its second reading may make of the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec


def reordered(frames: Sequence[bytes]) -> list[bytes]:
    """Give the last error, or else the last entry, the second place; the others move up by one.

    Two pipes race for the numbers of their entries when a log is read again, so positions of a
    replay are not those of the live log. Frames that are no patch stay where they are.
    """
    patches = [_operation(frame) for frame in frames]
    order = list(dict.fromkeys(op["path"] for op in patches if op is not None))
    if len(order) < 3:
        return list(frames)
    errors = [op["path"] for op in patches if op is not None and b"error_message" in _value(op)]
    moved = errors[-1] if errors else order[-1]
    rest = [path for path in order if path != moved]
    places = dict(zip([rest[0], moved, *rest[1:]], order, strict=True))
    renamed = [
        (frame if op is None else _frame(op | {"path": places[op["path"]]}), op)
        for frame, op in zip(frames, patches, strict=True)
    ]
    early = [frame for frame, op in renamed if op is not None and op["path"] == moved]
    late = [frame for frame, op in renamed if op is None or op["path"] != moved]
    return [late[0], *early, *late[1:]]


def _operation(frame: bytes) -> dict[str, Any] | None:
    try:
        (operation,) = msgspec.json.decode(frame)["JsonPatch"]
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return None
    return dict(operation)


def _value(operation: dict[str, Any]) -> bytes:
    return msgspec.json.encode(operation.get("value"))


def _frame(operation: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"JsonPatch": [operation]})
