"""Every row of one session: only its stream has them, in the snapshot that it begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from bot.backend import schema
from bot.backend.decode import BrokenFrame, decode_state_frame
from bot.backend.errors import BROKEN_OFF, NotFound, NotReachable

SNAPSHOT_S = 10.0
"""How long a session's stream may take to begin."""

_ROWS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ROW = msgspec.json.Decoder(schema.ExecutionRow)
_ROOT = "/execution_processes"


class StateSocket(Protocol):
    """The receiving side of a state stream."""

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """Return the next frame, or None at the end; TimeoutError when nothing comes."""


class Source(Protocol):
    """Where a session's stream comes from."""

    def session_stream(self, session_id: str) -> AbstractAsyncContextManager[StateSocket]:
        """Open a session's stream."""


async def session_rows(source: Source, session_id: str) -> tuple[schema.ExecutionRow, ...]:
    """Ask for a session's rows; none where the session is gone. Raises BackendError.

    Rows that were thrown away are not among them (docs/vibe-kanban.md, 43).
    """
    try:
        async with source.session_stream(session_id) as socket:
            while (text := await socket.receive(SNAPSHOT_S)) is not None:
                for op in decode_state_frame(text).patch:
                    if op.path == _ROOT:
                        return tuple(_readable(op.value))
    except NotFound:
        return ()
    except (TimeoutError, BrokenFrame, msgspec.DecodeError, RecursionError) as error:
        raise NotReachable(BROKEN_OFF) from error
    raise NotReachable(BROKEN_OFF)


def _readable(rows: msgspec.Raw) -> Iterator[schema.ExecutionRow]:
    """Leave out what no version of the server should send."""
    for row in _ROWS.decode(rows).values():
        try:
            yield _ROW.decode(row)
        except (msgspec.DecodeError, RecursionError):
            continue
