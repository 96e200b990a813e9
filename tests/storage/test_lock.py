from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.storage.lock import RETRY_S, InstanceLock, lock_file
from tests.fakes.clock import FakeClock, settle

HOLD = """
import asyncio, sys
from pathlib import Path
from bot.storage.lock import InstanceLock
async def main():
    async with InstanceLock(Path(sys.argv[1]), print):
        print("held", flush=True)
        sys.stdin.read()
asyncio.run(main())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return lock_file(tmp_path / "data" / "bot.db")


def test_lock_file(tmp_path: Path) -> None:
    """The lock lies beside its database."""
    assert lock_file(tmp_path / "bot.db") == tmp_path / "bot.db.lock"


async def test_second_waits_and_says_so(file: Path, clock: FakeClock) -> None:
    """A second process says once that it waits, and goes on when the first one is done."""
    said: list[Path] = []
    first = InstanceLock(file, said.append, clock.sleep)
    entered = asyncio.Event()

    async def second() -> None:
        async with InstanceLock(file, said.append, clock.sleep):
            entered.set()

    async with asyncio.TaskGroup() as group:
        async with first:
            group.create_task(second())
            await clock.advance(5 * RETRY_S)
            assert said == [file]
            assert not entered.is_set()
        await clock.advance(RETRY_S)
        assert entered.is_set()


async def test_cancelled_while_waiting(file: Path, clock: FakeClock) -> None:
    """Whoever gives up waiting leaves the lock to the next."""
    async with InstanceLock(file, print, clock.sleep):
        waiting = asyncio.ensure_future(InstanceLock(file, print, clock.sleep).__aenter__())
        await settle()
        waiting.cancel()
        await asyncio.wait({waiting})
        assert waiting.cancelled()
    said: list[Path] = []
    async with InstanceLock(file, said.append, clock.sleep):
        assert said == []


async def test_killed_process_frees_it(file: Path, clock: FakeClock) -> None:
    """A lock is free as soon as its holder is killed."""
    process = subprocess.Popen(  # noqa: ASYNC220 - the test waits for its first line
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        said: list[Path] = []
        entering = asyncio.ensure_future(InstanceLock(file, said.append, clock.sleep).__aenter__())
        await settle()
        assert said == [file]
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    await clock.advance(RETRY_S)
    lock = await entering
    await lock.__aexit__(None, None, None)
