"""An event loop on virtual time: when nothing can go on, time jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any, TypeVar
from unittest.mock import patch

import aiosqlite.core

from bot.live.clock import SystemClock
from tests.virtual.network import Listening, Network

T = TypeVar("T")

EPOCH = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
"""The time of day at which every virtual world begins."""

THREAD_S = 60.0
"""How long, in real time, the answer of a worker thread may take."""


class Stuck(Exception):  # noqa: N818 - names what happened
    """Nothing can ever go on: no timer, nothing ready, no thread at work."""


@dataclass(slots=True)
class _Time:
    now: float = 0.0
    in_threads: int = 0
    """Futures that a worker thread will settle; time stands still meanwhile."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: it moves the time there."""

    def __init__(self, time: _Time) -> None:
        super().__init__()
        self._time = time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._time.in_threads:
            ready = super().select(THREAD_S)
            if not ready:
                raise Stuck(f"a worker thread has not answered within {THREAD_S:g} s")
            return ready
        if timeout is None:
            names = sorted(task.get_name() for task in asyncio.all_tasks(asyncio.get_event_loop()))
            raise Stuck(f"nothing can go on; these wait: {', '.join(names)}")
        self._time.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The usual loop, but for its time and its network; threads are waited for in real time."""

    def __init__(self) -> None:
        self._virtual = _Time()
        self.network = Network(self)
        super().__init__(_JumpingSelector(self._virtual))

    def time(self) -> float:
        """Virtual seconds since the world began."""
        return self._virtual.now

    def await_thread(self, future: asyncio.Future[Any]) -> None:
        """Let no time pass until a worker thread has settled this future."""
        self._virtual.in_threads += 1
        future.add_done_callback(self._thread_answered)

    def _thread_answered(self, _: asyncio.Future[Any]) -> None:
        self._virtual.in_threads -= 1

    def run_in_executor(  # type: ignore[override]  # names its arguments' types one by one
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run in a thread, as ever."""
        future = super().run_in_executor(executor, func, *args)
        self.await_thread(future)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        """End the threads; one of them says when that is done."""
        self._virtual.in_threads += 1
        try:
            await super().shutdown_default_executor(*args)
        finally:
            self._virtual.in_threads -= 1

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect to who listens in this process."""
        self.network.connect(sock, address[1])

    async def create_connection(  # type: ignore[override]  # of its many parameters aiohttp uses these
        self, protocol_factory: Callable[[], asyncio.Protocol], *_: Any, sock: Any, **__: Any
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """Speak over what `sock_connect` connected."""
        return self.network.open(protocol_factory, sock)

    async def create_server(  # type: ignore[override]  # of its many parameters aiohttp uses these, and of its result, too
        self,
        protocol_factory: Callable[[], asyncio.Protocol],
        _: Any = None,
        port: int = 0,
        *,
        sock: Any = None,
        **__: Any,
    ) -> Listening:
        """Listen inside this process."""
        if sock is None:
            return self.network.listen(protocol_factory, port)
        return self.network.listen(protocol_factory, sock.getsockname()[1], sock.close)


class VirtualClock(SystemClock):
    """The bot's clock on the running loop's time."""

    def now(self) -> float:
        """Virtual seconds since the world began."""
        return asyncio.get_running_loop().time()

    def wall(self) -> datetime:
        """The time of day in the world."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def timestamp(self) -> float:
        """The time of day as the pretend servers count it."""
        return EPOCH.timestamp() + self.now()


class _CountedQueue(SimpleQueue[tuple[asyncio.Future[Any] | None, Callable[[], Any]]]):
    """The jobs of a database's thread; each is waited for in real time."""

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, _ = item
        if future is not None and isinstance(loop := future.get_loop(), VirtualLoop):
            loop.await_thread(future)
        super().put_nowait(item)


def run_virtual(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own, whose time is virtual; raises Stuck, never hangs."""
    with (
        patch.object(aiosqlite.core, "SimpleQueue", _CountedQueue),
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
    ):
        return runner.run(work)
