"""The bot as a process of its own: started, watched, killed; its log is kept for the report."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
TAIL_LINES = 80


class BotProcess:
    """One `python -m bot …`; `log` holds every line it wrote, to stdout and to stderr."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.measured = psutil.Process(process.pid)
        self._written = asyncio.Condition()
        self._reader = asyncio.create_task(self._read(), name="bot-log")
        self.log: list[str] = []

    @classmethod
    async def start(cls, env: Mapping[str, str], *arguments: str) -> BotProcess:
        """Start `python -m bot` with these arguments and exactly these variables of its own."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=ROOT,
            env={**_inherited(), **env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1 << 24,
        )
        return cls(process)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def wait_for_log(self, said: Callable[[str], bool], timeout_s: float) -> str:
        """Return the first line of which `said` is true, waiting for it."""

        def found() -> str | None:
            return next(filter(said, self.log), None)

        async with asyncio.timeout(timeout_s), self._written:
            await self._written.wait_for(lambda: found() is not None)
        return found() or ""

    async def finish(self, timeout_s: float) -> int:
        """Wait until it ends by itself and return its exit code."""
        async with asyncio.timeout(timeout_s):
            await self._reader
            return await self._process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, and wait for nothing."""
        self._process.send_signal(number)

    def listens_to(self, number: signal.Signals) -> bool:
        """Return whether it has a handler of its own for a signal."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught, 16) >> (number - 1) & 1)

    async def stop(self, timeout_s: float = 15.0) -> int:
        """Ask it to end (SIGTERM) and return its exit code."""
        return await self._end(signal.SIGTERM, timeout_s)

    async def kill(self) -> int:
        """End it at once, as a power cut would."""
        return await self._end(signal.SIGKILL, 5.0)

    def kill_now(self) -> None:
        """Send SIGKILL and do not wait."""
        if self._process.returncode is None:
            self._process.kill()

    def cpu_seconds(self) -> float:
        """Return the processor time that it used so far, user and system."""
        times = self.measured.cpu_times()
        return float(times.user + times.system)

    def rss_bytes(self) -> int:
        """Return its resident memory."""
        return int(self.measured.memory_info().rss)

    def tail(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log[-TAIL_LINES:])

    async def _end(self, number: signal.Signals, timeout_s: float) -> int:
        if self._process.returncode is None:
            self._process.send_signal(number)
        try:
            return await self.finish(timeout_s)
        except TimeoutError:
            self._process.kill()
            await self.finish(5.0)
            raise

    async def _read(self) -> None:
        """Keep what it writes until its output is closed."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._written:
                self.log.append(line.decode(errors="replace").rstrip("\n"))
                self._written.notify_all()


def _inherited() -> dict[str, str]:
    """Return what of this process's environment the bot needs to start at all."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "PYTHONASYNCIODEBUG")
    return {name: os.environ[name] for name in kept if name in os.environ}
