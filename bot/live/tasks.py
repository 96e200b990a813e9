"""Owned tasks: each is named, logged and kept going, and one's failure never touches the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.i18n import Sentence, sentence
from bot.live.clock import Clock

log = structlog.get_logger(__name__)

RESTARTS_S = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Pauses before a failed task is tried again; after the last it is given up."""


HEALTHY_S = 60.0
"""Work that ran so long was well; what failed before no longer counts."""

TOLD_S = 3600.0
"""How long it is told that work was given up."""

TRIED_AGAIN = sentence("A part of me failed and is tried again. My log says more.")
GIVEN_UP = sentence("A part of me failed again and again and has stopped. My log says more.")


class Tasks:
    """A task group whose children are supervised; `spawn` works only while it is entered."""

    def __init__(self, clock: Clock) -> None:
        self._failing: dict[str, float] = {}
        self._given_up: dict[str, float] = {}
        self._clock = clock
        self._group = asyncio.TaskGroup()
        self._children: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Tasks:
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._group.__aexit__(*exc)  # type: ignore[arg-type]  # handed on as they came

    def spawn(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        *,
        forever: bool = False,
        done: Callable[[], None] | None = None,
    ) -> asyncio.Task[None]:
        """Run `work` as a child; a failure is logged and it is started again, a few times.

        After a minute of health earlier failures are forgotten; work that must never end is never
        given up. `done` is called when it has ended for good, however.
        """
        task = self._group.create_task(self._supervised(name, work, forever=forever), name=name)
        self._children.add(task)
        task.add_done_callback(self._children.discard)
        if done is not None:
            task.add_done_callback(lambda _: done())
        return task

    def cancel_all(self) -> None:
        """Cancel every child: the bot stops."""
        for task in tuple(self._children):
            task.cancel()

    def problems(self) -> tuple[Sentence, ...]:
        """Say what is wrong with the children now; what was given up is told for an hour."""
        self._forget_old()
        now = self._clock.now()
        failing = any(now - at < HEALTHY_S for at in self._failing.values())
        told = {TRIED_AGAIN: failing, GIVEN_UP: bool(self._given_up)}
        return tuple(problem for problem, there in told.items() if there)

    async def _supervised(
        self, name: str, work: Callable[[], Awaitable[None]], *, forever: bool
    ) -> None:
        try:
            await self._again_and_again(name, work, forever=forever)
        finally:
            self._failing.pop(name, None)

    async def _again_and_again(
        self, name: str, work: Callable[[], Awaitable[None]], *, forever: bool
    ) -> None:
        failures = 0
        while True:
            began = self._clock.now()
            try:
                await work()
            except Exception:  # isolation: a child's bug must not end its siblings
                log.exception("task.failed", task=name)
            else:
                return
            failures = 0 if self._clock.now() - began >= HEALTHY_S else failures
            if failures == len(RESTARTS_S) and not forever:
                self._forget_old()
                self._given_up[name] = self._clock.now()
                return
            pause_s = RESTARTS_S[min(failures, len(RESTARTS_S) - 1)]
            self._failing[name] = self._clock.now() + pause_s
            await self._clock.sleep(pause_s)
            failures += 1

    def _forget_old(self) -> None:
        now = self._clock.now()
        self._given_up = {name: at for name, at in self._given_up.items() if now - at < TOLD_S}
