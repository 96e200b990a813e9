"""Long polls for updates: one waits at a time, and a newer one ends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.telegram.calls import Reply
from sandbox.telegram.model import Telegram
from sandbox.telegram.params import Params
from sandbox.telegram.refusals import Refusal, conflict
from sandbox.telegram.world import Change

MAX_POLL_S = 50


@dataclass(slots=True)
class _Poll:
    """A poll that waits; `ended` says why it is to be refused."""

    request: web.Request
    due: asyncio.Event = field(default_factory=asyncio.Event)
    ended: Refusal | None = None


class Polls:
    """Answers polls for updates; who has hung up is not a poller any more."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._waiting: _Poll | None = None
        self._closed = False

    def close(self) -> None:
        """End the poll that waits, and let none wait from now on."""
        self._closed = True
        if self._waiting is not None:
            self._waiting.due.set()

    async def poll(self, request: web.Request, params: Params) -> Reply:
        """Answer a poll, after waiting for an update where there is none."""
        reply = self._telegram.call("getUpdates", params)
        if reply.status == 200:
            self._end_waiting()
        if reply.body.get("result") != [] or self._closed:
            return reply
        poll = self._waiting = _Poll(request)
        await self._wait(poll, min(params.number("timeout") or 0, MAX_POLL_S))
        if self._waiting is poll:
            self._waiting = None
        if poll.ended is not None:
            return self._telegram.refuse("getUpdates", params, poll.ended)
        return reply if _gone(request) else self._telegram.call("getUpdates", params)

    def _end_waiting(self) -> None:
        poll, self._waiting = self._waiting, None
        if poll is None:
            return
        if not _gone(poll.request):
            poll.ended = conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
        poll.due.set()

    async def _wait(self, poll: _Poll, timeout_s: float) -> None:
        """Wait until there is something to say or the time is over."""

        def wake(change: Change) -> None:
            if change.kind in ("update", "outage"):
                poll.due.set()
            elif self._telegram.receiving.webhook is not None:
                poll.ended = conflict("terminated by setWebhook request")
                poll.due.set()

        stop = self._telegram.world.listen(wake)
        try:
            async with asyncio.timeout(timeout_s):
                await poll.due.wait()
        except TimeoutError:
            return
        finally:
            stop()


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
