"""What flows to clients: state patches to everybody who listens, and the log of one execution."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from .reorder import reordered

FINISHED = b'{"finished":true}'
READY = b'{"Ready":true}'

_RING = 100_000


def patch(op: str, path: str, value: Any = None) -> bytes:
    """Serialise a frame with one patch operation."""
    operation = {"op": op, "path": path}
    if op != "remove":
        operation["value"] = value
    return msgspec.json.encode({"JsonPatch": [operation]})


def event(frame: bytes) -> bytes:
    """Turn a frame with a patch into a server-sent event, which holds the bare patch."""
    return b"event: json_patch\ndata: " + frame[len(b'{"JsonPatch":') : -1] + b"\n\n"


class Feed:
    """Publish to any number of listeners without waiting for any of them.

    Each has a ring of its own; who reads too slowly loses the oldest, silently, as on the real
    server.
    """

    def __init__(self, ring: int = _RING) -> None:
        self._ring = ring
        self._listeners: set[_Listener] = set()

    def publish(self, frame: bytes) -> None:
        """Hand a frame to all who listen now."""
        for listener in self._listeners:
            listener.put(frame)

    @contextmanager
    def listen(self) -> Iterator[AsyncGenerator[bytes, None]]:
        """Receive what is published from now on; it never ends by itself."""
        listener = _Listener(self._ring)
        self._listeners.add(listener)
        try:
            yield listener.frames()
        finally:
            self._listeners.discard(listener)


class _Listener:
    def __init__(self, ring: int) -> None:
        self._ring: deque[bytes] = deque(maxlen=ring)
        self._filled = asyncio.Event()

    def put(self, frame: bytes) -> None:
        self._ring.append(frame)
        self._filled.set()

    async def frames(self) -> AsyncGenerator[bytes, None]:
        while True:
            await self._filled.wait()
            while self._ring:
                yield self._ring.popleft()
            self._filled.clear()


class Log:
    """The log of one execution: everything as it was said while it runs, its replay afterwards.

    Readers share one history and each keeps only its position, so a slow one costs nothing. As on
    the real server it gets all that was said before it came; of what follows it loses, silently,
    whatever is older than the last `ring` frames.
    """

    def __init__(
        self,
        *,
        opened: bool = True,
        ring: int = _RING,
        collapses: bool = True,
        reorders: bool = False,
    ) -> None:
        self.opened = opened
        self.ended = False
        self.history: list[bytes] = []
        self._stored = self.history
        self._ring, self._collapses, self._reorders = ring, collapses, reorders
        self._replay: Callable[[], Sequence[bytes]] = tuple
        self._grown = asyncio.Event()

    def append(self, frame: bytes) -> None:
        """Say one more frame; after the end nobody hears it, and a second reading has it."""
        self._stored.append(frame)
        if not self.ended:
            self._wake()

    def end(self, replay: Callable[[], Sequence[bytes]] | None = None) -> None:
        """Finish; from now on `replay` is read, or else the history, collapsed if it does so."""
        if self.ended:
            return
        self.opened = self.ended = True
        # Those who read go on in the list they have: what is stored later is not for them.
        self.history, self._stored = [], [] if replay else list(self._stored)
        self._replay = replay or self._second
        self._wake()

    def reopen(self) -> None:
        """Let those in who came too early until now."""
        self.opened = True

    async def frames(self, gap: int = 0) -> AsyncGenerator[bytes, None]:
        """Read everything from the start, then what follows but its first `gap` frames, to the end.

        A server reads the history first and subscribes then: what is said in between is lost.
        """
        if self.ended:
            replay = self._replay()
            for frame in reordered(replay) if self._reorders else replay:
                yield frame
            return
        history, position, known = self.history, 0, len(self.history)
        while True:
            if position >= known:
                position = max(position, known + gap, len(history) - self._ring)
            if position < len(history):
                yield history[position]
                position += 1
            elif self.ended:
                return
            else:
                await self._grown.wait()

    def _second(self) -> Sequence[bytes]:
        return collapsed(self._stored) if self._collapses else self._stored

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()


class _Operation(msgspec.Struct):
    op: str
    path: str
    value: msgspec.Raw = msgspec.Raw(b"null")


class _Patch(msgspec.Struct):
    JsonPatch: list[_Operation]


_decode = msgspec.json.Decoder(_Patch).decode


def collapsed(history: Sequence[bytes]) -> list[bytes]:
    """Keep of consecutive changes of one entry the last, as the server reads a log from disk."""
    kept: list[bytes] = []
    known: set[str] = set()
    last_path, last_op = None, "add"
    for frame in history:
        operation = _single(frame)
        path = operation.path if operation else None
        if operation is None:
            kept.append(frame)
        elif path == last_path:
            kept[-1] = patch(last_op, operation.path, operation.value)
        else:
            last_op = "replace" if path in known else "add"
            kept.append(patch(last_op, operation.path, operation.value))
            known.add(operation.path)
        last_path = path
    return kept


def _single(frame: bytes) -> _Operation | None:
    try:
        operations = _decode(frame).JsonPatch
    except msgspec.MsgspecError:
        return None
    return operations[0] if len(operations) == 1 and operations[0].op != "remove" else None
