"""The shapes of recorded frames, as far as a play needs to understand them."""

from __future__ import annotations

from typing import Any

import msgspec


class Operation(msgspec.Struct, frozen=True):
    """One operation of a JSON patch."""

    op: str
    path: str
    value: Any = None


class Patch(msgspec.Struct, frozen=True):
    """A frame of a WebSocket."""

    JsonPatch: list[Operation] = []


class Event(msgspec.Struct, frozen=True):
    """A server-sent event."""

    data: list[Operation] = []


class Call(msgspec.Struct, frozen=True):
    """A call of the recorder, and its answer."""

    method: str
    path: str
    body: Any = None
    answer: Any = None
    status: int = 200

    @property
    def data(self) -> Any:
        """What the answer's envelope holds."""
        return self.answer["data"] if isinstance(self.answer, dict) else None


decode_patch = msgspec.json.Decoder(Patch).decode
decode_event = msgspec.json.Decoder(Event).decode
decode_call = msgspec.json.Decoder(Call).decode
