"""One bot process per database: a second one would send everything twice."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.storage.trouble import DatabaseUnusable

RETRY_S = 1.0
"""How often a waiting process looks whether the other one is gone."""


class InstanceLock:
    """A lock on a file beside the database; the system frees it when its holder is killed.

    Entering waits for as long as another process holds it, and calls `waiting` once; it raises
    DatabaseUnusable where no file can be.
    """

    def __init__(
        self,
        file: Path,
        waiting: Callable[[Path], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._file = file
        self._waiting = waiting
        self._sleep = sleep
        self._descriptor = -1

    async def __aenter__(self) -> Self:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DatabaseUnusable(str(error)) from error
        try:
            await self._acquire()
        except BaseException:
            os.close(self._descriptor)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The file stays: removing it would let two processes lock two files of one name.
        os.close(self._descriptor)

    async def _acquire(self) -> None:
        said = False
        while not self._try():
            if not said:
                self._waiting(self._file)
                said = True
            await self._sleep(RETRY_S)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def lock_file(database: Path) -> Path:
    """Name the lock file that belongs to a SQLite database."""
    return database.with_name(database.name + ".lock")
